"""Time accounting of one project: three ledgers of its approvals, and the joint clocks of its stages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.base.i18n import N_
from approvals.calendar.queries import calendars
from approvals.calendar.readings import steps_of_many
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import StageReading, TimeAccount, stage_clock, sum_of_accounts, whole_time_account
from workflows.clock.timeline import Step
from workflows.config.catalogue import Catalogue, Item

CalendarOf = Callable[[ApprovalView], Calendar]
_RUNS = N_("due on %(day)s, %(days)s working days left")
_RUNS_LAST = N_("due on %(day)s, 1 working day left")
_TODAY = N_("due today, %(day)s")
_OVER = N_("was due on %(day)s, overdue by %(days)s working days")
_JUST_OVER = N_("was due on %(day)s, the due date has passed")
_STILL = N_("paused; due on %(day)s if resumed today, %(days)s working days left")
_KEPT = N_("ended on %(day)s, within the limit")
_BROKEN = N_("ended on %(day)s, overdue by %(days)s working days")


@dataclass(frozen=True, slots=True)
class StageClock:
    """The joint clock of a stage: `told` is a msgid with `day` and `days`; `tone` is left, today, late or done."""

    reading: StageReading
    told: str
    day: date
    days: int
    tone: str


@dataclass(frozen=True, slots=True)
class ApprovalShare:
    """The three ledgers of one approval, all its rounds together."""

    item: Item
    days: TimeAccount


@dataclass(frozen=True, slots=True)
class ProjectTime:
    """The working days of a project up to today: `days` is the sum of its approvals' ledgers."""

    days: TimeAccount
    approvals: tuple[ApprovalShare, ...]
    stages: Mapping[int, StageClock]


def project_time(
    tx: Connection,
    approvals: Sequence[ApprovalView],
    catalogue: Catalogue,
    today: date,
    steps: Mapping[int, Sequence[Step]] | None = None,
) -> ProjectTime:
    """The ledgers of a project's approvals, by its catalogue, without those that nobody has had in hand yet.

    `steps` are those of all these approvals, where they were read already.
    """
    if steps is None:
        steps = steps_of_many(tx, {approval.id: approval.project_id for approval in approvals})
    calendar_of = calendars(tx)
    accounts = [
        (approval, whole_time_account(steps[approval.id], calendar_of(approval), today)) for approval in approvals
    ]
    begun = tuple(ApprovalShare(approval.item, days) for approval, days in accounts if days.open)
    limit = catalogue.stage_legal_days
    return ProjectTime(
        sum_of_accounts(share.days for share in begun), begun, _stages(calendar_of, approvals, steps, limit, today)
    )


def _stages(
    calendar_of: CalendarOf,
    approvals: Sequence[ApprovalView],
    steps: Mapping[int, Sequence[Step]],
    limit: int,
    today: date,
) -> dict[int, StageClock]:
    clocks = {}
    for no in sorted({approval.stage for approval in approvals}):
        in_stage = [approval for approval in approvals if approval.stage == no and not _is_never_begun(approval)]
        if not in_stage:
            continue
        calendar = _calendar_of_stage(calendar_of, in_stage)
        if reading := stage_clock([steps[approval.id] for approval in in_stage], calendar, today, limit):
            clocks[no] = stage_clock_view(reading)
    return clocks


def _is_never_begun(approval: ApprovalView) -> bool:
    """Whether it waited for others when its project was closed: no clock waits for it."""
    return approval.state == "waiting" and PROJECT.state(approval.project_state).is_final


def _calendar_of_stage(calendar_of: CalendarOf, approvals: Sequence[ApprovalView]) -> Calendar:
    """The newest calendar for a stage that is under way; for a decided one the calendar of its last approval."""
    last = max(approvals, key=lambda approval: approval.calendar_edition)
    return calendar_of(next((approval for approval in approvals if not APPROVAL.state(approval.state).is_final), last))


def stage_clock_view(reading: StageReading) -> StageClock:
    """The joint clock of a stage as its page shows it."""
    over = max(0, -reading.left)
    if reading.ended_on:
        told, tone = (_BROKEN, "late") if reading.is_late else (_KEPT, "done")
        return StageClock(reading, told, reading.ended_on, over, tone)
    if reading.is_late:
        return StageClock(reading, _OVER if over else _JUST_OVER, reading.due_on, over, "late")
    if reading.is_paused:
        return StageClock(reading, _STILL, reading.due_on, reading.left, "left")
    if reading.on == reading.due_on:
        return StageClock(reading, _TODAY, reading.due_on, 0, "today")
    return StageClock(reading, _RUNS_LAST if reading.left == 1 else _RUNS, reading.due_on, reading.left, "left")
