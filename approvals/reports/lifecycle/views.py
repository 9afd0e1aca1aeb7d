"""A report around its figures: its state, remarks, neighbours and open moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UnitName
from approvals.base.i18n import label
from approvals.history.record import CITY
from approvals.history.timeline import describe
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.queries import IssuedReport, ReportDraft, draft_of, issued_reports, remarks_of
from approvals.reports.periods import Month, Period
from workflows.charts.model import Move, open_moves
from workflows.charts.report import REPORT
from workflows.config.city import load_city


@dataclass(frozen=True, slots=True)
class OrderName:
    """How programs address a supervision order, and its number as people read it."""

    ref: str
    number: str


@dataclass(frozen=True, slots=True)
class ReportRemark:
    """A comment, acknowledgement or instruction; `about` is its section or line."""

    at: datetime
    who: str
    unit: UnitName
    about: str
    text: str
    order: OrderName | None = None  # the supervision order that it became


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report around its figures. `following` is the next month that has begun; bulletins have no neighbours.

    `instructions` are those on the reports that it corrects, too: their orders go on.
    `acknowledge` is None when the reader may not, or has done so.
    """

    kind: str
    period: Period
    issued: IssuedReport | None
    earlier: tuple[IssuedReport, ...]
    draft: ReportDraft | None
    comments: Mapping[str, tuple[ReportRemark, ...]]
    readers: tuple[ReportRemark, ...]
    instructions: tuple[ReportRemark, ...]
    compile: Move | None
    correct: Move | None
    comment: Move | None
    issue: Move | None
    acknowledge: Move | None
    instruct: Move | None
    previous: Month | None
    following: Month | None


def report_view(tx: Connection, kind: str, period: Period, reader: Actor, today: date) -> ReportView:
    """The report of this period as this reader sees it."""
    reports, draft = issued_reports(tx, period, kind), draft_of(tx, kind, period)
    issued = reports[-1] if reports else None
    readers = _remarks(tx, issued, "acknowledge")
    has_read = issued and reader.username in {entry.actor for entry in remarks_of(tx, issued.id, ("acknowledge",))}
    moves = _open(reader, issued, draft)
    is_due = period.last_on < today and not issued and not draft
    month = period if isinstance(period, Month) else None
    return ReportView(
        kind=kind,
        period=period,
        issued=issued,
        earlier=tuple(reports[:-1]),
        draft=draft,
        comments=_by_section(_remarks(tx, draft or issued, "comment")),
        readers=readers,
        instructions=tuple(entry for report in reports for entry in _remarks(tx, report, "instruct")),
        compile=_begins(reader, "compile") if is_due else None,
        correct=_begins(reader, "correct") if issued and not draft else None,
        comment=moves.get("comment"),
        issue=moves.get("issue"),
        acknowledge=None if has_read else moves.get("acknowledge"),
        instruct=moves.get("instruct"),
        previous=month.previous if month else None,
        following=month.following if month and month.following.first_on <= today else None,
    )


def _open(reader: Actor, *reports: ReportDraft | IssuedReport | None) -> dict[str, Move]:
    roles = acting_roles(reader, CITY)
    return {move.name: move for report in reports if report for move in open_moves(REPORT, report.state, roles)}


def _begins(reader: Actor, name: str) -> Move | None:
    move = REPORT.move(name)
    return None if acting_roles(reader, CITY).isdisjoint(move.by) else move


def _remarks(tx: Connection, report: ReportDraft | IssuedReport | None, move: str) -> tuple[ReportRemark, ...]:
    """The remarks on this report by this move, in their order."""
    entries = remarks_of(tx, report.id, (move,)) if report else []
    return tuple(
        ReportRemark(
            description.at,
            description.who,
            description.unit,
            _about(entry.facts),
            str(entry.facts.get("text", "")),
            _order(entry.facts),
        )
        for entry, description in zip(entries, describe(tx, entries), strict=True)
    )


def _order(facts: Mapping[str, object]) -> OrderName | None:
    ref = str(facts.get("order") or "")
    return OrderName(ref, load_city().shown_order(ref)) if ref else None


def _about(facts: Mapping[str, object]) -> str:
    return str(facts.get("section") or facts.get("on") or "")


def _by_section(remarks: Iterable[ReportRemark]) -> dict[str, tuple[ReportRemark, ...]]:
    sections: dict[str, tuple[ReportRemark, ...]] = {}
    for remark in remarks:
        sections[remark.about] = (*sections.get(remark.about, ()), remark)
    return sections


def lines_of(figures: Figures) -> tuple[tuple[str, str], ...]:
    """What stands in the report by name, and may be instructed on: late approvals, then key projects."""
    late = [(case.ref, f"{case.project} {label(case.item)}") for case in figures.late]
    return (*late, *((case.ref, case.name) for case in figures.key_projects))
