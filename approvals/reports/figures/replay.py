"""Replays each project up to a moment: its status then, and the decisions on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from approvals.base.moments import day_of
from approvals.calendar.queries import as_step
from approvals.filing.amendments import takes_effect
from approvals.reports.figures.source_data import EntryRow, ProjectPlan, ProjectRecord
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar
from workflows.clock.reading import Reading
from workflows.clock.timeline import CALENDAR_DAYS, CORRECT, Limits, Step, known_steps
from workflows.clock.works import FINISH, START, WorksDays

CalendarAt = Callable[[datetime], Calendar]
WITH_CLOCK = ("accepted", "paused")
_AT_WINDOW = ("window", "window_head")
_HALTS = ("suspend", "resume")
# Moves whose facts describe the project.
_FACTS = ("draft", "edit", "classify", "register", "reassign", "hand_over", "mark", "confirm_amendment")


@dataclass(frozen=True, slots=True)
class Decision:
    """A grant or refusal by its clock. Days are working days; `legal` is without extension."""

    at: datetime
    on: date
    used: int
    legal: int
    within_promised: bool
    within_legal: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: its entry and the limits in force; its days are calculated at the close."""

    seq: int
    at: datetime
    limits: Limits


@dataclass(slots=True)
class Escalated:
    """The status of one escalation."""

    round: int
    level: int
    raised_on: date
    state: str = "raised"
    answered_on: date | None = None
    reason: str = ""
    commitment_on: date | None = None


@dataclass(slots=True)
class ApprovalReplay:
    plan: ProjectPlan
    state: str = "waiting"
    round: int = 1
    limits: Limits | None = None  # from the acceptance on
    handler: str = ""
    steps: list[Step] = field(default_factory=list)
    granted_at: datetime | None = None
    decided: list[Decided] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    escalated: dict[int, Escalated] = field(default_factory=dict)  # by the escalation's id
    reading: Reading | None = None  # at the close, of what has a running clock

    @property
    def granted_on(self) -> date | None:
        """The day of the last grant, as it is known at the close."""
        return next((step.on for step in reversed(known_steps(self.steps)) if step.move == "grant"), None)

    @property
    def limits_now(self) -> Limits:
        return self.limits or self.plan.limits

    def procedure(self) -> str:
        """The special procedure under way, if the approval is paused."""
        started = [step.procedure for step in self.steps if step.move == "start_special"]
        return started[-1] if started and self.state == "paused" else ""

    def open_escalations(self) -> list[Escalated]:
        """What is raised, answered or lifted and has not ended with its round; the sweep may write that down later."""
        if self.state in APPROVAL.final_states:
            return []
        of_round = [escalation for escalation in self.escalated.values() if escalation.round == self.round]
        return [escalation for escalation in of_round if escalation.state != "closed"]


@dataclass(slots=True)
class ProjectReplay:
    record: ProjectRecord
    entries: list[EntryRow] = field(default_factory=list)
    state: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    registered_on: date | None = None
    added: set[str] = field(default_factory=set)  # the codes of approvals that were added to the plan
    completed_on: date | None = None
    works: dict[str, date] = field(default_factory=dict)  # the days last reported, by move
    approvals: dict[int, ApprovalReplay] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return str(self.facts.get("number") or self.record.uid)

    def has_planned(self, code: str) -> bool:
        """Whether this item was in the plan by then: what is added later is no part of it."""
        return "planned" not in self.facts or code in self.facts["planned"] or code in self.added

    @property
    def works_days(self) -> WorksDays:
        """The days of the works as they were reported."""
        return WorksDays(started_on=self.works.get(START), finished_on=self.works.get(FINISH))

    @property
    def is_over(self) -> bool:
        return self.state in PROJECT.final_states

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name)


def replay_project(
    record: ProjectRecord, until: datetime, calendar_at: CalendarAt, close_on: date, reminder_at: int
) -> ProjectReplay:
    """The project as its entries left it at `until`; running clocks are read at the close of `close_on`.

    A running clock goes by the calendar that was known at `until`, a decision by that which was known when it was made.
    """
    replay = ProjectReplay(record, approvals={plan.id: ApprovalReplay(plan) for plan in record.plans})
    for entry in record.entries:
        if entry.at <= until:
            replay.entries.append(entry)
            _APPLY[entry.subject](replay, entry)
    replay.approvals = {key: row for key, row in replay.approvals.items() if replay.has_planned(row.plan.code)}
    for approval in replay.approvals.values():
        approval.decisions = _judged(approval, calendar_at)
        if approval.state in (*WITH_CLOCK, "received"):
            approval.reading = read(
                approval.steps, approval.limits_now, calendar_at(until), close_on, days=False, reminder_at=reminder_at
            )
    return replay


