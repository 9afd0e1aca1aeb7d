"""Materials on the page of their approval: uploaded where they are asked for, changed, hinted at, and helped with."""

import io
import re
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.filing.documents import DOCUMENTS
from tests.support.builders import do
from tests.support.desk import a_filing, text_of, the_database
from tests.support.files import docx, pdf
from tests.support.pages import Visitor, somebody
from workflows.config.catalogue import load_catalogue


@pytest.fixture
def path(app: OpenAPI) -> str:
    """The page of an approval that its owner can apply for."""
    return f"/approvals/{a_filing(app, 'registered')}/A01"


def rows(app: OpenAPI) -> list[Any]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(DOCUMENTS).order_by(DOCUMENTS.c.id)))


def send(visitor: Visitor, path: str, to: str, files: dict[str, bytes] | None = None, **fields: str) -> Any:
    visitor.get(path)
    data: dict[str, Any] = {"once": visitor.once_key(), **fields}
    if files is not None:
        data["file"] = [(io.BytesIO(content), name) for name, content in files.items()]
    return visitor.post(f"{path}/documents{to}", data, content_type="multipart/form-data")


def row_of_page(page: str, material: str) -> str:
    match = re.search(rf'<li class="hand-in-row" data-material="{material}">.*?</li>', page, re.DOTALL)
    assert match, material
    return match.group(0)


@pytest.mark.parametrize("username", ["owner1", "liaison1"])
def test_files_are_uploaded_in_the_row_of_their_material_and_ticked_there(
    app: OpenAPI, path: str, username: str
) -> None:
    visitor = somebody(app, username)

    answer = send(visitor, path, "", {"一.pdf": pdf("一"), "二.pdf": pdf("二")}, material="项目建议书")

    assert (answer.status_code, answer.location) == (303, f"{path}#hand-in")
    row = row_of_page(visitor.get(path).text, "项目建议书")
    assert re.findall(r'data-line="d-[0-9a-f]{16}" checked>\s*<span[^>]*>([^<]+)<', row) == ["一.pdf", "二.pdf"]


