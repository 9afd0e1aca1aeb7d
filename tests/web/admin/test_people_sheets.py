"""The sheet of people at a browser: its blank, its preview, taken once, and returned with reasons."""

import csv
import io
import re
from html import unescape

import pytest
from flask_openapi3 import OpenAPI
from werkzeug.test import TestResponse

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.desk import counted
from tests.support.pages import Visitor, somebody
from tests.support.people_sheets import HEADS, NEW, events, everything, filled_blank, people_csv

AT = "/administration/people-sheet"
OTHER = ("window-a01", "", "", "窗口负责人", "0812-7654321", "")


def upload(visitor: Visitor, content: bytes) -> TestResponse:
    visitor.get(AT)
    return visitor.post(AT, {"file": (io.BytesIO(content), "人员.xlsx")})


def carried(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(content|seen|once)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in reversed(fields)}


def test_both_administrators_take_one_sheet(database: Database, app: OpenAPI, sysadmin: Visitor) -> None:
    assert f'href="{AT}"' in sysadmin.get("/administration/people").text
    content = filled_blank(sysadmin.get(f"{AT}/blank").data, NEW, OTHER)
    preview = upload(sysadmin, content)
    assert preview.status_code == 200 and "导入 2 行" in preview.text and "由安全管理员办理" in preview.text
    with database.read() as tx:
        assert "zhong01" not in {row[1] for row in everything(tx)}, "a preview writes nothing"
    taken = sysadmin.post(f"{AT}/take", carried(preview.text))
    assert taken.status_code == 303 and taken.headers["Location"] == "/administration/people?state=no_password"
    listed = sysadmin.get(taken.headers["Location"]).text
    assert "新建账号 1 个，变更 1 个" in listed and "zhong01" in listed and "尚无密码" in listed
    assert "生成密码" in sysadmin.get("/administration/people/zhong01").text
    assert "没有需要变更的内容" in upload(sysadmin, content).text

    secadmin = somebody(app, "secadmin1")
    preview = upload(secadmin, content)
    assert "0812-7654321" not in preview.text, "contact data is not the security administrator's"
    assert secadmin.post(f"{AT}/take", carried(preview.text)).headers["Location"] == "/administration/people"
    assert "变更 2 个" in secadmin.get("/administration/people").text
    assert faults(database) == []


def test_a_password_is_made_for_one_person_and_shown_once(app: OpenAPI, sysadmin: Visitor) -> None:
    preview = upload(sysadmin, people_csv(NEW))
    sysadmin.post(f"{AT}/take", carried(preview.text))
    assert Visitor(app).sign_in("zhong01", "").status_code in (401, 422)
    page = sysadmin.post("/administration/people/zhong01/password").text
    password = page.split('class="secret">')[1].split("<")[0]
    person = Visitor(app)
    person.get("/new-password")
    own = "brown fox 1977"
    assert person.post("/new-password", {"secret": password, "new": own, "again": own}).status_code == 303
    assert Visitor(app).sign_in("zhong01", own).status_code == 303
    assert password not in sysadmin.get("/administration/people").text


def test_an_impatient_click_takes_the_sheet_once(database: Database, sysadmin: Visitor) -> None:
    form = carried(upload(sysadmin, people_csv(NEW)).text)
    first, second = (sysadmin.post(f"{AT}/take", form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    with database.read() as tx:
        assert [event[1] for event in events(tx)].count("person_created") == 1


def test_what_changed_since_the_preview_is_previewed_again(database: Database, sysadmin: Visitor) -> None:
    form = carried(upload(sysadmin, people_csv(OTHER)).text)
    sysadmin.post("/administration/people/window-a01/details", {"name": "改名", "phone": "1"})
    with database.read() as tx:
        before = everything(tx)
    again = sysadmin.post(f"{AT}/take", form)
    assert again.status_code == 409 and "预览之后账号已有变动" in again.text and "由 1 改为 0812-7654321" in again.text
    with database.read() as tx:
        assert everything(tx) == before
    assert sysadmin.post(f"{AT}/take", carried(again.text)).status_code == 303


def test_a_refused_row_comes_back_with_its_reason_and_nothing_is_taken(database: Database, sysadmin: Visitor) -> None:
    content = people_csv(NEW, ("zhong02", "钟离", "市月球局", "", "", ""))
    refused = upload(sysadmin, content)
    assert "C3" in refused.text and "不是单位名称：市月球局" in refused.text and f"{AT}/take" not in refused.text
    form = carried(refused.text) | {"seen": "0" * 64}
    assert sysadmin.post(f"{AT}/take", form).status_code == 409
    back = sysadmin.post(f"{AT}/returned", form)
    lines = list(csv.reader(io.StringIO(back.data.decode())))
    assert lines[0] == [*HEADS, "退回原因"] and lines[1] == list(NEW) and lines[2][-1].startswith("C3: ")
    with database.read() as tx:
        assert not {"zhong01", "zhong02"} & {row[1] for row in everything(tx)}


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "请选择表格"), (b"a,b\n1,2\n", "没有找到"), (people_csv(), "没有内容行"), (b"\x00\x01" * 99, "不是")],
)
def test_a_file_that_is_no_such_sheet_is_refused_at_the_field(sysadmin: Visitor, content: bytes, why: str) -> None:
    page = upload(sysadmin, content)
    assert page.status_code == 422 and 'id="people-file-faults"' in page.text


def test_a_preview_asks_as_often_for_many_rows_as_for_few(app: OpenAPI, sysadmin: Visitor) -> None:
    rows = [(f"liaison{number}", "", "市教育局", "", "", "") for number in (1, 2)]
    rows += [(f"owner{number}", "新名", "市水利局", "", "1", "") for number in range(1, 10)]
    rows += [(f"new{number}", "新人", "市水利局", "业主", "1", "") for number in range(60)]
    counts = []
    for content in (people_csv(rows[0]), people_csv(*rows)):
        upload(sysadmin, content)
        sysadmin.get(AT)
        with counted(app) as statements:
            assert sysadmin.post(AT, {"file": (io.BytesIO(content), "x.csv")}).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
