"""The figures beside those of approvals: escalations, cards, the liaisons' service, orders, joint projects."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import TypeVar

import orjson
from sqlalchemy import Connection

from approvals.base.moments import day_of
from approvals.reports.figures.aggregate import Closing
from approvals.reports.figures.case_items import (
    CARDS,
    ORDERS,
    OWED,
    SERVICE,
    CardMoveRow,
    CaseItems,
    departments_of,
    officers_of,
    part,
)
from approvals.reports.figures.order_replay import OrderReplay
from approvals.reports.figures.oversight_model import (
    CardCounts,
    CardLine,
    CardsLine,
    EscalationLine,
    JointProject,
    JointWord,
    OrderCounts,
    OrderFigures,
    OrderLine,
    OrderTold,
    Oversight,
    OwedCounts,
    OwedFigures,
    OwedLine,
    ServiceCounts,
    ServiceLine,
)
from approvals.reports.figures.replay import ApprovalReplay, Escalated, ProjectReplay
from approvals.reports.figures.source_data import EntryRow, SourceData
from approvals.reports.periods import last_month
from approvals.supervision.joint.monthly_words import MonthlyWord, signed_words
from workflows.label import Label

COUNTED = ("asked", "answered", "in_time", "climbed", "contacts")  # figures with a drill-down
BEGIN, END = "manage_jointly", "end_joint"
NO_WORD = MonthlyWord(None, "")
C = TypeVar("C")
L = TypeVar("L")


def oversight(record: SourceData, closing: Closing, now: CaseItems, before: CaseItems) -> Oversight:
    """The oversight figures of the period at this closing, and of the one before."""
    return Oversight(
        escalations=_escalations(closing, record),
        cards=part(CardCounts, now.of(), CARDS),
        cards_before=part(CardCounts, before.of(), CARDS),
        card_list=_card_lines(now.card_moves, record),
        service=_service(now),
        service_before=_service(before),
        liaisons=tuple(
            ServiceLine(name, record.people.get(name, name), _service(now, name), _service(before, name))
            for name in officers_of(now, before)
        ),
    )


def _escalations(closing: Closing, record: SourceData) -> tuple[EscalationLine, ...]:
    """Those that were answered in the period or were open at its close, the highest level first."""
    lines = []
    for replay in closing.replays:
        for approval in replay.approvals.values():
            open_ones = approval.open_escalations()
            for escalation in approval.escalated.values():
                answered_on = escalation.answered_on
                if escalation in open_ones or (answered_on is not None and closing.month.first_on <= answered_on):
                    lines.append(_escalation(replay, approval, escalation, record))
    return tuple(sorted(lines, key=lambda line: (-line.level, line.raised_on, line.ref)))


def _escalation(
    replay: ProjectReplay, approval: ApprovalReplay, escalation: Escalated, record: SourceData
) -> EscalationLine:
    plan = approval.plan
    return EscalationLine(
        ref=f"{replay.ref}/{plan.code}",
        project=replay["name"],
        item=plan.item,
        department=record.units[plan.department_id],
        level=escalation.level,
        raised_on=escalation.raised_on,
        is_open=escalation in approval.open_escalations(),
        answered_on=escalation.answered_on,
        reason=escalation.reason,
        commitment_on=escalation.commitment_on,
    )


def _service(month: CaseItems, officer: str | None = None) -> ServiceCounts:
    """Of all officers, or of one."""
    counted = month.of(officer=officer)
    questions = [question for question in month.questions if officer in (None, question.liaison)]
    minutes = [question.minutes for question in questions if question.minutes is not None]
    return ServiceCounts(
        **{name: len(counted.get(f"{SERVICE}.{name}", ())) for name in COUNTED},
        median_minutes=float(median(minutes)) if minutes else None,
        longest_minutes=max(minutes, default=None),
    )


# Cards.


def card_departments(record: SourceData, now: CaseItems, before: CaseItems) -> tuple[CardsLine, ...]:
    """The cards of each department that had any, in the order of the units."""
    return _department_lines(CardsLine, CardCounts, CARDS, record, now, before)


def owed_figures(record: SourceData, now: CaseItems, before: CaseItems) -> OwedFigures:
    """What acceptances left owed, in the city and in each department that had any."""
    return OwedFigures(
        part(OwedCounts, now.of(), OWED),
        part(OwedCounts, before.of(), OWED),
        _department_lines(OwedLine, OwedCounts, OWED, record, now, before),
    )


def _department_lines(
    line: Callable[[str, Label, C, C], L], counts: type[C], name: str, record: SourceData, *months: CaseItems
) -> tuple[L, ...]:
    return tuple(
        line(str(unit), record.units[unit], *(part(counts, month.of(department_id=unit), name) for month in months))
        for unit in departments_of(name, *months)
    )


def _card_lines(moves: Sequence[CardMoveRow], record: SourceData) -> tuple[CardLine, ...]:
    """The cards that moved in the period, red ones first, as they stood at its close."""
    cards: dict[int, list[CardMoveRow]] = {}
    for move in moves:
        cards.setdefault(move.subject_id, []).append(move)
    lines = [_card_line(moves_of_card, record) for moves_of_card in cards.values()]
    return tuple(sorted(lines, key=lambda line: (line.colour != "red", line.shown_on, line.ref, line.rule)))


def _card_line(moves: Sequence[CardMoveRow], record: SourceData) -> CardLine:
    last = moves[-1]
    words: list[str] = []  # of an appeal, and of the decision on it
    for move in moves:
        facts = orjson.loads(move.facts)
        words += [*facts.get("reasons", ()), *filter(None, [facts.get("reason")])]
    return CardLine(
        ref=f"{last.project_number}/{last.code}",
        project=last.name,
        item=record.item_names.of(last.catalogue_sha256, last.code),
        department=record.units[record.former.department("approval", last.approval_id, last.department_id)],
        colour=last.colour,
        rule=last.rule,
        shown_on=last.shown_on,
        state=last.to_state,
        words=tuple(words),
    )


# Supervision orders.


def order_figures(record: SourceData, closing: Closing, now: CaseItems, before: CaseItems) -> OrderFigures:
    """The order figures of the period at this closing, and of the one before."""
    replays = {replay.record.id: replay for replay in closing.replays}
    moved = [order for order in now.orders if order.is_open or order.entries[-1].at >= closing.month.starts_at]
    return OrderFigures(
        city=part(OrderCounts, now.of(), ORDERS),
        city_before=part(OrderCounts, before.of(), ORDERS),
        departments=_department_lines(OrderLine, OrderCounts, ORDERS, record, now, before),
        told=tuple(_order(order, closing, record, replays) for order in moved),
    )


def _order(order: OrderReplay, closing: Closing, record: SourceData, replays: Mapping[int, ProjectReplay]) -> OrderTold:
    facts = order.facts
    project, name = _project(order, replays)
    return OrderTold(
        ref=order.ref,
        subject=facts["subject"],
        demands=facts["demands"],
        about=f"{project}/{order.code}" if order.code else project,
        project=name,
        item=record.item_names.of(order.catalogue_sha256, order.code) if order.code else None,
        department=record.units[order.department_id],
        level=facts["level"],
        source_kind=facts.get("source_kind", ""),
        source_ref=facts.get("source_ref", ""),
        issued_on=order.issued_on,
        due_on=order.due_on,
        state=order.state,
        is_overdue=order.is_overdue(closing.on),
        lifted_to=order.lifted_to,
        answer=order.answer,
        answered_on=order.answered_on,
        commitment_on=order.commitment_on,
        returned=order.returned,
    )


def _project(order: OrderReplay, replays: Mapping[int, ProjectReplay]) -> tuple[str, str]:
    """Reference and name of the project as they were known at the close; what ended before keeps those of its row."""
    replay = replays.get(order.project_id or 0)
    return (replay.ref, replay["name"]) if replay else (order.project_ref, order.project)


# Projects that two units answer for together.


def joint_projects(tx: Connection, closing: Closing, until: datetime) -> tuple[JointProject, ...]:
    """Those under double management at the close and not over before the period, with the month's word on each."""
    words = signed_words(tx, last_month(closing.month), until)
    projects = []
    for replay in closing.replays:
        entries = [entry for entry in replay.entries if entry.subject == "project"]
        changes = [entry for entry in entries if entry.move in (BEGIN, END)]
        was_over = replay.is_over and entries[-1].at < closing.month.starts_at
        if changes and changes[-1].move == BEGIN and not was_over:
            projects.append(_joint(replay, changes[-1], words.get(replay.record.id, NO_WORD)))
    return tuple(sorted(projects, key=lambda project: project.ref))


def _joint(replay: ProjectReplay, entry: EntryRow, word: MonthlyWord) -> JointProject:
    facts, signed = orjson.loads(entry.facts), word.signed
    units = (facts["first_unit"], facts["second_unit"])
    return JointProject(
        ref=replay.ref,
        name=replay["name"],
        units=units,
        begun_on=day_of(entry.at),
        word=JointWord(str(signed.month), signed.text, signed.units, day_of(signed.signed_at)) if signed else None,
        waits_for=next((unit for unit in units if unit != word.waits_from), "") if word.waits_from else "",
    )