def test_of_several_files_the_good_ones_are_kept_and_the_others_named(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")

    answer = send(owner, path, "", {"好.pdf": pdf(), "坏.pdf": b"nothing", "空.docx": b""}, material="项目建议书")

    assert answer.status_code == 422
    faults = re.findall(r"<div>(“[^<]+)</div>", row_of_page(answer.text, "项目建议书"))
    assert faults == ["“坏.pdf”：文件内容不是 .pdf 格式。", "“空.docx”：文件是空的。"]
    assert [row.name for row in rows(app)] == ["好.pdf"]


def test_several_files_of_a_material_reach_the_window_together(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    send(owner, path, "", {"一.pdf": pdf("一"), "二.pdf": pdf("二")}, material="项目建议书")
    page = owner.get(path).text
    lines = re.findall(r'name="(materials\.\d\.document)" value="(d-[^"]+)"', page)
    form = dict(lines) | {name.replace("document", "name"): "项目建议书" for name, _ in lines}
    form |= {"materials.8.name": "申请文件", "materials.9.name": "资金来源说明", "once": owner.once_key()}

    assert owner.post(f"{path}/moves/submit", form).status_code == 303

    seen = text_of(somebody(app, "window-a01").get(path).text)
    assert re.search(r"项目建议书 一\.pdf .{1,20}二\.pdf", seen) and "申请文件 纸质" in seen
    assert "未提交" not in seen


def test_a_file_is_renamed_used_otherwise_replaced_and_removed_on_the_page(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    send(owner, path, "", {"一.pdf": pdf()}, material="项目建议书")
    at = f"/{rows(app)[0].uid}"

    send(owner, path, f"{at}/rename", name="建议书.pdf")
    send(owner, path, f"{at}/retype", material="申请文件")
    send(owner, path, f"{at}/replace", {"申请.docx": docx()})

    [row] = rows(app)
    assert (row.name, row.material) == ("申请.docx", "申请文件")
    assert send(owner, path, f"{at}/remove").location == f"{path}#hand-in"
    assert rows(app) == []
    assert send(owner, path, f"{at}/shred").status_code == 404


def test_a_name_that_is_refused_is_kept_with_its_reason(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    send(owner, path, "", {"一.pdf": pdf()}, material="项目建议书")

    answer = send(owner, path, f"/{rows(app)[0].uid}/rename", name="建议书.exe")

    assert answer.status_code == 422
    row = row_of_page(answer.text, "项目建议书")
    assert 'value="建议书.exe"' in row and '<details class="file-change" open>' in row and "field-faults" in row


def test_what_was_handed_in_offers_no_change_on_either_page(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    send(owner, path, "", {"一.pdf": pdf()}, material="项目建议书")
    uid, ref = rows(app)[0].uid, path.split("/")[2]
    assert f"/documents/{uid}/remove" in owner.get(f"/projects/{ref}").text
    with the_database(app).write() as tx:
        do(tx, "owner1", "submit", f"{ref}/A01", {"materials": [{"name": "项目建议书", "document": uid}]})

    for page in (path, f"/projects/{ref}"):
        assert f"/documents/{uid}/" not in owner.get(page).text.replace(f"/documents/{uid}/preview", "")
    for at in (path, f"/projects/{ref}"):
        refused = owner.post(f"{at}/documents/{uid}/remove", {"once": owner.once_key()})
        assert refused.status_code == 409 and "已提交，不能再更改" in refused.text


def test_a_file_of_no_use_yet_with_the_name_of_a_material_is_offered_for_it(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    ref = path.split("/")[2]
    data = {"file": (io.BytesIO(pdf()), "第三小学 项目建议书（终稿）.pdf"), "material": ""}
    owner.get(f"/projects/{ref}")
    owner.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data")

    page = owner.get(path).text

    assert "尚未标明用途" in text_of(row_of_page(page, "项目建议书"))
    assert page.count("hand-in-hint") == 1
    assert send(owner, path, f"/{rows(app)[0].uid}/retype", material="项目建议书").status_code == 303
    assert "尚未标明用途" not in owner.get(path).text


@pytest.mark.parametrize("username", ["owner2", "liaison2", "office1", "window-a01"])
def test_nobody_else_uploads_or_changes_anything(app: OpenAPI, path: str, username: str) -> None:
    send(somebody(app, "owner1"), path, "", {"一.pdf": pdf()}, material="项目建议书")
    visitor = somebody(app, username)
    at = f"{path}/documents"

    for address in (at, f"{at}/{rows(app)[0].uid}/remove"):
        data = {"file": (io.BytesIO(pdf()), "二.pdf")}
        assert visitor.post(address, data, content_type="multipart/form-data").status_code in (403, 404)
    assert [row.name for row in rows(app)] == ["一.pdf"]


def test_templates_and_samples_of_the_catalogue_are_files_that_the_product_would_take(app: OpenAPI) -> None:
    items = load_catalogue().items.values()
    files = {file for item in items for file in (*item.templates.values(), *item.samples.values())}
    owner = somebody(app, "owner1")

    assert len(files) >= 4
    for file in files:
        answer = owner.get(f"/materials/{file}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        path = f"/approvals/{a_filing(app, 'registered')}/A01"
        assert send(owner, path, "", {file: answer.data}, material="项目建议书").status_code == 303
    for other in ("catalogue.yaml", "..%2Fcatalogue.yaml", "nothing.docx"):
        assert owner.get(f"/materials/{other}").status_code == 404


def test_a_template_stands_in_the_row_of_its_material(app: OpenAPI, path: str) -> None:
    page = somebody(app, "owner1").get(path).text

    assert "模板" in text_of(row_of_page(page, "申请文件")) and "模板" not in text_of(row_of_page(page, "项目建议书"))
