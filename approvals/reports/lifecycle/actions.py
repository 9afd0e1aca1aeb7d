"""Compiles and issues reports: number, figures and PDF are frozen together, with an entry in the city's chain."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from approvals.accounts.actors import Actor, acting_role
from approvals.base.database import Transactions
from approvals.base.errors import Refused, Stale
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.stores import next_number
from approvals.calendar.queries import calendar_in_force
from approvals.history.record import (
    CITY,
    ENTRY,
    OpenChain,
    Subject,
    begun,
    locked_city_chain,
    move,
    recording,
    row_to_begin,
    settled_entry,
)
from approvals.reports.document.figure_changes import changed_figures
from approvals.reports.figures.compilation import compile_period
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import checksum, frozen
from approvals.reports.lifecycle.queries import (
    TABLE,
    IssuedReport,
    ReportDraft,
    draft_of,
    frozen_figures,
    last_number,
    report_in_force,
    shown_number,
)
from approvals.reports.periods import BULLETIN, Period, check_over, check_regular, read_period
from approvals.supervision.sweep import sweep
from workflows.charts.report import REPORT

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ReportCorrection:
    """Why the report `cites` is to be replaced; `grounds` is one of the chart's."""

    cites: str
    grounds: str
    reason: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """Figures, and the newest entry of the record that they can have seen."""

    figures: Figures
    last_entry: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft with the number that it will have unless another report is issued first."""

    draft: ReportDraft
    figures: Figures
    year: int
    number: int
    rectify_by: date | None = None  # the day that a bulletin gives, if it is issued on the day of the proposal

    @property
    def ref(self) -> str:
        return f"{self.year}-{self.number}"


def check_compile(tx: Connection, kind: str, period: Period, cites: str, now: datetime) -> None:
    """Refused unless the period is over and was not issued yet, or `cites` is its report in force."""
    check_over(period, day_of(now))
    in_force = report_in_force(tx, period, kind)
    if not in_force:
        check_regular(period)
    if in_force and not cites:
        raise Refused(
            N_(
                "The report of this month was already issued as %(number)s. Only a correction that cites it is "
                "possible."
            ),
            number=in_force.shown_number,
        )
    if cites and (in_force is None or in_force.ref != cites):
        raise Refused(N_("%(number)s is not the current report of this month."), number=shown_number(cites, kind))


def compile_draft(
    tx: Connection,
    kind: str,
    period: Period,
    compiled: Compiled,
    by: Actor,
    now: datetime,
    why: ReportCorrection | None,
) -> ReportDraft:
    """The draft of this period: begun with these figures, or the existing one. Concurrent calls begin one draft."""
    name = "correct" if why else "compile"
    role = acting_role(by, REPORT.move(name), CITY)
    with on_city_chain(tx, now) as record:
        check_compile(tx, kind, period, why.cites if why else "", now)
        existing = draft_of(tx, kind, period)
        if existing and why and (existing.grounds, existing.reason) != (why.grounds, why.reason):
            raise Refused(N_("A correction of this report is already in preparation."))
        if existing:
            return existing
        row = _row(kind, period, compiled, by, now, why)
        key: Any = tx.execute(insert(TABLE), row_to_begin(REPORT, name, row, record.at)).inserted_primary_key
        case = Subject(REPORT, TABLE, key[0], "compiled", 1, CITY, f"{kind}/{period}")
        begun(record, case, name, by=by, role=role, facts=_facts(period, row, why))
    draft = draft_of(tx, kind, period)
    assert draft is not None  # noqa: S101 it was written above
    return draft


def _row(
    kind: str, period: Period, compiled: Compiled, by: Actor, now: datetime, why: ReportCorrection | None
) -> dict[str, Any]:
    corrected = {"cites": why.cites, "grounds": why.grounds, "reason": why.reason} if why else {"cites": ""}
    begun_by = {"compiled_at": now, "compiled_by": by.username, "year": day_of(now).year}
    return {"kind": kind, "period": str(period)} | begun_by | _content(compiled) | corrected


def _content(compiled: Compiled) -> dict[str, Any]:
    figures = compiled.figures
    frozen_content = {"figures": frozen(figures), "figures_sha256": checksum(figures), "chain_root": figures.chain_root}
    return frozen_content | {"last_entry": compiled.last_entry}


def _facts(period: Period, row: dict[str, Any], why: ReportCorrection | None) -> dict[str, Any]:
    facts = {"period": str(period), "figures_sha256": row["figures_sha256"], "chain_root": row["chain_root"]}
    return facts | ({"cites": why.cites, "grounds": why.grounds, "reason": why.reason} if why else {})


def compile_again(tx: Connection, draft: ReportDraft, compiled: Compiled, by: Actor, now: datetime) -> None:
    """Give the draft the figures of the record of today; Stale when it was changed or issued meanwhile."""
    role = acting_role(by, REPORT.move("compile_again"), CITY)
    changes = _content(compiled)
    facts = {name: changes[name] for name in ("figures_sha256", "chain_root")}
    facts |= {"changed": changed_figures(frozen_figures(tx, draft), compiled.figures)}
    with on_city_chain(tx, now) as record:
        move(record, case_of(draft), "compile_again", by=by, role=role, facts=facts, changes=changes)


def grew(tx: Connection, report: ReportDraft | IssuedReport) -> bool:
    """Whether anything was recorded since this was compiled that happened within its period."""
    ends_at = read_period(report.kind, report.period).ends_at
    later = select(ENTRY.c.id).where(ENTRY.c.id > report.last_entry, ENTRY.c.at <= ends_at)
    if not report.last_entry:  # issued by an edition that did not keep it
        later = later.where(ENTRY.c.recorded_at > report.compiled_at)
    return tx.execute(later.limit(1)).first() is not None


def propose(tx: Connection, draft: ReportDraft, figures: Figures, now: datetime) -> Proposal:
    """The draft with the next number; `issue` takes the number."""
    year = day_of(now).year
    return Proposal(
        draft, figures, year, last_number(tx, draft.kind, year) + 1, _rectify_by(tx, draft.kind, figures, now)
    )


def _rectify_by(tx: Connection, kind: str, figures: Figures, now: datetime) -> date | None:
    """So many working days after today as the figures of a bulletin give."""
    days = figures.rectification.days if kind == BULLETIN else 0
    return calendar_in_force(tx).nth_working_day_after(day_of(now), days) if days else None


def issue(
    tx: Connection, proposal: Proposal, pdf: bytes, made_with: dict[str, Any], by: Actor, now: datetime
) -> IssuedReport:
    """Freeze the report. Stale when its number was taken meanwhile, or the draft or its record has changed."""
    draft = proposal.draft
    role, period = acting_role(by, REPORT.move("issue"), CITY), read_period(draft.kind, draft.period)
    with on_city_chain(tx, now) as record:
        check_compile(tx, draft.kind, period, draft.cites, now)
        is_late = not draft.is_fixed and grew(tx, draft)
        if is_late or next_number(tx, f"report/{draft.kind}/{proposal.year}") != proposal.number:
            raise Stale(N_("Someone else changed this at the same time. Review the changes and try again."))
        _issue(record, proposal, pdf, made_with, by, role)
    issued = report_in_force(tx, period, draft.kind)
    assert issued is not None  # noqa: S101 it was written above
    return issued


def _issue(record: OpenChain, proposal: Proposal, pdf: bytes, made_with: dict[str, Any], by: Actor, role: str) -> None:
    digest = hashlib.sha256(pdf).hexdigest()
    changes = {
        "year": proposal.year,
        "number": proposal.number,
        "pdf": pdf,
        "pdf_sha256": digest,
        "made_with": canonical(made_with),
        "issued_at": record.at,
        "issued_by": by.username,
        "rectify_by": proposal.rectify_by,
    }
    facts: dict[str, Any] = {"ref": proposal.ref, "cites": proposal.draft.cites, "pdf_sha256": digest}
    facts |= {"rectify_by": proposal.rectify_by} if proposal.rectify_by else {}
    move(record, case_of(proposal.draft), "issue", by=by, role=role, facts=facts, changes=changes)


def case_of(report: ReportDraft | IssuedReport) -> Subject:
    """The report as history sees it."""
    label = f"{report.kind}/{report.period}"
    return Subject(REPORT, TABLE, report.id, report.state, report.version, CITY, label)


@contextmanager
def on_city_chain(tx: Connection, now: datetime) -> Iterator[OpenChain]:
    """The end of the city's chain, locked; begun when there is none."""
    end = locked_city_chain(tx, now)
    with recording(tx, *end, at=None, now=now) as record:
        yield record


