"""Finds reports: the issued ones as they were frozen, the others compiled afresh."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Table, func, select

from approvals.base.errors import NotFound
from approvals.base.hashing import sha256
from approvals.base.i18n import N_
from approvals.base.readings import found_once
from approvals.base.tables import table_of
from approvals.history.queries import EntryView, Violation, entries_of_case
from approvals.history.record import CITY_CHAIN
from approvals.reports.figures.compilation import compile_period, course_of
from approvals.reports.figures.model import CourseMonth, Figures
from approvals.reports.figures.serialization import from_json, to_json
from approvals.reports.figures.source_data import first_record_on
from approvals.reports.periods import BULLETIN, MONTHLY, Month, MonthSpan, Period, check_begun, read_period
from approvals.reports.tables import Report
from workflows.charts.report import REPORT

TABLE: Table = table_of(Report)
NUMBER_FORMATS = {MONTHLY: "攀挂报〔{year}〕{number}号", BULLETIN: "攀督通〔{year}〕{number}号"}  # as they are shown


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report that was compiled and not issued yet; `cites` is the one that it is to correct, for which reason."""

    id: int
    kind: str
    period: str
    state: str
    version: int
    cites: str
    grounds: str
    reason: str
    compiled_at: datetime
    compiled_by: str
    figures_sha256: str
    last_entry: int

    @property
    def is_fixed(self) -> bool:
        """Whether its figures are those of the report that it corrects, in other words."""
        return self.grounds == "words"


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """An issued report without its contents."""

    id: int
    kind: str
    period: str
    state: str
    version: int
    year: int
    number: int
    cites: str
    grounds: str
    reason: str
    compiled_at: datetime
    last_entry: int
    issued_at: datetime
    issued_by: str
    figures_sha256: str
    pdf_sha256: str
    chain_root: str
    rectify_by: date | None = None

    @property
    def ref(self) -> str:
        """How programs and corrections address it: 2026-3."""
        return f"{self.year}-{self.number}"

    @property
    def shown_number(self) -> str:
        return shown_number(self.ref, self.kind)


@dataclass(frozen=True, slots=True)
class ReportMonth:
    """A month in the list: its report in force or its draft, if there is one, and its main moves."""

    month: Month
    is_over: bool
    issued: IssuedReport | None
    draft: ReportDraft | None
    course: CourseMonth


@dataclass(frozen=True, slots=True)
class BulletinSpan:
    """A bulletin in the list: what it covers, and how far it is."""

    span: MonthSpan
    issued: IssuedReport | None
    draft: ReportDraft | None


def shown_number(ref: str, kind: str = MONTHLY) -> str:
    """攀挂报〔2026〕3号 for 2026-3."""
    year, _, number = ref.partition("-")
    return NUMBER_FORMATS[kind].format(year=year, number=number)


def issued_where(tx: Connection, *conditions: ColumnElement[bool]) -> list[IssuedReport]:
    """The issued reports that meet these conditions, in the order of their issue."""
    columns = [TABLE.c[name] for name in IssuedReport.__dataclass_fields__]
    issued = select(*columns).where(TABLE.c.state == "issued", *conditions).order_by(TABLE.c.id)
    return [IssuedReport(*row) for row in tx.execute(issued)]


def issued_reports(tx: Connection, period: Period | str, kind: str = MONTHLY) -> list[IssuedReport]:
    """The reports of this period in the order of their issue; the last one is in force."""
    own = TABLE.c.kind == kind, TABLE.c.period == str(period)
    return found_once(tx, ("issued", kind, str(period)), lambda: issued_where(tx, *own))


def report_in_force(tx: Connection, period: Period, kind: str = MONTHLY) -> IssuedReport | None:
    """The last issued report of this month."""
    return next(reversed(issued_reports(tx, period, kind)), None)


def last_issued(tx: Connection, kind: str) -> IssuedReport | None:
    """The report of this kind that was issued last, of whatever period."""
    own = TABLE.c.kind == kind, TABLE.c.state == "issued"
    newest = select(TABLE.c.id).where(*own).order_by(TABLE.c.issued_at.desc(), TABLE.c.id.desc()).limit(1)
    return next(iter(issued_where(tx, TABLE.c.id == newest.scalar_subquery())), None)


def draft_of(tx: Connection, kind: str, period: Period) -> ReportDraft | None:
    """The report of this period that was compiled and is not issued yet; there is never more than one."""
    return found_once(tx, ("draft", kind, str(period)), lambda: _draft(tx, kind, period))


def _draft(tx: Connection, kind: str, period: Period) -> ReportDraft | None:
    columns = [TABLE.c[name] for name in ReportDraft.__dataclass_fields__]
    own = TABLE.c.kind == kind, TABLE.c.period == str(period), TABLE.c.state == "compiled"
    row = tx.execute(select(*columns).where(*own).order_by(TABLE.c.id.desc()).limit(1)).first()
    return ReportDraft(*row) if row else None


def has_record(tx: Connection, period: Period) -> bool:
    """Whether the record had begun by the end of this period: before, there is nothing to report."""
    first_on = first_record_on(tx)
    return first_on is not None and first_on <= period.last_on


