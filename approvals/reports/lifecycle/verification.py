"""Whether a paper is an issued report of ours, and the one in force: by its bytes, or by the code printed on it."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from approvals.reports.lifecycle.queries import TABLE, IssuedReport

_SHOWN = [TABLE.c[name] for name in IssuedReport.__dataclass_fields__]
_CODE = re.compile(r"[0-9a-f]{16}")
_REF = re.compile(r"[0-9]{4}-[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """An issued report and the one that took its place, None while it is in force itself."""

    report: IssuedReport
    corrected_by: IssuedReport | None


def report_of_bytes(tx: Connection, sha256: str) -> DocumentVerdict | None:
    """The report that was issued with exactly these bytes."""
    return next(iter(_verdicts(tx, TABLE.c.pdf_sha256 == sha256)), None)


def reports_of_code(tx: Connection, code: str) -> list[DocumentVerdict]:
    """The reports whose figures' checksum begins with this code; more than one when a correction changed no figure."""
    found = code.strip().lower()
    if not _CODE.fullmatch(found):
        return []
    return _verdicts(tx, TABLE.c.figures_sha256.startswith(found, autoescape=True))


def _verdicts(tx: Connection, wanted: ColumnElement[bool]) -> list[DocumentVerdict]:
    rows = tx.execute(select(*_SHOWN).where(TABLE.c.state == "issued", wanted).order_by(TABLE.c.id))
    return [_verdict(tx, IssuedReport(*row)) for row in rows]


def _verdict(tx: Connection, report: IssuedReport) -> DocumentVerdict:
    same = TABLE.c.kind == report.kind, TABLE.c.period == report.period, TABLE.c.state == "issued"
    last = tx.execute(select(*_SHOWN).where(*same).order_by(TABLE.c.id.desc()).limit(1)).one()
    return DocumentVerdict(report, None if last.id == report.id else IssuedReport(*last))


def report_of_ref(tx: Connection, kind: str, ref: str) -> IssuedReport | None:
    """The issued report that programs and corrections address so, as in 2026-3."""
    if not _REF.fullmatch(ref):
        return None
    year, _, number = ref.partition("-")
    own = TABLE.c.kind == kind, TABLE.c.year == int(year), TABLE.c.number == int(number), TABLE.c.state == "issued"
    row = tx.execute(select(*_SHOWN).where(*own)).one_or_none()
    return IssuedReport(*row) if row else None


def verdict_of_number(tx: Connection, shown_number: str) -> DocumentVerdict | None:
    """The report that bears this number, as it is printed."""
    issued = select(*_SHOWN).where(TABLE.c.state == "issued").order_by(TABLE.c.id)
    found = (IssuedReport(*row) for row in tx.execute(issued))
    return next((_verdict(tx, one) for one in found if one.shown_number == shown_number), None)


def issued_bytes(tx: Connection, report: IssuedReport) -> bytes:
    """The bytes as they were issued."""
    return bytes(tx.execute(select(TABLE.c.pdf).where(TABLE.c.id == report.id)).scalar_one())
