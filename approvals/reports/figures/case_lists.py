"""The lists of a month's report: late approvals, key projects one by one, what falls due next, permits granted."""

from collections.abc import Iterable
from datetime import date

from approvals.base.moments import day_of
from approvals.reports.figures.aggregate import APPROVAL_MOVES, Closing, share
from approvals.reports.figures.model import (
    ApprovalCounts,
    CompletedProject,
    DueApproval,
    EscalationAnswer,
    ItemNote,
    KeyProject,
    LateApproval,
    LedgerDays,
    NeededItem,
    ProjectSpeed,
)
from approvals.reports.figures.replay import WITH_CLOCK, ApprovalReplay, ProjectReplay, legal_working_days
from approvals.reports.figures.source_data import SourceData
from approvals.reports.periods import Month, Period
from workflows.charts.approval import OUT_OF_PLAN
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import time_account
from workflows.clock.timeline import fold
from workflows.config.catalogue import all_needed

PERMIT = "C05"  # the construction permit
LATE = ("red", "yellow")  # the worst first
SHOWN = ("classified", "registered", "suspended")  # states of key projects that are in hand


def late_approvals(closing: Closing, record: SourceData) -> tuple[LateApproval, ...]:
    """What was yellow or red at the close, red first and the longest overdue first."""
    late = [
        _late(replay, approval, closing, record)
        for replay in closing.replays
        for approval in replay.approvals.values()
        if approval.reading and approval.reading.light in LATE
    ]
    return tuple(sorted(late, key=_urgency))


def _urgency(late: LateApproval) -> tuple[int, int, date, str]:
    return LATE.index(late.light), -late.over_promised, late.promised_due_on, late.ref


def _late(replay: ProjectReplay, approval: ApprovalReplay, closing: Closing, record: SourceData) -> LateApproval:
    reading, plan = approval.reading, approval.plan
    if not (reading and reading.promised and reading.legal and reading.accepted_on and reading.light):
        raise ValueError(f"approval {plan.id} has a light but no clock")
    return LateApproval(
        ref=f"{replay.ref}/{plan.code}",
        project=replay["name"],
        code=plan.code,
        item=plan.item,
        department=record.units[plan.department_id],
        handler=record.people.get(approval.handler, ""),
        state=approval.state,
        procedure=approval.procedure(),
        is_key=bool(replay["key"]),
        is_urgent=bool(replay["urgent"]),
        accepted_on=reading.accepted_on,
        promised_due_on=reading.promised.due_on,
        legal_due_on=reading.legal.due_on,
        over_promised=max(0, -reading.promised.left),
        over_legal=max(0, -reading.legal.left) if reading.light == "red" else 0,
        legal_unit=reading.legal.unit,
        light=reading.light,
        days=_ledger_days(approval, closing.on, closing.calendar),
        level=max((escalation.level for escalation in approval.open_escalations()), default=0),
        answer=_answer(approval),
    )


def _ledger_days(approval: ApprovalReplay, on: date, calendar: Calendar) -> LedgerDays:
    """From the day on which the approval could first be applied for."""
    days = time_account(approval.steps, calendar, approval.steps[0].on, on)
    return LedgerDays(days.department, days.owner, days.special)


def _answer(approval: ApprovalReplay) -> EscalationAnswer | None:
    """The answer of the highest level that gave one in this round."""
    answers = [
        EscalationAnswer(escalation.level, escalation.reason, escalation.commitment_on)
        for escalation in approval.escalated.values()
        if escalation.round == approval.round and escalation.commitment_on
    ]
    return max(answers, key=lambda answer: answer.level, default=None)


def due_approvals(closing: Closing, record: SourceData) -> tuple[DueApproval, ...]:
    """Open approvals with a limit that ends in the month after, in the order of the first such day."""
    month = closing.month.following
    approvals_due = [
        due
        for replay in closing.replays
        for approval in replay.approvals.values()
        if (due := _due(replay, approval, month, record))
    ]
    return tuple(sorted(approvals_due, key=lambda due: (due.first_due_on, due.ref)))


