"""The catalogue's pages: editions, a preview that writes nothing, loading, taking back; lists keep old names."""

import io
import re
from html import unescape

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import insert, select

from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.catalogue.queries import EDITION
from tests.support.builders import EVERY_ITEM, a_project, faults, project_row, walk
from tests.support.catalogues import NEW_NAME, OLD_NAME, changed, mid_year
from tests.support.desk import text_of
from tests.support.pages import Visitor, somebody
from workflows.config.catalogue import load_catalogue

_TEXT = re.compile(r'<textarea name="text" hidden>\n(.*?)</textarea>', re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="(edition|from_on|name)" value="([^"]*)">')


@pytest.fixture
def ref(database: Database) -> str:
    with database.write() as tx:
        tx.execute(insert(UNIT).values(name=NEW_NAME, name_en="", kind="department"))
        ref = a_project(tx, "registered", answers=EVERY_ITEM)
        a_project(tx, "drafted", answers=EVERY_ITEM)
        for code in ("A01", "A02", "A04", "A06", "A07", "A08", "B01"):
            walk(tx, ref, code, ("submit", "accept", "grant"))
        walk(tx, ref, "B04", ("submit", "accept"))
        return ref


def upload(visitor: Visitor, text: str, path: str = "preview") -> str:
    data = {"catalogue": (io.BytesIO(text.encode("utf-8-sig")), "catalogue.yaml")}
    return visitor.post(f"/catalogues/{path}", data, content_type="multipart/form-data").text


def carried(page: str) -> dict[str, str]:
    """What the form of a preview sends on."""
    text = _TEXT.search(page)
    return dict(_FIELD.findall(page)) | ({"text": unescape(text.group(1))} if text else {})


def editions(database: Database) -> int:
    with database.read() as tx:
        return len(tx.execute(select(EDITION.c.id)).all())


def load(sysadmin: Visitor) -> None:
    page = upload(sysadmin, mid_year())
    assert sysadmin.post("/catalogues/load", carried(page)).headers["Location"] == "/catalogues"


def test_an_edition_is_shown_loaded_and_taken_back(database: Database, ref: str, sysadmin: Visitor) -> None:
    page = upload(sysadmin, mid_year())
    with database.read() as tx:
        number = project_row(tx, ref).number
    assert f"{number}/B06" in page
    assert "取消" in page
    assert editions(database) == 1, "nothing is changed by looking"

    sysadmin.post("/catalogues/load", carried(page))
    index = text_of(sysadmin.get("/catalogues").text)
    assert "现行版本：2026-02" in index
    assert "撤回2026-02版" in index

    page = sysadmin.get("/catalogues/take-back?name=2026-02").text
    sysadmin.post("/catalogues/take-back", carried(page))
    index = text_of(sysadmin.get("/catalogues").text)
    assert "现行版本：2026-01" in index
    assert "因撤回2026-02版而恢复" in index
    assert faults(database) == []


def test_a_catalogue_that_is_refused_keeps_what_was_typed(database: Database, ref: str, sysadmin: Visitor) -> None:
    page = upload(sysadmin, changed("2026-02", {"promised: 8": "promised: 80"}))
    assert sysadmin.page.status_code == 422
    assert "A02: the promised limit is longer" in page
    assert "promised: 80" in page
    assert editions(database) == 1


def test_two_administrators_do_not_load_past_each_other(
    app: OpenAPI, database: Database, ref: str, sysadmin: Visitor
) -> None:
    looked_at = carried(upload(sysadmin, changed("2026-03", {"promised: 8": "promised: 7"})))
    load(somebody(app, "sysadmin1", "192.0.2.77"))
    assert sysadmin.post("/catalogues/load", looked_at).status_code == 409
    assert editions(database) == 2


def test_the_text_of_an_edition_is_what_was_loaded(database: Database, ref: str, sysadmin: Visitor) -> None:
    load(sysadmin)
    assert sysadmin.get("/catalogues/2/text").data.decode() == mid_year()
    assert sysadmin.get("/catalogues/3").status_code == 404


def test_old_names_of_departments_remain_findable(
    database: Database, ref: str, sysadmin: Visitor, centre: Visitor, leader: Visitor
) -> None:
    load(sysadmin)
    links = [unescape(link) for link in re.findall(r'href="(/board/[^"]+)"', leader.get("/board").text)]
    own = [link for link in links if OLD_NAME in link or "%E4%BA%BA%E9%98%B2" in link]
    assert own
    assert [link for link in own if leader.get(link).status_code != 200] == []
    queue = centre.get(f"/windows?department={OLD_NAME}").text
    assert load_catalogue().items["B04"].zh in queue
    assert {OLD_NAME, NEW_NAME} <= set(re.findall(r'<option value="([^"]+)"', queue))
    assert centre.get(f"/whose-time/pauses?department={OLD_NAME}").status_code == 200


def test_an_item_is_found_by_the_name_that_it_has_in_its_own_edition(
    database: Database, ref: str, sysadmin: Visitor, centre: Visitor
) -> None:
    load(sysadmin)
    upload(sysadmin, changed("2026-03", {"修建防空地下室审批": "人防工程建设许可", OLD_NAME: NEW_NAME}))
    sysadmin.post("/catalogues/load", carried(sysadmin.page.text))
    assert "修建防空地下室审批" in centre.get("/windows?search=防空地下室").text
    assert load_catalogue().items["B04"].zh not in centre.get("/windows?search=人防工程建设许可").text


def test_a_filing_answers_the_questions_of_the_catalogue_in_force(
    app: OpenAPI, database: Database, ref: str, sysadmin: Visitor, owner: Visitor, office: Visitor
) -> None:
    load(sysadmin)
    form = owner.get("/projects/new").text
    assert "answers.occupies_road" in form
    assert "answers.lightning_sensitive" not in form
    with database.write() as tx:
        filed = a_project(tx, "filed", answers={"occupies_road": True})
    assert "是否属于雷电敏感工程" not in office.get(f"/triage/{filed}").text
    assert "是否属于雷电敏感工程" in owner.get(f"/projects/{ref}").text
