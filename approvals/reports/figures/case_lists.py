"""The lists of a month's report: late approvals, key projects one by one, what falls due next, permits granted."""

from collections.abc import Iterable
from datetime import date

from approvals.base.moments import day_of
from approvals.reports.figures.aggregate import APPROVAL_MOVES, Closing, share
from approvals.reports.figures.model import (
    ApprovalCounts,
    DueApproval,
    EscalationAnswer,
    ItemNote,
    KeyProject,
    LateApproval,
    LedgerDays,
    NeededItem,
    ProjectSpeed,
)
from approvals.reports.figures.replay import (
    WITH_CLOCK,
    ApprovalStory,
    ProjectStory,
    all_needed,
    legal_working_days,
)
from approvals.reports.figures.source_data import SourceData
from approvals.reports.periods import Month, Period
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import ledger
from workflows.clock.timeline import fold
from workflows.config.catalogue import load_catalogue
from workflows.label import Label

PERMIT = "C05"  # the construction permit
LATE = ("red", "yellow")  # the worst first
SHOWN = ("classified", "registered", "suspended")  # states of key projects that are in hand


def item_label(code: str) -> Label:
    """The item's name; its code when the catalogue has dropped it."""
    item = load_catalogue().items.get(code)
    return Label(item.zh, item.en) if item else Label(code, code)


def late_approvals(closing: Closing, record: SourceData) -> tuple[LateApproval, ...]:
    """What was yellow or red at the close, red first and the longest overdue first."""
    found = [
        _late(story, approval, closing, record)
        for story in closing.stories
        for approval in story.approvals.values()
        if approval.reading and approval.reading.light in LATE
    ]
    return tuple(sorted(found, key=_urgency))


def _urgency(late: LateApproval) -> tuple[int, int, date, str]:
    return LATE.index(late.light), -late.over_promised, late.promised_due_on, late.ref


def _late(story: ProjectStory, approval: ApprovalStory, closing: Closing, record: SourceData) -> LateApproval:
    reading, plan = approval.reading, approval.plan
    if not (reading and reading.promised and reading.legal and reading.accepted_on and reading.light):
        raise ValueError(f"approval {plan.id} has a light but no clock")
    return LateApproval(
        ref=f"{story.ref}/{plan.code}",
        project=story["name"],
        code=plan.code,
        item=item_label(plan.code),
        department=record.units[plan.department_id],
        handler=record.people.get(approval.handler, ""),
        state=approval.state,
        procedure=approval.procedure(),
        is_key=bool(story["key"]),
        is_urgent=bool(story["urgent"]),
        accepted_on=reading.accepted_on,
        promised_due_on=reading.promised.due_on,
        legal_due_on=reading.legal.due_on,
        over_promised=max(0, -reading.promised.left),
        over_legal=max(0, -reading.legal.left) if reading.light == "red" else 0,
        legal_unit=reading.legal.unit,
        light=reading.light,
        days=_ledger_days(approval, closing.on, closing.calendar),
        level=max((one.level for one in approval.open_escalations()), default=0),
        answer=_answer(approval),
    )


def _ledger_days(approval: ApprovalStory, on: date, calendar: Calendar) -> LedgerDays:
    """From the day on which the approval could first be applied for."""
    days = ledger(approval.steps, calendar, approval.steps[0].on, on)
    return LedgerDays(days.department, days.owner, days.special)


def _answer(approval: ApprovalStory) -> EscalationAnswer | None:
    """The answer of the highest level that gave one in this round."""
    given = [
        EscalationAnswer(one.level, one.reason, one.commitment_on)
        for one in approval.escalated.values()
        if one.round == approval.round and one.commitment_on
    ]
    return max(given, key=lambda answer: answer.level, default=None)


def due_approvals(closing: Closing, record: SourceData) -> tuple[DueApproval, ...]:
    """Open approvals with a limit that ends in the month after, in the order of the first such day."""
    month = closing.month.following
    found = [
        due
        for story in closing.stories
        for approval in story.approvals.values()
        if (due := _due(story, approval, month, record))
    ]
    return tuple(sorted(found, key=lambda one: (one.first_due_on, one.ref)))