def _due(replay: ProjectReplay, approval: ApprovalReplay, month: Month, record: SourceData) -> DueApproval | None:
    reading = approval.reading
    limits = (reading.notice, reading.promised, reading.legal) if reading else ()
    dates = [limit and limit.due_on for limit in limits]
    coming = [day for day in dates if day and month.first_on <= day <= month.last_on]
    if not reading or not coming:
        return None
    plan = approval.plan
    return DueApproval(
        ref=f"{replay.ref}/{plan.code}",
        project=replay["name"],
        code=plan.code,
        item=plan.item,
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
    projects = [_key_project(replay, closing, record) for replay in closing.replays if _is_shown(replay, closing.month)]
    return tuple(sorted(projects, key=lambda project: (project.registered_on is None, project.ref)))


def _is_shown(replay: ProjectReplay, month: Period) -> bool:
    if not (replay["key"] or replay["urgent"]):
        return False
    ended = replay.state in ("completed", "withdrawn") and any(
        entry.subject == "project" and entry.to_state == replay.state and entry.at >= month.starts_at
        for entry in replay.entries
    )
    return replay.state in SHOWN or ended


def _key_project(replay: ProjectReplay, closing: Closing, record: SourceData) -> KeyProject:
    approvals = list(replay.approvals.values()) if replay.registered_on else []
    begun_at = closing.month.starts_at
    return KeyProject(
        ref=replay.ref,
        name=replay["name"],
        owner=record.units[replay.record.owner_unit_id],
        liaison=record.people.get(replay["liaison"], ""),
        is_key=bool(replay["key"]),
        is_urgent=bool(replay["urgent"]),
        state=replay.state,
        registered_on=replay.registered_on,
        granted=sum(approval.state == "granted" for approval in approvals),
        planned=sum(approval.state not in OUT_OF_PLAN for approval in approvals),
        moves=_moves(replay, closing.month),
        granted_items=_notes(
            approval for approval in approvals if approval.granted_at and approval.granted_at >= begun_at
        ),
        open_items=_notes(approval for approval in approvals if approval.state in WITH_CLOCK),
        late_items=_notes(approval for approval in approvals if approval.reading and approval.reading.light in LATE),
    )


def _moves(replay: ProjectReplay, month: Period) -> ApprovalCounts:
    names = [
        name
        for entry in replay.entries
        if entry.subject == "approval" and entry.at >= month.starts_at
        for name in APPROVAL_MOVES.get(entry.move, ())
    ]
    return ApprovalCounts(**{name: names.count(name) for name in set(names)})


def _notes(approvals: Iterable[ApprovalReplay]) -> tuple[ItemNote, ...]:
    lights = ((approval.plan, approval.reading.light if approval.reading else None) for approval in approvals)
    return tuple(ItemNote(plan.code, plan.item, light) for plan, light in lights)


def permit_projects(closing: Closing, record: SourceData) -> tuple[ProjectSpeed, ...]:
    """The projects whose construction permit was granted in the month, by number."""
    projects = []
    for replay in closing.replays:
        for approval in replay.approvals.values():
            granted_at = approval.granted_at
            if approval.plan.code == PERMIT and granted_at and granted_at >= closing.month.starts_at:
                projects.append(_permit(replay, approval.granted_on or day_of(granted_at), closing.calendar))
    return tuple(sorted(projects, key=lambda project: project.ref))


def _permit(replay: ProjectReplay, granted_on: date, calendar: Calendar) -> ProjectSpeed:
    needed = all_needed({plan.code: plan.requires for plan in replay.record.plans}, PERMIT)
    items = tuple(
        NeededItem(approval.plan.code, _legal_days(approval, calendar))
        for approval in sorted(replay.approvals.values(), key=lambda approval: approval.plan.code)
        if approval.plan.code in needed
    )
    legal = sum(item.legal for item in items)
    registered_on = replay.registered_on or granted_on
    days = calendar.working_days_between(registered_on, granted_on)
    return ProjectSpeed(
        replay.ref, replay["name"], registered_on, granted_on, len(needed), days, legal, share(days, legal), items
    )


def completed_projects(closing: Closing) -> tuple[CompletedProject, ...]:
    """The projects that were completed in the month, by number."""
    first_on = closing.month.first_on
    completed = [
        _completed(replay, replay.completed_on, closing.calendar)
        for replay in closing.replays
        if replay.completed_on and replay.completed_on >= first_on
    ]
    return tuple(sorted(completed, key=lambda project: project.ref))


def _completed(replay: ProjectReplay, completed_on: date, calendar: Calendar) -> CompletedProject:
    granted = [approval for approval in replay.approvals.values() if approval.state == "granted"]
    legal = sum(_legal_days(approval, calendar) for approval in granted)
    registered_on, days_of_works = replay.registered_on or completed_on, replay.works_days
    days = calendar.working_days_between(registered_on, completed_on)
    works = days_of_works.spent(calendar, completed_on) if days_of_works.finished_on else None
    value = None if works is None else share(max(0, days - works), legal)
    return CompletedProject(
        replay.ref, replay["name"], registered_on, completed_on, len(granted), days, works, legal, value
    )


def _legal_days(approval: ApprovalReplay, calendar: Calendar) -> int:
    accepted_on = fold(approval.steps).accepted_on
    if accepted_on is None:
        raise ValueError(f"approval {approval.plan.id} was needed for a permit and never accepted")
    return legal_working_days(approval.limits_now, accepted_on, calendar)
