"""Documents on pages: uploading, handing out, and who reads them."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.errors import Invalid
from approvals.base.files.filetypes import FILE_LIMIT
from approvals.base.files.scanner import read_address
from approvals.base.files.store import Stored, path_of
from approvals.filing import quotas
from approvals.filing.documents import DOCUMENTS, add, stored_files_are_whole
from approvals.filing.views import project_by_id
from approvals.http.application import KEY
from tests.support.builders import NOW, an_actor, do, walk
from tests.support.clamd import EICAR, a_clamd
from tests.support.desk import a_filing, damage, row_of, the_database
from tests.support.files import HOSTILE, WHOLE, a_page, docx, pdf
from tests.support.pages import Visitor, somebody
from workflows.config.policy import UploadRules, load_policy

FULL = Stored("满.pdf", "application/pdf", 1024 * 1024, "0" * 64)
REFUSED = ("a program", "a page called a document", "an empty file", "a name with a NUL", "no name")


def files_of(app: OpenAPI) -> list[Path]:
    folder: Path = app.extensions[KEY].settings.files_dir
    return [path for path in folder.rglob("*") if path.is_file()]


def upload(visitor: Visitor, ref: str, name: str, content: bytes, material: str = "") -> Any:
    visitor.get(f"/projects/{ref}")
    return post_file(visitor, ref, name, content, material=material)


def post_file(visitor: Visitor, ref: str, name: str, content: bytes, **fields: str) -> Any:
    data = {"file": (io.BytesIO(content), name), **fields}
    return visitor.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data")


def rows(app: OpenAPI) -> list[Any]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(DOCUMENTS).order_by(DOCUMENTS.c.id)))


@pytest.fixture
def ref(app: OpenAPI) -> str:
    return a_filing(app)


def test_equal_contents_are_stored_once(app: OpenAPI, owner: Visitor, ref: str) -> None:
    upload(owner, ref, "可研.pdf", pdf("一"))
    upload(owner, ref, "可研(副本).pdf", pdf("一"))
    upload(owner, ref, "另一份.pdf", pdf("二"))

    assert [row.name for row in rows(app)] == ["可研.pdf", "可研(副本).pdf", "另一份.pdf"]
    assert len(files_of(app)) == 2


def test_a_file_in_which_the_scanner_finds_something_is_refused_in_words(
    app: OpenAPI, owner: Visitor, ref: str
) -> None:
    service = app.extensions[KEY]
    with a_clamd() as (address, clamd):
        service.settings = replace(service.settings, scanner=read_address(address))
        assert upload(owner, ref, "可研.pdf", pdf("一")).status_code == 303
        refused = upload(owner, ref, "坏.pdf", pdf(EICAR.decode()))
        clamd.answer = b""
        silent = upload(owner, ref, "可研.pdf", pdf("二"))

    assert (refused.status_code, silent.status_code) == (422, 422)
    assert "病毒扫描发现" in refused.text and "病毒扫描没有应答" in silent.text
    assert [row.name for row in rows(app)] == ["可研.pdf"]
    assert len(files_of(app)) == 1


def test_a_file_for_which_a_project_has_no_room_is_refused_and_not_stored(
    app: OpenAPI, owner: Visitor, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = replace(load_policy(), uploads=UploadRules(project_mb=1))
    monkeypatch.setattr(quotas, "load_policy", lambda: policy)
    with the_database(app).write() as tx:
        add(tx, project_by_id(tx, row_of(the_database(app), ref).id), FULL, "", by=an_actor(tx, "owner1"), now=NOW)
    refused = upload(owner, ref, "可研.pdf", pdf("一"))
    assert refused.status_code == 422
    assert "本项目的文件最多占用1 MB" in refused.text
    assert files_of(app) == []


def test_every_stored_file_is_checked_by_the_invariant(app: OpenAPI, owner: Visitor, ref: str) -> None:
    upload(owner, ref, "一.pdf", pdf("一"))
    upload(owner, ref, "二.pdf", pdf("二"))
    folder = app.extensions[KEY].settings.files_dir

    def violations(where: Path | None) -> list[str]:
        with the_database(app).read() as tx:
            return [fault.found for fault in stored_files_are_whole(tx, where)]

    assert violations(folder) == []
    assert len(violations(None)) == 2
    first, second = rows(app)
    damage(path_of(folder, first.sha256), "changed")
    damage(path_of(folder, second.sha256), "gone")
    assert sorted(violations(folder)) == ["its file is not in the store", "its file is not what was handed in"]


def test_a_chinese_name_survives_the_round_trip(app: OpenAPI, owner: Visitor, ref: str) -> None:
    name, content = "攀枝花市第三小学“教学楼” 可行性研究报告(报批稿);最终版.docx", docx()

    assert upload(owner, ref, name, content, "项目建议书").status_code == 303
    document = rows(app)[0]
    page = owner.get(f"/projects/{ref}").text
    answer = owner.client.get(f"/documents/{document.uid}", buffered=True)

    assert name in page.replace("&#34;", '"')
    assert (document.name, document.material, document.added_by) == (name, "项目建议书", "owner1")
    assert answer.data == content
    assert unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]) == name


def test_equal_names_are_told_apart_in_lists_and_on_the_disk_of_who_downloads_them(
    app: OpenAPI, owner: Visitor, ref: str
) -> None:
    for name, text in (("坐标.pdf", "一"), ("坐标.PDF", "二"), ("坐标 (2).pdf", "三"), ("坐标.pdf", "四")):
        upload(owner, ref, name, pdf(text))

    told = ["坐标.pdf", "坐标 (2).PDF", "坐标 (2) (2).pdf", "坐标 (3).pdf"]
    assert re.findall(r'<a href="/documents/[^"]+">([^<]+)</a>', owner.get(f"/projects/{ref}").text) == told
    headers = [
        owner.client.get(f"/documents/{row.uid}", buffered=True).headers["Content-Disposition"] for row in rows(app)
    ]
    assert [unquote(header.partition("''")[2]) for header in headers] == told
    assert len({header.partition("filename=")[2].partition(";")[0] for header in headers}) == 4


def test_a_document_is_handed_out_as_a_file_that_nothing_runs(app: OpenAPI, owner: Visitor, ref: str) -> None:
    upload(owner, ref, "现场.png", WHOLE["截图.png"])

    answer = owner.client.get(f"/documents/{rows(app)[0].uid}", buffered=True)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "image/png"
    assert int(answer.headers["Content-Length"]) == len(WHOLE["截图.png"])


def test_a_damaged_document_is_refused_in_words(app: OpenAPI, owner: Visitor, ref: str) -> None:
    upload(owner, ref, "a.pdf", pdf())
    damage(path_of(app.extensions[KEY].settings.files_dir, rows(app)[0].sha256), "changed")

    answer = owner.client.get(f"/documents/{rows(app)[0].uid}")

    assert answer.status_code == 500
    assert "存储的文件已损坏" in answer.text
    assert b"%PDF" not in answer.data


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_file_is_told_at_its_field_and_the_choice_is_kept(
    app: OpenAPI, owner: Visitor, ref: str, kind: str
) -> None:
    answer = upload(owner, ref, *HOSTILE[kind], material="项目建议书")

    assert answer.status_code == 422
    assert 'id="f-file-faults"' in answer.text
    assert '<option value="项目建议书" selected>' in answer.text
    assert rows(app) == []
    assert files_of(app) == []


def test_a_file_that_is_too_large_is_told_so(app: OpenAPI, owner: Visitor, ref: str) -> None:
    content = pdf() + b" " * FILE_LIMIT

    assert upload(owner, ref, "大.pdf", content).status_code == 422
    assert upload(owner, ref, "更大.pdf", content + b" " * 3_000_000).status_code == 413
    assert files_of(app) == []


def test_a_material_that_nobody_asks_for_is_refused(app: OpenAPI, owner: Visitor, ref: str) -> None:
    answer = upload(owner, ref, "a.pdf", pdf(), "别的东西")

    assert answer.status_code == 422
    assert "f-material-faults" in answer.text
    assert rows(app) == []


def test_a_form_sent_twice_uploads_once(app: OpenAPI, owner: Visitor, ref: str) -> None:
    owner.get(f"/projects/{ref}")
    once = owner.once_key()

    for _ in range(2):
        assert post_file(owner, ref, "a.pdf", pdf(), once=once).status_code == 303

    assert len(rows(app)) == 1


@pytest.mark.parametrize("state", ["withdrawn", "declined", "diverted"])
def test_a_closed_project_takes_no_more_documents(app: OpenAPI, state: str) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, state)

    assert upload(owner, ref, "a.pdf", pdf()).status_code == 409
    assert "上传文件" not in owner.get(f"/projects/{ref}").text
    assert rows(app) == []


def test_another_units_document_is_not_there(app: OpenAPI) -> None:
    ref = a_filing(app)
    upload(somebody(app, "owner1"), ref, "a.pdf", pdf())
    stranger = somebody(app, "owner2")
    uid = rows(app)[0].uid

    assert stranger.get(f"/documents/{uid}").status_code == 404
    assert stranger.get(f"/projects/{ref}").status_code == 404
    assert post_file(stranger, ref, "a.pdf", pdf()).status_code == 404
    assert len(rows(app)) == 1


@pytest.mark.parametrize("username", ["office1", "centre1", "leader1", "liaison1", "liaison2"])
def test_who_sees_the_project_reads_its_documents(app: OpenAPI, username: str) -> None:
    ref = a_filing(app)
    upload(somebody(app, "owner1"), ref, "a.pdf", pdf())

    assert somebody(app, username).client.get(f"/documents/{rows(app)[0].uid}", buffered=True).data == pdf()


def test_a_window_reads_what_was_handed_in_to_its_department_and_nothing_else(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "registered")
    upload(owner, ref, "建议书.pdf", pdf("一"), "项目建议书")
    upload(owner, ref, "内部.pdf", pdf("二"))
    chosen, unrelated = (row.uid for row in rows(app))
    own, head, foreign = (somebody(app, name) for name in ("window-a01", "head-a01", "window-a02"))
    assert own.get(f"/documents/{chosen}").status_code == 404

    with the_database(app).write() as tx:
        do(tx, "owner1", "submit", f"{ref}/A01", {"materials": [{"name": "项目建议书", "document": chosen}]})

    for visitor in (own, head):
        assert visitor.client.get(f"/documents/{chosen}", buffered=True).data == pdf("一")
        assert visitor.get(f"/documents/{unrelated}").status_code == 404
    assert foreign.get(f"/documents/{chosen}").status_code == 404


def test_a_document_of_another_project_opens_nothing_to_a_window(app: OpenAPI) -> None:
    owner, theirs, mine = somebody(app, "owner1"), a_filing(app, "registered"), a_filing(app, "registered")
    upload(owner, theirs, "a.pdf", pdf())
    uid = rows(app)[0].uid

    with pytest.raises(Invalid), the_database(app).write() as tx:
        do(tx, "owner1", "submit", f"{mine}/A01", {"materials": [{"name": "申请文件", "document": uid}]})

    assert somebody(app, "window-a01").get(f"/documents/{uid}").status_code == 404


@pytest.mark.parametrize("uid", ["d-0000000000000000", "nothing", "%", "d-%", "..", "a b", "长" * 300])
def test_a_document_that_does_not_exist_is_not_there(app: OpenAPI, uid: str) -> None:
    for username in ("owner1", "window-a01", "office1"):
        assert somebody(app, username).get(f"/documents/{uid}").status_code == 404


def test_what_was_uploaded_once_is_offered_to_every_later_approval(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "registered")
    upload(owner, ref, "建议书.pdf", pdf(), "项目建议书")

    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"))

    assert "建议书.pdf" in owner.get(f"/approvals/{row_of(the_database(app), ref).number}/A02").text


@pytest.mark.parametrize(("name", "way"), [("可研.pdf", "inline"), ("可研.docx", "attachment")])
def test_what_a_browser_can_show_is_looked_at_and_all_else_downloaded(
    app: OpenAPI, owner: Visitor, ref: str, name: str, way: str
) -> None:
    upload(owner, ref, name, pdf("一") if name.endswith("pdf") else docx())
    page, address = owner.get(f"/projects/{ref}").text, f"/documents/{rows(app)[0].uid}"

    assert (f"{address}?view=yes" in page) == (way == "inline")
    assert owner.get(f"{address}?view=yes").headers["Content-Disposition"].startswith(way)
    assert owner.get(address).headers["Content-Disposition"].startswith("attachment")
    assert somebody(app, "owner2").get(f"{address}?view=yes").status_code == 404


def test_a_list_shows_pictures_of_what_can_be_shown_to_whoever_may_open_it(
    app: OpenAPI, owner: Visitor, ref: str
) -> None:
    upload(owner, ref, "可研.pdf", a_page())
    upload(owner, ref, "损坏.pdf", pdf("一"))
    upload(owner, ref, "说明.docx", docx())

    shown = re.findall(r'<img src="(/documents/[^"]+/preview)"', owner.get(f"/projects/{ref}").text)
    good, broken = (owner.get(path) for path in shown)
    assert (good.status_code, good.mimetype, good.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert good.headers["Cache-Control"] == "no-store"
    assert broken.status_code == 404
    assert somebody(app, "owner2").get(shown[0]).status_code == 404
    assert len(shown) == 2
