"""Documents: which files are taken, where they lie, who reads them, and that they come back byte for byte."""

import hashlib
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.errors import Invalid
from approvals.filing.documents import DOCUMENTS, Damaged, opened, path_of, store, stored_files_are_whole
from approvals.filing.filetypes import FILE_LIMIT, FILE_TYPES, clean_name
from approvals.http.application import KEY
from tests.support.builders import a_project, do, project_row, walk
from tests.support.desk import the_database
from tests.support.files import HOSTILE, WHOLE, docx, pdf
from tests.support.pages import Visitor, a_site, somebody

REFUSED_ON_THE_PAGE = ("a program", "a page called a document", "an empty file", "a name with a NUL", "no name")


@pytest.fixture
def app(page_url: str, tmp_path: Path) -> Iterator[OpenAPI]:
    with a_site(page_url, data_dir=tmp_path) as app:
        yield app


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[OpenAPI]:
    """The same on one engine, for what the engine has no part in."""
    with a_site(sqlite_url, data_dir=tmp_path) as app:
        yield app


def files_of(app: OpenAPI) -> list[Path]:
    folder: Path = app.extensions[KEY].settings.files_dir
    return [path for path in folder.rglob("*") if path.is_file()]


def a_drafted(app: OpenAPI, state: str = "drafted", **given: Any) -> str:
    with the_database(app).write() as tx:
        return a_project(tx, state, **given)


def upload(visitor: Visitor, ref: str, name: str, content: bytes, material: str = "") -> Any:
    visitor.get(f"/projects/{ref}")
    data = {"file": (io.BytesIO(content), name), "material": material}
    return visitor.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data")


def rows(app: OpenAPI) -> list[Any]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(DOCUMENTS).order_by(DOCUMENTS.c.id)))


# What is taken.


def test_there_is_a_whole_file_of_every_listed_type() -> None:
    assert {name.rpartition(".")[2] for name in WHOLE} == set(FILE_TYPES)


def test_at_least_forty_kinds_of_hostile_files_are_tried() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_stored_under_its_checksum(tmp_path: Path, name: str) -> None:
    stored = store(tmp_path, name, io.BytesIO(WHOLE[name]))

    assert stored.name == name
    assert stored.size == len(WHOLE[name])
    assert path_of(tmp_path, stored.sha256).read_bytes() == WHOLE[name]
    assert stored.sha256 == hashlib.sha256(WHOLE[name]).hexdigest()


@pytest.mark.parametrize("name", WHOLE)
def test_the_ending_may_be_written_in_capitals(tmp_path: Path, name: str) -> None:
    assert store(tmp_path, name.upper(), io.BytesIO(WHOLE[name])).name == name.upper()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_at_its_field_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    name, content = HOSTILE[kind]

    with pytest.raises(Invalid) as refusal:
        store(tmp_path, name, io.BytesIO(content))

    assert set(refusal.value.fields) == {"file"}
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_fifty_megabytes_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    whole = pdf()
    padded = whole[:-6] + b" " * (FILE_LIMIT - len(whole)) + whole[-6:]
    assert len(padded) == FILE_LIMIT

    assert store(tmp_path, "大.pdf", io.BytesIO(padded)).size == FILE_LIMIT
    with pytest.raises(Invalid, match="50 MB"):
        store(tmp_path, "大.pdf", io.BytesIO(padded[:-6] + b" " + padded[-6:]))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system32\\a.pdf", "a.pdf"),
        ("C:\\fakepath\\可研 报告.pdf", "可研 报告.pdf"),
        ("/absolute/可研.pdf", "可研.pdf"),
        ("file:///etc/a.pdf", "a.pdf"),
        ("  报告.pdf  ", "报告.pdf"),
        ("报告.v1.2.pdf", "报告.v1.2.pdf"),
        ("2026.03.02会议纪要.pdf", "2026.03.02会议纪要.pdf"),
        ("报告.docx.pdf", "报告.docx.pdf"),
        ("%2e%2e%2fa.pdf", "%2e%2e%2fa.pdf"),
        ('"; filename=evil.exe; x=".pdf', '"; filename=evil.exe; x=".pdf'),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        ("长" * 196 + ".pdf", "长" * 196 + ".pdf"),
        ("表情😀.pdf", "表情😀.pdf"),
    ],
)
def test_a_name_is_kept_as_people_know_it_without_any_folder(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_random_bytes_under_any_listed_name_never_break_the_check(tmp_path: Path) -> None:
    dice = random.Random(7)
    starts = [content[:12] for content in WHOLE.values()] + [b""]
    for _ in range(600):
        content = dice.choice(starts) + dice.randbytes(dice.randint(0, 3000))
        try:
            store(tmp_path, f"a.{dice.choice(tuple(FILE_TYPES))}", io.BytesIO(content))
        except Invalid as refusal:
            assert set(refusal.fields) == {"file"}


def test_whole_files_with_damaged_bytes_never_break_the_check(tmp_path: Path) -> None:
    dice = random.Random(11)
    for _ in range(600):
        name = dice.choice(tuple(WHOLE))
        content = bytearray(WHOLE[name])
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            store(tmp_path, name, io.BytesIO(bytes(content[: dice.randint(1, len(content))])))
        except Invalid as refusal:
            assert set(refusal.fields) == {"file"}


# Where it lies.


def test_equal_contents_are_stored_once(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)

    upload(owner, ref, "可研.pdf", pdf("一"))
    upload(owner, ref, "可研(副本).pdf", pdf("一"))
    upload(owner, ref, "另一份.pdf", pdf("二"))

    assert [row.name for row in rows(site)] == ["可研.pdf", "可研(副本).pdf", "另一份.pdf"]
    assert len(files_of(site)) == 2


def test_a_damaged_file_is_healed_when_it_is_handed_in_again(tmp_path: Path) -> None:
    stored = store(tmp_path, "a.pdf", io.BytesIO(pdf()))
    path_of(tmp_path, stored.sha256).write_bytes(b"rot")

    store(tmp_path, "a.pdf", io.BytesIO(pdf()))

    with opened(tmp_path, stored) as file:
        assert file.read() == pdf()


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "a folder"])
def test_a_file_that_is_not_what_was_handed_in_is_not_handed_out(tmp_path: Path, harm: str) -> None:
    stored = store(tmp_path, "a.pdf", io.BytesIO(pdf()))
    damage(path_of(tmp_path, stored.sha256), harm)

    with pytest.raises(Damaged):
        opened(tmp_path, stored)


