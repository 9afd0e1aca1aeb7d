"""Finds reports: the issued ones as they were frozen, the others compiled afresh."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select

from approvals.base.errors import NotFound
from approvals.base.texts import N_
from approvals.history.canonical import sha256
from approvals.history.queries import Fault
from approvals.reports.figures import compile_month, course_month
from approvals.reports.freezing import from_json, to_json
from approvals.reports.months import Month, check_begun, read_month
from approvals.reports.tables import Report
from approvals.reports.values import CourseMonth, Figures

TABLE = Report.__table__  # type: ignore[attr-defined]
MONTHLY = "monthly"
NUMBER_FORMAT = "攀挂报〔{year}〕{number}号"  # how a report's number is shown
_SHOWN = (
    *(TABLE.c.id, TABLE.c.period, TABLE.c.year, TABLE.c.number, TABLE.c.cites, TABLE.c.issued_at, TABLE.c.issued_by),
    *(TABLE.c.figures_sha256, TABLE.c.pdf_sha256, TABLE.c.chain_root),
)


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """An issued report without its contents."""

    id: int
    period: str
    year: int
    number: int
    cites: str
    issued_at: datetime
    issued_by: str
    figures_sha256: str
    pdf_sha256: str
    chain_root: str

    @property
    def ref(self) -> str:
        """How programs and corrections address it: 2026-3."""
        return f"{self.year}-{self.number}"

    @property
    def shown_number(self) -> str:
        return shown_number(self.ref)


@dataclass(frozen=True, slots=True)
class ReportMonth:
    """A month in the list: its report in force, if one was issued, and its main moves."""

    month: Month
    is_over: bool
    issued: IssuedReport | None
    course: CourseMonth


def shown_number(ref: str) -> str:
    """攀挂报〔2026〕3号 for 2026-3."""
    year, _, number = ref.partition("-")
    return NUMBER_FORMAT.format(year=year, number=number)


def issued_reports(tx: Connection, month: Month) -> list[IssuedReport]:
    """The reports of this month in the order of their issue; the last one is in force."""
    rows = tx.execute(
        select(*_SHOWN)
        .where(TABLE.c.kind == MONTHLY, TABLE.c.period == str(month), TABLE.c.state == "issued")
        .order_by(TABLE.c.id)
    )
    return [IssuedReport(**row._asdict()) for row in rows]


def report_in_force(tx: Connection, month: Month) -> IssuedReport | None:
    """The last issued report of this month."""
    return next(reversed(issued_reports(tx, month)), None)


def report_months(tx: Connection, months: Iterable[Month], today: date, until: datetime) -> list[ReportMonth]:
    """These months with their reports and main moves."""
    return [
        ReportMonth(month, month.last_on < today, report_in_force(tx, month), course_month(tx, month, until))
        for month in months
    ]


def figures_of(tx: Connection, month: str, *, today: date | None = None) -> Figures:
    """The figures of the issued report, else those compiled now (up to `today` while the month is not over).

    NotFound for what is no month, and for one that has not begun by `today`.
    """
    if today:
        check_begun(read_month(month), today)
    found = report_in_force(tx, read_month(month))
    return frozen_figures(tx, found) if found else compile_month(tx, month, today=today)


def frozen_figures(tx: Connection, report: IssuedReport) -> Figures:
    """The figures as they were issued."""
    text = tx.execute(select(TABLE.c.figures).where(TABLE.c.id == report.id)).scalar_one()
    return from_json(orjson.loads(text))


def figures_json(tx: Connection, month: str, *, today: date | None = None) -> dict[str, Any]:
    """The same as plain values."""
    return to_json(figures_of(tx, month, today=today))


def issued_pdf(tx: Connection, month: str) -> bytes:
    """The PDF of the month's report in force; NotFound when none was issued."""
    found = report_in_force(tx, read_month(month))
    if found is None:
        raise NotFound(N_("No report was issued for this month yet."))
    return bytes(tx.execute(select(TABLE.c.pdf).where(TABLE.c.id == found.id)).scalar_one())


def report_faults(tx: Connection) -> Iterator[Fault]:
    """Issued reports are what they were: checksums fit, numbers have no gap, each correction cites the one before."""
    numbers: dict[tuple[str, int], list[int]] = {}
    last: dict[tuple[str, str], str] = {}
    for row in tx.execute(select(TABLE).where(TABLE.c.state == "issued").order_by(TABLE.c.id)):
        yield from _content_faults(row)
        if row.cites != last.get((row.kind, row.period), ""):
            yield Fault("reports", f"report {row.id}", "does not cite the report of its month before it")
        last[row.kind, row.period] = f"{row.year}-{row.number}"
        numbers.setdefault((row.kind, row.year), []).append(row.number)
    for (kind, year), found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            yield Fault("reports", f"{kind} {year}", f"numbers are {found}")


def _content_faults(row: Row[Any]) -> Iterator[Fault]:
    if sha256(row.figures) != row.figures_sha256:
        yield Fault("reports", f"report {row.id}", "its figures were changed")
    if hashlib.sha256(row.pdf).hexdigest() != row.pdf_sha256:
        yield Fault("reports", f"report {row.id}", "its PDF was changed")


def last_number(tx: Connection, year: int) -> int:
    """The last number that was given to a monthly report in this year."""
    found = tx.execute(
        select(func.max(TABLE.c.number)).where(TABLE.c.kind == MONTHLY, TABLE.c.year == year)
    ).scalar_one()
    return int(found or 0)