def report_months(tx: Connection, months: Iterable[Month], today: date, until: datetime) -> list[ReportMonth]:
    """These months with their reports and main moves, as far back as the record goes."""
    first_on = first_record_on(tx) or today
    covered = [month for month in months if month.last_on >= first_on]
    in_force, drafts = _in_force(tx, MONTHLY, covered), _drafts(tx, MONTHLY, covered)
    return [
        ReportMonth(month, month.last_on < today, in_force.get(str(month)), drafts.get(str(month)), moves)
        for month, moves in zip(covered, course_of(tx, covered, until), strict=True)
    ]


def bulletins(tx: Connection, spans: Iterable[MonthSpan]) -> list[BulletinSpan]:
    """These bulletins, and how far each is, as far back as the record goes."""
    first_on = first_record_on(tx)
    covered = [span for span in spans if first_on and first_on <= span.last_on]
    in_force, drafts = _in_force(tx, BULLETIN, covered), _drafts(tx, BULLETIN, covered)
    return [BulletinSpan(span, in_force.get(str(span)), drafts.get(str(span))) for span in covered]


def _in_force(tx: Connection, kind: str, periods: Iterable[Period]) -> dict[str, IssuedReport]:
    """The last issued report of each of these periods that has one."""
    own = TABLE.c.kind == kind, TABLE.c.period.in_([str(period) for period in periods])
    return {report.period: report for report in issued_where(tx, *own)}


def _drafts(tx: Connection, kind: str, periods: Iterable[Period]) -> dict[str, ReportDraft]:
    """What was compiled for these periods and is not issued yet."""
    columns = [TABLE.c[name] for name in ReportDraft.__dataclass_fields__]
    own = TABLE.c.kind == kind, TABLE.c.period.in_([str(period) for period in periods]), TABLE.c.state == "compiled"
    drafts = select(*columns).where(*own).order_by(TABLE.c.id)
    return {row.period: ReportDraft(*row) for row in tx.execute(drafts)}


def figures_of(tx: Connection, month: str, *, kind: str = MONTHLY, today: date | None = None) -> Figures:
    """The figures of the issued report, else those compiled now (up to `today` while the period is not over).

    NotFound for what is no month, and for one that has not begun by `today`.
    """
    period = read_period(kind, month)
    if today:
        check_begun(period, today)
    issued = report_in_force(tx, period, kind)
    return frozen_figures(tx, issued) if issued else compile_period(tx, period, today=today)


def frozen_figures(tx: Connection, report: IssuedReport | ReportDraft) -> Figures:
    """The figures as they were issued, or compiled for a draft."""
    text = tx.execute(select(TABLE.c.figures).where(TABLE.c.id == report.id)).scalar_one()
    return from_json(orjson.loads(text))


def remarks_of(tx: Connection, report_id: int, moves: Sequence[str]) -> list[EntryView]:
    """These moves of one report, in their order."""
    case = CITY_CHAIN, REPORT.name, report_id
    entries = found_once(tx, ("entries", *case), lambda: entries_of_case(tx, *case))
    return [entry for entry in entries if entry.move in moves]


def figures_json(tx: Connection, month: str, *, today: date | None = None) -> dict[str, Any]:
    """The same as plain values."""
    return to_json(figures_of(tx, month, today=today))


def issued_pdf(tx: Connection, month: str, kind: str = MONTHLY) -> bytes:
    """The PDF of the month's report in force; NotFound when none was issued."""
    report = report_in_force(tx, read_period(kind, month), kind)
    if report is None:
        raise NotFound(N_("No report has been issued for this month yet."))
    return bytes(tx.execute(select(TABLE.c.pdf).where(TABLE.c.id == report.id)).scalar_one())


def report_violations(tx: Connection) -> Iterator[Violation]:
    """Issued reports are what they were: checksums fit, numbers have no gap, each correction cites the one before."""
    numbers: dict[tuple[str, int], list[int]] = {}
    last: dict[tuple[str, str], str] = {}
    for row in tx.execute(select(TABLE).where(TABLE.c.state == "issued").order_by(TABLE.c.id)):
        if sha256(row.figures) != row.figures_sha256:
            yield Violation("reports", f"report {row.id}", "its figures were changed")
        if hashlib.sha256(row.pdf).hexdigest() != row.pdf_sha256:
            yield Violation("reports", f"report {row.id}", "its PDF was changed")
        if row.cites != last.get((row.kind, row.period), ""):
            yield Violation("reports", f"report {row.id}", "does not cite the report of its month before it")
        last[row.kind, row.period] = f"{row.year}-{row.number}"
        numbers.setdefault((row.kind, row.year), []).append(row.number)
    for (kind, year), issued_numbers in numbers.items():
        if sorted(issued_numbers) != list(range(1, len(issued_numbers) + 1)):
            yield Violation("reports", f"{kind} {year}", f"numbers are {issued_numbers}")


def last_number(tx: Connection, kind: str, year: int) -> int:
    """The last number that was given to a report of this kind in this year."""
    issued = TABLE.c.kind == kind, TABLE.c.year == year
    number = tx.execute(select(func.max(TABLE.c.number)).where(*issued)).scalar_one()
    return int(number or 0)


def last_signer(tx: Connection) -> str | None:
    """Who signed the report that was issued last; None when nobody did."""
    last = select(TABLE.c.made_with).where(TABLE.c.state == "issued").order_by(TABLE.c.id.desc()).limit(1)
    made_with = tx.execute(last).scalar_one_or_none()
    name = orjson.loads(made_with or "{}").get("signed", {}).get("name")
    return None if name is None else str(name)