def damage(path: Path, harm: str) -> None:
    content = path.read_bytes()
    if harm == "changed":
        path.write_bytes(content[:-1] + b"!")
    elif harm == "cut":
        path.write_bytes(content[:-1])
    else:
        path.unlink()
        if harm == "a folder":
            path.mkdir()


def test_a_store_that_is_full_keeps_no_half_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        reads = 0

        def read(self, *given: Any) -> bytes:
            self.reads += 1
            if self.reads > 5:
                raise OSError(28, "No space left on device")
            return super().read(*given)

    with pytest.raises(OSError, match="No space"):
        store(tmp_path, "a.pdf", Failing(pdf()))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_stored_file_is_checked_by_the_invariant(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_drafted(app)
    upload(owner, ref, "一.pdf", pdf("一"))
    upload(owner, ref, "二.pdf", pdf("二"))
    folder = app.extensions[KEY].settings.files_dir

    def found(where: Path | None) -> list[str]:
        with the_database(app).read() as tx:
            return [fault.found for fault in stored_files_are_whole(tx, where)]

    assert found(folder) == []
    assert len(found(None)) == 2
    first, second = rows(app)
    damage(path_of(folder, first.sha256), "changed")
    damage(path_of(folder, second.sha256), "gone")
    assert sorted(found(folder)) == ["its file is not in the store", "its file is not what was handed in"]


# On the page.


def test_a_chinese_name_survives_the_round_trip(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_drafted(app)
    name, content = "攀枝花市第三小学“教学楼” 可行性研究报告(报批稿);最终版.docx", docx()

    assert upload(owner, ref, name, content, "项目建议书").status_code == 303
    document = rows(app)[0]
    page = owner.get(f"/projects/{ref}").text
    answer = owner.client.get(f"/documents/{document.uid}", buffered=True)

    assert name in page.replace("&#34;", '"')
    assert (document.name, document.material, document.added_by) == (name, "项目建议书", "owner1")
    assert answer.data == content
    assert unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]) == name


def test_a_document_is_handed_out_as_a_file_that_nothing_runs(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)
    upload(owner, ref, "现场.png", WHOLE["截图.png"])

    answer = owner.client.get(f"/documents/{rows(site)[0].uid}", buffered=True)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "image/png"
    assert int(answer.headers["Content-Length"]) == len(WHOLE["截图.png"])


def test_a_damaged_document_is_refused_in_words(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)
    upload(owner, ref, "a.pdf", pdf())
    damage(path_of(site.extensions[KEY].settings.files_dir, rows(site)[0].sha256), "changed")

    answer = owner.client.get(f"/documents/{rows(site)[0].uid}")

    assert answer.status_code == 500
    assert "存储的文件已损坏" in answer.text
    assert b"%PDF" not in answer.data


@pytest.mark.parametrize(
    "kind", ["a program", "a page called a document", "an empty file", "a name with a NUL", "no name"]
)
def test_a_refused_file_is_told_at_its_field_and_the_choice_is_kept(site: OpenAPI, kind: str) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)

    answer = upload(owner, ref, *HOSTILE[kind], material="项目建议书")

    assert answer.status_code == 422
    assert 'id="f-file-faults"' in answer.text
    assert '<option value="项目建议书" selected>' in answer.text
    assert rows(site) == []
    assert files_of(site) == []


def test_a_file_that_is_too_large_is_told_so(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)
    content = pdf() + b" " * FILE_LIMIT

    assert upload(owner, ref, "大.pdf", content).status_code == 422
    assert upload(owner, ref, "更大.pdf", content + b" " * 3_000_000).status_code == 413
    assert files_of(site) == []


