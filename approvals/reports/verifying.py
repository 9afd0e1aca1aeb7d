"""Whether a paper is an issued report of ours, and the one in force: by its bytes, or by the code printed on it."""

import hashlib
import re
from dataclasses import dataclass
from typing import IO

from sqlalchemy import ColumnElement, Connection, select

from approvals.reports.queries import TABLE, IssuedReport

BLOCK = 1024 * 1024  # bytes read at once
_SHOWN = [TABLE.c[name] for name in IssuedReport.__dataclass_fields__]
_CODE = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An issued report and the one that took its place, None while it is in force itself."""

    report: IssuedReport
    corrected_by: IssuedReport | None


def sha256_of(file: IO[bytes]) -> str:
    """The checksum of a file, read piece by piece."""
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def report_of_bytes(tx: Connection, sha256: str) -> Verdict | None:
    """The report that was issued with exactly these bytes."""
    return next(iter(_verdicts(tx, TABLE.c.pdf_sha256 == sha256)), None)


def reports_of_code(tx: Connection, code: str) -> list[Verdict]:
    """The reports whose figures' checksum begins with this code; more than one when a correction changed no figure."""
    found = code.strip().lower()
    if not _CODE.fullmatch(found):
        return []
    return _verdicts(tx, TABLE.c.figures_sha256.startswith(found, autoescape=True))


def _verdicts(tx: Connection, wanted: ColumnElement[bool]) -> list[Verdict]:
    rows = tx.execute(select(*_SHOWN).where(TABLE.c.state == "issued", wanted).order_by(TABLE.c.id))
    return [_verdict(tx, IssuedReport(*row)) for row in rows]


def _verdict(tx: Connection, report: IssuedReport) -> Verdict:
    same = TABLE.c.kind == report.kind, TABLE.c.period == report.period, TABLE.c.state == "issued"
    last = tx.execute(select(*_SHOWN).where(*same).order_by(TABLE.c.id.desc()).limit(1)).one()
    return Verdict(report, None if last.id == report.id else IssuedReport(*last))


def signed_pdf(tx: Connection, report: IssuedReport) -> bytes:
    """The bytes as they were issued."""
    return bytes(tx.execute(select(TABLE.c.pdf).where(TABLE.c.id == report.id)).scalar_one())