def compile_report(
    database: Transactions, kind: str, text: str, by: Actor, now: Now, correction: ReportCorrection | None = None
) -> ReportDraft:
    """Compile the draft of this period, or return the existing one; concurrent calls compile one.

    What was due in the period is made first. Refused when the period is not over, or was issued and `correction` does
    not cite its report in force on grounds that hold.
    """
    acting_role(by, REPORT.move("correct" if correction else "compile"), CITY)
    period = read_period(kind, text)
    with database.read() as tx:
        check_compile(tx, kind, period, correction.cites if correction else "", now())
        cited = report_in_force(tx, period, kind)
    sweep(database, period.ends_at, now, keep=False)
    with database.write() as tx:
        last_entry = settled_entry(tx)
    with database.read() as tx:
        grounds = correction.grounds if correction else ""
        compiled = (
            _corrected(tx, period, cited, grounds, last_entry) if cited else compiled_up_to(tx, period, last_entry)
        )
    with database.write() as tx:
        return compile_draft(tx, kind, period, compiled, by, now(), correction)


def compiled_up_to(tx: Connection, period: Period, last_entry: int) -> Compiled:
    """The figures of this period from the record of today, whose newest entry this is: what comes later is noticed."""
    return Compiled(compile_period(tx, period, last_entry=last_entry), last_entry)


def _corrected(tx: Connection, period: Period, cited: IssuedReport, grounds: str, last_entry: int) -> Compiled:
    """The figures of a correction, as its grounds allow; Refused when they do not hold."""
    if grounds == "words":
        return Compiled(frozen_figures(tx, cited), last_entry)
    if grounds == "record" and not grew(tx, cited):
        raise Refused(N_("No entries were added to the record of this period since the report was compiled."))
    compiled = compiled_up_to(tx, period, last_entry)
    if checksum(compiled.figures) == cited.figures_sha256:
        raise Refused(N_("Compiling again gives the same figures, so only the text can be corrected."))
    return compiled
