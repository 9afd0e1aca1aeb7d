"""What an uploaded file is: an issued paper byte for byte, one that was changed, or something else, and what then."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson
from sqlalchemy import Connection, func, select

from approvals.base.i18n import LANGUAGES, N_, gettext, in_language
from approvals.base.settings import Settings
from approvals.reports.lifecycle.file_metadata import is_pdf, is_whole, said_number
from approvals.reports.lifecycle.queries import TABLE, IssuedReport
from approvals.reports.lifecycle.signature_fields import Signature, UnusableKey, looks_signed
from approvals.reports.lifecycle.signing import certificate_in_use, signature_of
from approvals.reports.lifecycle.verification import DocumentVerdict, issued_bytes, report_of_bytes, verdict_of_number

NO_NUMBER = N_("Preview, without a number")
BLOCK = 1024 * 1024  # bytes read at once


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is issued, added, changed, unknown, foreign, preview, saved, empty, no_pdf, cut or other.

    `verdict` is the paper that it is, began as, or says to be; `sha256` is that of the file.
    """

    kind: str
    sha256: str
    verdict: DocumentVerdict | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """By whom an issued paper was signed. `is_intact` is None where nothing here can read signatures."""

    name: str
    is_intact: bool | None


def finding_of(tx: Connection, file: IO[bytes], given: Settings) -> Finding:
    """What this file is. It is compared with what was issued before anything of it is read."""
    sha256, begins_as = _compared(tx, file)
    verdict = report_of_bytes(tx, sha256)
    if verdict:
        return Finding("issued", sha256, verdict)
    if begins_as:
        return Finding("added", sha256, report_of_bytes(tx, begins_as))
    file.seek(0)
    content = file.read()
    kind = _broken(content) or _signed(tx, content, given)
    return Finding(kind, sha256) if kind else _said(tx, content, sha256)


def _compared(tx: Connection, file: IO[bytes]) -> tuple[str, str]:
    """The checksum of the whole file, and that of the longest issued paper with which it begins, or nothing."""
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
    """The lengths of all issued papers with their checksums, the shortest first."""
    length = func.length(TABLE.c.pdf)
    rows = tx.execute(select(length, TABLE.c.pdf_sha256).where(TABLE.c.state == "issued").order_by(length, TABLE.c.id))
    return [(row[0], row[1]) for row in rows]


def _read(file: IO[bytes], wanted: int, digest: Any) -> int:
    done = 0
    while done < wanted and (block := file.read(min(BLOCK, wanted - done))):
        digest.update(block)
        done += len(block)
    return done


def _broken(content: bytes) -> str:
    if not content:
        return "empty"
    if not is_pdf(content):
        return "no_pdf"
    return "" if is_whole(content) else "cut"


def _signed(tx: Connection, content: bytes, given: Settings) -> str:
    """What the signature over it makes of it; empty without one. A stranger's is never named: it names itself."""
    found = signature_of(content)
    if found is None:
        return ""
    if found.by.sha256 not in set(_own_certificates(tx, given)):
        return "foreign"
    return "unknown" if found.is_intact else "changed"


def _own_certificates(tx: Connection, given: Settings) -> Iterator[str]:
    """The certificate in use, and those with which papers were signed."""
    try:
        in_use = certificate_in_use(given)
    except UnusableKey:
        in_use = None
    if in_use:
        yield in_use.sha256
    for made_with in tx.execute(select(TABLE.c.made_with).where(TABLE.c.state == "issued").order_by(TABLE.c.id)):
        yield orjson.loads(made_with[0]).get("signed", {}).get("certificate", "")


def _said(tx: Connection, content: bytes, sha256: str) -> Finding:
    said = said_number(content)
    if said in _no_numbers():
        return Finding("preview", sha256)
    verdict = verdict_of_number(tx, said) if said else None
    if verdict:
        return Finding("saved", sha256, verdict)
    return Finding("foreign" if looks_signed(content) else "other", sha256)


def _no_numbers() -> set[str]:
    """What a preview says in each language."""
    found = set()
    for spoken in LANGUAGES:
        with in_language(spoken):
            found.add(gettext(NO_NUMBER))
    return found


def sealed(tx: Connection, report: IssuedReport) -> Sealed | None:
    """Who signed this issued paper; None when nobody did. Its certificate is the one that was kept at its issue."""
    made_with = tx.execute(select(TABLE.c.made_with).where(TABLE.c.id == report.id)).scalar_one()
    kept = orjson.loads(made_with).get("signed")
    if kept is None:
        return None
    found = signature_of(issued_bytes(tx, report))
    return Sealed(kept["name"], _fits(found, kept["certificate"]))


def _fits(found: Signature | None, certificate: str) -> bool | None:
    return None if found is None else found.is_intact and found.by.sha256 == certificate