def test_a_material_that_nobody_asks_for_is_refused(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)

    answer = upload(owner, ref, "a.pdf", pdf(), "别的东西")

    assert answer.status_code == 422
    assert "f-material-faults" in answer.text
    assert rows(site) == []


def test_a_form_sent_twice_uploads_once(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_drafted(app)
    owner.get(f"/projects/{ref}")
    once = owner.once_key()

    for _ in range(2):
        data = {"file": (io.BytesIO(pdf()), "a.pdf"), "once": once}
        assert owner.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data").status_code == 303

    assert len(rows(app)) == 1


@pytest.mark.parametrize("state", ["withdrawn", "declined", "diverted"])
def test_a_closed_project_takes_no_more_documents(site: OpenAPI, state: str) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site, state)

    assert upload(owner, ref, "a.pdf", pdf()).status_code == 409
    assert "上传文件" not in owner.get(f"/projects/{ref}").text
    assert rows(site) == []


# Who reads it.


def test_another_units_document_is_not_there(app: OpenAPI) -> None:
    ref = a_drafted(app)
    upload(somebody(app, "owner1"), ref, "a.pdf", pdf())
    stranger = somebody(app, "owner2")
    uid = rows(app)[0].uid

    assert stranger.get(f"/documents/{uid}").status_code == 404
    assert stranger.get(f"/projects/{ref}").status_code == 404
    assert upload_unseen(stranger, ref).status_code == 404
    assert len(rows(app)) == 1


def upload_unseen(visitor: Visitor, ref: str) -> Any:
    data = {"file": (io.BytesIO(pdf()), "a.pdf")}
    return visitor.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data")


@pytest.mark.parametrize("username", ["office1", "centre1", "leader1", "liaison1", "liaison2"])
def test_who_sees_the_project_reads_its_documents(site: OpenAPI, username: str) -> None:
    ref = a_drafted(site)
    upload(somebody(site, "owner1"), ref, "a.pdf", pdf())

    assert somebody(site, username).client.get(f"/documents/{rows(site)[0].uid}", buffered=True).data == pdf()


def test_a_window_reads_what_was_handed_in_to_its_department_and_nothing_else(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_drafted(app, "registered")
    upload(owner, ref, "建议书.pdf", pdf("一"), "项目建议书")
    upload(owner, ref, "内部.pdf", pdf("二"))
    chosen, other = (row.uid for row in rows(app))
    own, head, foreign = (somebody(app, name) for name in ("window-a01", "head-a01", "window-a02"))
    assert own.get(f"/documents/{chosen}").status_code == 404

    with the_database(app).write() as tx:
        do(tx, "owner1", "submit", f"{ref}/A01", {"materials": [{"name": "项目建议书", "document": chosen}]})

    for visitor in (own, head):
        assert visitor.client.get(f"/documents/{chosen}", buffered=True).data == pdf("一")
        assert visitor.get(f"/documents/{other}").status_code == 404
    assert foreign.get(f"/documents/{chosen}").status_code == 404


def test_a_document_of_another_project_opens_nothing_to_a_window(site: OpenAPI) -> None:
    owner, theirs, mine = somebody(site, "owner1"), a_drafted(site, "registered"), a_drafted(site, "registered")
    upload(owner, theirs, "a.pdf", pdf())
    uid = rows(site)[0].uid

    with pytest.raises(Invalid), the_database(site).write() as tx:
        do(tx, "owner1", "submit", f"{mine}/A01", {"materials": [{"name": "申请文件", "document": uid}]})

    assert somebody(site, "window-a01").get(f"/documents/{uid}").status_code == 404


@pytest.mark.parametrize("uid", ["d-0000000000000000", "nothing", "%", "d-%", "..", "a b", "长" * 300])
def test_a_document_that_does_not_exist_is_not_there(site: OpenAPI, uid: str) -> None:
    for username in ("owner1", "window-a01", "office1"):
        assert somebody(site, username).get(f"/documents/{uid}").status_code == 404


def test_who_has_signed_out_reads_nothing(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site)
    upload(owner, ref, "a.pdf", pdf())
    owner.get(f"/projects/{ref}")
    owner.post("/sign-out")

    answer = owner.client.get(f"/documents/{rows(site)[0].uid}")

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_what_was_uploaded_once_is_offered_to_every_later_approval(site: OpenAPI) -> None:
    owner, ref = somebody(site, "owner1"), a_drafted(site, "registered")
    upload(owner, ref, "建议书.pdf", pdf(), "项目建议书")
    number = number_of(site, ref)

    with the_database(site).write() as tx:
        walk(tx, ref, "A01", ("submit", "accept", "grant"))

    assert "建议书.pdf" in owner.get(f"/approvals/{number}/A02").text


def number_of(app: OpenAPI, ref: str) -> str:
    with the_database(app).read() as tx:
        return str(project_row(tx, ref).number)