def _of_project(replay: ProjectReplay, entry: EntryRow) -> None:
    replay.state = entry.to_state
    if entry.move in _FACTS or takes_effect(entry.move, entry.facts):
        facts = orjson.loads(entry.facts)
        replay.facts |= {name: value for name, value in facts.items() if value is not None}
    if entry.move == "add_approval":
        replay.added.add(orjson.loads(entry.facts)["code"])
    if entry.move == "register":
        replay.registered_on = day_of(entry.at)
    if entry.move == "complete":
        replay.completed_on = day_of(entry.at)
    if entry.move in (START, FINISH):
        replay.works[entry.move] = date.fromisoformat(orjson.loads(entry.facts)["day"])
    if entry.move in _HALTS:
        for approval in replay.approvals.values():
            approval.steps.append(as_step(entry.move, day_of(entry.at), entry.facts, seq=entry.seq))


def _of_approval(replay: ProjectReplay, entry: EntryRow) -> None:
    approval = replay.approvals[entry.approval_id]
    approval.steps.append(as_step(entry.move, day_of(entry.at), entry.facts, seq=entry.seq))
    approval.state, approval.round = entry.to_state, entry.round
    if entry.role in _AT_WINDOW:
        approval.handler = entry.actor
    if entry.move in ("accept", "deem_accepted"):
        facts = orjson.loads(entry.facts)
        approval.limits = Limits(facts["promised_limit"], facts["legal_limit"], facts["legal_unit"])
    if entry.move in ("grant", "refuse"):
        approval.decided.append(Decided(entry.seq, entry.at, approval.limits_now))
    if entry.move == "grant":
        approval.granted_at = entry.at


def _of_escalation(replay: ProjectReplay, entry: EntryRow) -> None:
    escalated, facts = replay.approvals[entry.approval_id].escalated, orjson.loads(entry.facts)
    if entry.move in ("raise", "raise_jointly"):
        escalated[entry.subject_id] = Escalated(entry.round, facts["level"], day_of(entry.at))
    escalation = escalated[entry.subject_id]
    escalation.state = entry.to_state
    if entry.move in ("answer", "instruct"):
        escalation.answered_on = day_of(entry.at)
        escalation.reason, escalation.commitment_on = facts["reason"], date.fromisoformat(facts["commitment_on"])


def _of_correction(replay: ProjectReplay, entry: EntryRow) -> None:
    if entry.move == CORRECT:
        step = as_step(entry.move, day_of(entry.at), entry.facts, seq=entry.seq)
        replay.approvals[entry.approval_id].steps.append(step)


_APPLY: dict[str, Callable[[ProjectReplay, EntryRow], None]] = {
    "project": _of_project,
    "approval": _of_approval,
    "escalation": _of_escalation,
    "correction": _of_correction,
}


def _judged(approval: ApprovalReplay, calendar_at: CalendarAt) -> list[Decision]:
    """Each decision by the steps up to itself, on the days that are taken to be right at the close."""
    if not approval.decided:
        return []
    steps = known_steps(approval.steps)
    return [
        _decision(approval, decision, [step for step in steps if step.seq <= decision.seq], calendar_at(decision.at))
        for decision in approval.decided
    ]


def _decision(approval: ApprovalReplay, decided: Decided, steps: list[Step], calendar: Calendar) -> Decision:
    """By the steps up to the decision itself: an approval may be applied for again on the same day."""
    on = steps[-1].on
    reading = read(steps, decided.limits, calendar, on, days=False)
    promised, legal = reading.promised, reading.legal
    if promised is None or legal is None or reading.accepted_on is None:
        raise ValueError(f"approval {approval.plan.id} was decided before it was accepted")
    limit = legal_working_days(decided.limits, reading.accepted_on, calendar)
    return Decision(decided.at, on, reading.used, limit, on <= promised.due_on, on <= legal.due_on)


def legal_working_days(limits: Limits, accepted_on: date, calendar: Calendar) -> int:
    """The legal limit of the catalogue in working days: calendar days are those between acceptance and their end."""
    if limits.legal_unit != CALENDAR_DAYS:
        return limits.legal
    end = calendar.roll(accepted_on.toordinal() + limits.legal)  # rule 6: it ends on a working day
    return calendar.working_days_between(accepted_on, date.fromordinal(end))
