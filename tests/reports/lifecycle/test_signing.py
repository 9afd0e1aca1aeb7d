"""A city with a certificate of its own signs what it issues; a key of no use is told of before anything is issued."""

import hashlib
import importlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pikepdf
import pytest
from flask_openapi3 import OpenAPI
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.errors import Refused
from approvals.base.settings import read_settings
from approvals.cli.reports import COMMAND_LINE
from approvals.http.application import service
from approvals.integrity.doctor import HealthCheck, examine
from approvals.integrity.verification import verify
from approvals.reports.document.report import Imprint
from approvals.reports.lifecycle import signing
from approvals.reports.lifecycle.attached_workbook import workbook_within
from approvals.reports.lifecycle.file_metadata import SignatureReason, UnusableKey, signature_position
from approvals.reports.lifecycle.issuing import AtOnce, issue_report
from approvals.reports.lifecycle.queries import TABLE, IssuedReport, figures_of, issued_pdf, last_number
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.lifecycle.signing import opened_seal, signature_of
from approvals.reports.periods import MONTHLY, read_month
from tests.support.builders import NOW, a_database, an_approval, when
from tests.support.certificates import SECRET, YEAR, a_key
from tests.support.documents import attached_to, print_report
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import an_app

MONTH, TODAY = "2026-03", NOW.date()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_key(tmp_path_factory.mktemp("city"), is_rsa=True)


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def signing_city(request: pytest.FixtureRequest, make_database: Any) -> Iterator[str]:
    yield make_database(request.param)


@pytest.fixture(scope="module")
def city(signing_city: str) -> Iterator[Database]:
    yield from a_city(signing_city)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    yield from a_city(sqlite_url)


def a_city(url: str) -> Iterator[Database]:
    database = a_database(url)
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def app(city: Database, signing_city: str, key: Path) -> Iterator[OpenAPI]:
    """The application of a city that signs."""
    with an_app(signing_city, now=NOW, signing_key=key, signing_password=SECRET) as app:
        yield app


@pytest.fixture(scope="module")
def paper(app: OpenAPI, city: Database) -> tuple[IssuedReport, bytes]:
    """March as it was issued and signed."""
    with app.app_context():
        return issued(city)


def issued(database: Database) -> tuple[IssuedReport, bytes]:
    report = issue_report(AtOnce(database), MONTHLY, MONTH, COMMAND_LINE, lambda: NOW)
    with database.read() as tx:
        return report, issued_pdf(tx, MONTH)


def signing_check(url: str, key: Path | None, password: str = SECRET) -> HealthCheck:
    with an_app(url, now=NOW, signing_key=key, signing_password=password) as app, app.app_context():
        return next(check for check in examine(service()) if check.name == "signing")


def test_another_program_finds_the_citys_signature_over_the_whole_paper(
    key: Path, paper: tuple[IssuedReport, bytes]
) -> None:
    (signature,) = PdfFileReader(BytesIO(paper[1])).embedded_signatures
    city = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False, moment=NOW)
    status = validate_pdf_signature(signature, signer_validation_context=city)
    assert (status.bottom_line, status.coverage.name, status.docmdp_ok) == (True, "ENTIRE_FILE", True)
    assert status.signer_reported_dt == NOW
    about = signature.sig_object
    assert (about["/SubFilter"], about["/Location"], about["/Name"]) == (
        "/ETSI.CAdES.detached",
        "攀枝花市",
        "攀枝花市督查办",
    )
    assert about["/Reason"] == "市政府目标督查办公室印发"
    assert hashlib.sha256(signature.signer_cert.dump()).hexdigest() == opened_seal(key, SECRET).certificate.sha256


def test_what_was_printed_stands_unchanged_before_the_signature(
    app: OpenAPI, city: Database, paper: tuple[IssuedReport, bytes]
) -> None:
    report, pdf = paper
    with city.read() as tx:
        figures = figures_of(tx, MONTH)
        made_with = orjson.loads(tx.execute(select(TABLE.c.made_with)).scalar_one())
    with app.app_context():
        again = print_report(figures, ISSUED_IN, Imprint(report.shown_number, TODAY))
    assert pdf[: made_with["signed"]["printed_bytes"]] == again.pdf
    assert made_with == again.made_with | {"signed": made_with["signed"]}
    assert report.pdf_sha256 == hashlib.sha256(pdf).hexdigest()