def _due(story: ProjectStory, approval: ApprovalStory, month: Month, record: SourceData) -> DueApproval | None:
    reading = approval.reading
    limits = (reading.notice, reading.promised, reading.legal) if reading else ()
    dates = [limit and limit.due_on for limit in limits]
    coming = [day for day in dates if day and month.first_on <= day <= month.last_on]
    if not reading or not coming:
        return None
    plan = approval.plan
    return DueApproval(
        ref=f"{story.ref}/{plan.code}",
        project=story["name"],
        code=plan.code,
        item=item_label(plan.code),
        department=record.units[plan.department_id],
        state=approval.state,
        first_due_on=min(coming),
        notice_due_on=dates[0],
        promised_due_on=dates[1],
        legal_due_on=dates[2],
        light=reading.light,
    )


def key_projects(closing: Closing, record: SourceData) -> tuple[KeyProject, ...]:
    """Key and urgent projects that were in hand at the close or came to their end in the month, by registration."""
    found = [_key_project(story, closing, record) for story in closing.stories if _is_shown(story, closing.month)]
    return tuple(sorted(found, key=lambda one: (one.registered_on is None, one.ref)))


def _is_shown(story: ProjectStory, month: Period) -> bool:
    if not (story["key"] or story["urgent"]):
        return False
    ended = story.state in ("completed", "withdrawn") and any(
        entry.subject == "project" and entry.to_state == story.state and entry.at >= month.starts_at
        for entry in story.entries
    )
    return story.state in SHOWN or ended


def _key_project(story: ProjectStory, closing: Closing, record: SourceData) -> KeyProject:
    approvals = list(story.approvals.values()) if story.registered_on else []
    begun_at = closing.month.starts_at
    return KeyProject(
        ref=story.ref,
        name=story["name"],
        owner=record.units[story.record.owner_unit_id],
        liaison=record.people.get(story["liaison"], ""),
        is_key=bool(story["key"]),
        is_urgent=bool(story["urgent"]),
        state=story.state,
        registered_on=story.registered_on,
        granted=sum(one.state == "granted" for one in approvals),
        planned=sum(one.state != "withdrawn" for one in approvals),
        moves=_moves(story, closing.month),
        granted_items=_notes(one for one in approvals if one.granted_at and one.granted_at >= begun_at),
        open_items=_notes(one for one in approvals if one.state in WITH_CLOCK),
        late_items=_notes(one for one in approvals if one.reading and one.reading.light in LATE),
    )


def _moves(story: ProjectStory, month: Period) -> ApprovalCounts:
    names = [
        name
        for entry in story.entries
        if entry.subject == "approval" and entry.at >= month.starts_at
        for name in APPROVAL_MOVES.get(entry.move, ())
    ]
    return ApprovalCounts(**{name: names.count(name) for name in set(names)})


def _notes(approvals: Iterable[ApprovalStory]) -> tuple[ItemNote, ...]:
    return tuple(
        ItemNote(one.plan.code, item_label(one.plan.code), one.reading.light if one.reading else None)
        for one in approvals
    )


def permit_projects(closing: Closing, record: SourceData) -> tuple[ProjectSpeed, ...]:
    """The projects whose construction permit was granted in the month, by number."""
    found = []
    for story in closing.stories:
        for approval in story.approvals.values():
            granted_at = approval.granted_at
            if approval.plan.code == PERMIT and granted_at and granted_at >= closing.month.starts_at:
                found.append(_permit(story, approval.granted_on or day_of(granted_at), closing.calendar))
    return tuple(sorted(found, key=lambda one: one.ref))


def _permit(story: ProjectStory, granted_on: date, calendar: Calendar) -> ProjectSpeed:
    needed = all_needed(story.record.plans, PERMIT)
    items = tuple(
        NeededItem(one.plan.code, _legal_days(one, calendar))
        for one in sorted(story.approvals.values(), key=lambda one: one.plan.code)
        if one.plan.code in needed
    )
    legal = sum(one.legal for one in items)
    registered_on = story.registered_on or granted_on
    days = calendar.working_days_between(registered_on, granted_on)
    return ProjectSpeed(
        story.ref, story["name"], registered_on, granted_on, len(needed), days, legal, share(days, legal), items
    )


def _legal_days(approval: ApprovalStory, calendar: Calendar) -> int:
    accepted_on = fold(approval.steps).accepted_on
    if accepted_on is None:
        raise ValueError(f"approval {approval.plan.id} was needed for a permit and never accepted")
    return legal_working_days(approval.limits_now, accepted_on, calendar)
