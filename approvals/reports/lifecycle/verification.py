"""Verifies a document by its bytes, its printed code or its signature: issued, in force, changed or foreign."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import orjson
from sqlalchemy import Connection, func, select

from approvals.base.i18n import LANGUAGES, N_, gettext, in_language
from approvals.base.settings import Settings
from approvals.reports.lifecycle.file_metadata import (
    Signature,
    UnusableKey,
    is_pdf,
    is_whole,
    looks_signed,
    number_in_metadata,
)
from approvals.reports.lifecycle.queries import TABLE, IssuedReport, issued_reports, issued_where
from approvals.reports.lifecycle.signing import certificate_in_use, signature_of

NO_NUMBER = N_("Preview without a number")
BLOCK = 1024 * 1024  # bytes read at once
_CODE = re.compile(r"[0-9a-f]{16}")
_REF = re.compile(r"[0-9]{4}-[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """An issued report and the one that took its place, None while it is in force itself."""

    report: IssuedReport
    corrected_by: IssuedReport | None


def report_of_bytes(tx: Connection, sha256: str) -> DocumentVerdict | None:
    """The report that was issued with exactly these bytes."""
    return next((_verdict(tx, report) for report in issued_where(tx, TABLE.c.pdf_sha256 == sha256)), None)


def reports_of_code(tx: Connection, code: str) -> list[DocumentVerdict]:
    """The reports whose figures' checksum begins with this code; more than one when a correction changed no figure."""
    prefix = code.strip().lower()
    if not _CODE.fullmatch(prefix):
        return []
    reports = issued_where(tx, TABLE.c.figures_sha256.startswith(prefix, autoescape=True))
    return [_verdict(tx, report) for report in reports]


def _verdict(tx: Connection, report: IssuedReport) -> DocumentVerdict:
    last = issued_reports(tx, report.period, report.kind)[-1]
    return DocumentVerdict(report, None if last.id == report.id else last)


def report_of_ref(tx: Connection, kind: str, ref: str) -> IssuedReport | None:
    """The issued report that programs and corrections address so, as in 2026-3."""
    if not _REF.fullmatch(ref):
        return None
    year, _, number = ref.partition("-")
    numbered = TABLE.c.kind == kind, TABLE.c.year == int(year), TABLE.c.number == int(number)
    return next(iter(issued_where(tx, *numbered)), None)


def verdict_of_number(tx: Connection, shown_number: str) -> DocumentVerdict | None:
    """The report that bears this number, as it is printed."""
    same = (report for report in issued_where(tx) if report.shown_number == shown_number)
    return next((_verdict(tx, report) for report in same), None)


def issued_bytes(tx: Connection, report: IssuedReport) -> bytes:
    """The bytes as they were issued."""
    return bytes(tx.execute(select(TABLE.c.pdf).where(TABLE.c.id == report.id)).scalar_one())


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """`kind` is issued, added, changed, unknown, foreign, preview, saved, empty, no_pdf, cut or other.

    `verdict` is the report that it is, began as, or claims to be; `sha256` is that of the file.
    """

    kind: str
    sha256: str
    verdict: DocumentVerdict | None = None


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """Who signed an issued report. `is_intact` is None where pyHanko is not installed."""

    name: str
    is_intact: bool | None


def verdict_of_file(tx: Connection, file: IO[bytes], settings: Settings) -> FileVerdict:
    """What this file is. It is compared with what was issued before anything of it is read."""
    sha256, begins_as = _compared(tx, file)
    verdict = report_of_bytes(tx, sha256)
    if verdict:
        return FileVerdict("issued", sha256, verdict)
    if begins_as:
        return FileVerdict("added", sha256, report_of_bytes(tx, begins_as))
    file.seek(0)
    content = file.read()
    kind = _broken(content) or _signed(tx, content, settings)
    return FileVerdict(kind, sha256) if kind else _by_metadata(tx, content, sha256)


def _compared(tx: Connection, file: IO[bytes]) -> tuple[str, str]:
    """The checksum of the file, and that of the longest issued PDF with which it begins, or empty."""
    digest, done, begins_as = hashlib.sha256(), 0, ""
    for length, sha256 in _lengths(tx):
        done += _read(file, length - done, digest)
        if done < length:
            break
        begins_as = sha256 if digest.hexdigest() == sha256 else begins_as
    while _read(file, BLOCK, digest):
        pass
    return digest.hexdigest(), begins_as


def _lengths(tx: Connection) -> list[tuple[int, str]]:
    """The lengths of all issued PDFs with their checksums, the shortest first."""
    length = func.length(TABLE.c.pdf)
    rows = tx.execute(select(length, TABLE.c.pdf_sha256).where(TABLE.c.state == "issued").order_by(length, TABLE.c.id))
    return [(row[0], row[1]) for row in rows]


def _read(file: IO[bytes], length: int, digest: "hashlib._Hash") -> int:
    done = 0
    while done < length and (block := file.read(min(BLOCK, length - done))):
        digest.update(block)
        done += len(block)
    return done


def _broken(content: bytes) -> str:
    if not content:
        return "empty"
    if not is_pdf(content):
        return "no_pdf"
    return "" if is_whole(content) else "cut"


def _signed(tx: Connection, content: bytes, settings: Settings) -> str:
    """What the signature over it makes of it; empty without one. A stranger's is never named: it names itself."""
    signature = signature_of(content)
    if signature is None:
        return ""
    if signature.by.sha256 not in set(_own_certificates(tx, settings)):
        return "foreign"
    return "unknown" if signature.is_intact else "changed"


def _own_certificates(tx: Connection, settings: Settings) -> Iterator[str]:
    """The certificate in use, and those of earlier signatures."""
    try:
        in_use = certificate_in_use(settings)
    except UnusableKey:
        in_use = None
    if in_use:
        yield in_use.sha256
    for made_with in tx.execute(select(TABLE.c.made_with).where(TABLE.c.state == "issued").order_by(TABLE.c.id)):
        yield orjson.loads(made_with[0]).get("signed", {}).get("certificate", "")


def _by_metadata(tx: Connection, content: bytes, sha256: str) -> FileVerdict:
    number = number_in_metadata(content)
    if number in _preview_texts():
        return FileVerdict("preview", sha256)
    verdict = verdict_of_number(tx, number) if number else None
    if verdict:
        return FileVerdict("saved", sha256, verdict)
    return FileVerdict("foreign" if looks_signed(content) else "other", sha256)


def _preview_texts() -> set[str]:
    """The text in place of a number on previews, in each language."""
    texts = set()
    for language in LANGUAGES:
        with in_language(language):
            texts.add(gettext(NO_NUMBER))
    return texts


def signature_status(tx: Connection, report: IssuedReport) -> SignatureStatus | None:
    """Who signed this issued report by the certificate stored at its issue; None when it was not signed."""
    made_with = tx.execute(select(TABLE.c.made_with).where(TABLE.c.id == report.id)).scalar_one()
    signer = orjson.loads(made_with).get("signed")
    if signer is None:
        return None
    signature = signature_of(issued_bytes(tx, report))
    return SignatureStatus(signer["name"], _fits(signature, signer["certificate"]))


def _fits(signature: Signature | None, certificate: str) -> bool | None:
    return None if signature is None else signature.is_intact and signature.by.sha256 == certificate