def test_a_signed_paper_is_still_the_archive_file_with_its_figures_and_sheet(
    city: Database, paper: tuple[IssuedReport, bytes]
) -> None:
    pdf = paper[1]
    assert set(attached_to(pdf)) == {f"figures-{MONTH}.json", f"workbook-{MONTH}.xlsx"}
    assert workbook_within(pdf).startswith(b"PK")
    with pikepdf.open(BytesIO(pdf)) as signed, pikepdf.open(BytesIO(pdf[: pdf.index(b"%%EOF") + 6])) as printed:
        assert signed.Root.Metadata.read_bytes() == printed.Root.Metadata.read_bytes()
        assert b'pdfaid:part="3"' in signed.Root.Metadata.read_bytes()
        assert signed.docinfo.items() == printed.docinfo.items()
        (widget,) = signed.pages[0].Annots
        assert (widget.Rect, widget.F & 4) == ([0, 0, 0, 0], 4)  # an archive file's field is printed, this one unseen
        assert len(signed.pages) == len(printed.pages)
    with city.read() as tx:
        assert [fault for verdict in verify(tx) for fault in verdict.faults] == []


def test_no_byte_can_be_changed_added_or_left_out(paper: tuple[IssuedReport, bytes]) -> None:
    pdf = paper[1]
    signature = signature_of(pdf)
    assert signature is not None and signature.is_intact
    place = signature_position(pdf)
    assert place is not None
    covered = [*range(9, len(place.before), len(place.before) // 50), *range(1, len(place.behind), 40)]
    for at in covered:
        at = at if at < len(place.before) else len(pdf) - at
        changed = bytearray(pdf)
        changed[at] ^= 1
        read_again = signature_of(bytes(changed))
        assert read_again is None or not read_again.is_intact
    assert signature_of(pdf + b"\n") is None
    assert signature_of(pdf[:-1]) is None


def test_a_city_without_a_certificate_issues_as_before(database: Database, sqlite_url: str) -> None:
    with an_app(sqlite_url, now=NOW) as app, app.app_context():
        pdf = issued(database)[1]
    assert signature_position(pdf) is None
    assert signature_of(pdf) is None
    check = signing_check(sqlite_url, None)
    assert (check.is_fine, check.told) == (True, "papers are not signed; GUAHAO_SIGNING_KEY names no key")


def test_a_signature_whose_last_byte_is_zero_is_read_like_any_other(tmp_path: Path) -> None:
    seal, out = opened_seal(a_key(tmp_path), SECRET), BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.save(out)
    for second in range(20_000):  # one in 256 is like that
        pdf = seal.sign(out.getvalue(), NOW + timedelta(seconds=second), SignatureReason("印发", "攀枝花", ""))
        place = signature_position(pdf)
        assert place is not None
        length = 4 + int.from_bytes(place.content[2:4])  # of a value that is longer than 255 bytes
        if place.content[length - 1] == 0:
            break
    signature = signature_of(pdf)
    assert signature is not None and signature.is_intact
    assert set(place.content[length:]) == {0}


@pytest.mark.parametrize(("begins", "ends"), [(-2, -1), (1, 2)], ids=["expired", "not yet"])
def test_outside_its_time_a_certificate_signs_nothing_and_nothing_is_issued(
    database: Database, sqlite_url: str, tmp_path: Path, begins: int, ends: int
) -> None:
    key = a_key(tmp_path, begins=NOW + begins * YEAR, ends=NOW + ends * YEAR)
    with (
        an_app(sqlite_url, now=NOW, signing_key=key, signing_password=SECRET) as app,
        app.app_context(),
        pytest.raises(Refused, match="certificate"),
    ):
        issued(database)
    nothing_was_issued(database)
    check = signing_check(sqlite_url, key)
    assert (check.is_fine, check.is_warning) == (False, True)
    assert check.told.startswith("no report can be issued")


def nothing_was_issued(database: Database) -> None:
    with database.read() as tx:
        assert tx.execute(select(TABLE.c.state)).scalars().all() == ["compiled"]
        assert last_number(tx, MONTHLY, read_month(MONTH).first_on.year) == 0


def test_a_key_of_no_use_is_told_of_without_telling_of_the_key(
    database: Database, sqlite_url: str, tmp_path: Path, key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    torn = tmp_path / "torn.p12"
    torn.write_bytes(key.read_bytes()[:-20])
    for path, password, why in (
        (key, "another", "the password is wrong"),
        (torn, SECRET, "no PKCS#12 file"),
        (tmp_path / "none.p12", SECRET, "cannot be read"),
        (a_key(tmp_path, is_for_signing=False), SECRET, "not meant for signing"),
    ):
        check = signing_check(sqlite_url, path, password)
        assert (check.is_fine, check.is_warning) == (False, False)
        assert why in check.told
        with (
            an_app(sqlite_url, now=NOW, signing_key=path, signing_password=password) as app,
            app.app_context(),
            pytest.raises(Refused, match="cannot be signed") as refused,
        ):
            issued(database)
        assert not any(secret in f"{refused.value}{check}{caplog.text}" for secret in (SECRET, "another"))
    nothing_was_issued(database)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(_name: str) -> None:
        raise ModuleNotFoundError("No module named 'pyhanko'", name="pyhanko")

    monkeypatch.setattr(importlib, "import_module", missing)
    signing._opened.cache_clear()
    with pytest.raises(UnusableKey, match=r"the package pyhanko is missing"):
        opened_seal(a_key(tmp_path), SECRET)


def test_the_doctor_says_who_signs_and_warns_in_time(sqlite_url: str, database: Database, tmp_path: Path) -> None:
    check = signing_check(sqlite_url, a_key(tmp_path))
    assert (check.is_fine, check.told) == (True, "papers are signed by 攀枝花市督查办, until 2027-11-20")
    soon = signing_check(sqlite_url, a_key(tmp_path, ends=NOW + YEAR / 10))
    assert (soon.is_fine, soon.is_warning) == (False, True)
    assert soon.told.endswith("(36 days)")


def test_a_machine_without_the_key_warns_where_papers_were_signed(
    signing_city: str, paper: tuple[IssuedReport, bytes]
) -> None:
    check = signing_check(signing_city, None)
    assert (check.is_fine, check.is_warning) == (False, True)
    assert "the last report was signed by 攀枝花市督查办" in check.told


def test_a_new_key_in_the_same_file_is_noticed(tmp_path: Path) -> None:
    path = a_key(tmp_path)
    before = opened_seal(path, SECRET).certificate
    a_key(tmp_path, "新任督查办").replace(path)
    assert opened_seal(path, SECRET).certificate.name == "新任督查办"
    assert before.name == "攀枝花市督查办"


def test_the_command_says_who_signs_or_why_nobody_can(app: OpenAPI, signing_city: str, key: Path) -> None:
    result = app.test_cli_runner().invoke(args=["report", "signer"])
    assert (result.exit_code, "攀枝花市督查办, until 2027-11-20" in result.output) == (0, True)
    with an_app(signing_city, now=NOW, signing_key=key, signing_password="another") as app_without_key:
        result = app_without_key.test_cli_runner().invoke(args=["report", "signer"])
        assert (result.exit_code, "GUAHAO_SIGNING_KEY" in result.output, "another" in result.output) == (
            1,
            True,
            False,
        )


def test_the_password_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    environment = {"GUAHAO_SIGNING_KEY": str(tmp_path / "city.p12"), "GUAHAO_SIGNING_PASSWORD": SECRET}
    settings = read_settings(environment | {"GUAHAO_ENV": "test"})
    assert (settings.signing_key, settings.signing_password) == (tmp_path / "city.p12", SECRET)
    assert SECRET not in repr(settings)
    assert read_settings({"GUAHAO_ENV": "test"}).signing_key is None


STRANGE = (
    b"/ByteRange [0 1 2 3]",
    b"/ByteRange [0 22 24 0]<>",
    b"/ByteRange [0 99999999999999999999 1 1]",
    b"/ByteRange [0 23 27 0] <zz>",
    b"/ByteRange [0 23 27 0] <00>",
    b"/ByteRange" * 100_000,
    b"/ByteRange [0 " + b" " * 1_000_000,
)


@pytest.mark.parametrize("content", STRANGE, ids=range(len(STRANGE)))
def test_what_only_looks_like_a_signature_is_none(content: bytes) -> None:
    assert signature_of(content) is None


def test_a_signature_of_strange_bytes_is_none(paper: tuple[IssuedReport, bytes]) -> None:
    pdf = paper[1]
    place = signature_position(pdf)
    assert place is not None
    room = len(pdf) - len(place.before) - len(place.behind) - 2  # between the angle brackets
    for content in (b"30", b"3080", b"ff", b"a0", place.content.hex().encode()[:600] + b"0", b"30820fff" + b"a0" * 90):
        digits = content * room if len(content) < 9 else content.ljust(room, b"0")
        strange = bytes(place.before) + b"<" + digits[:room] + b">" + bytes(place.behind)
        assert len(strange) == len(pdf)
        assert signature_of(strange) is None
