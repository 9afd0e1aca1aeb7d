"""Escalation rules of a late approval over the four levels: which are due, each on its proper day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.clock.approval_clock import deadlines
from workflows.clock.calendar import Calendar
from workflows.clock.timeline import CORRECT, Limits, Step
from workflows.config.policy import Policy

TOP = 4


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    """The escalation at one level. `lift_on` is the day on which it lifts, or lifted, None for never."""

    level: int
    state: str
    light: str
    raised_on: date
    answer_due_on: date
    lift_on: date | None


@dataclass(frozen=True, slots=True)
class EscalationRun:
    """One thing due: `move` is raise or lift; `rung` is the level afterwards."""

    move: str
    on: date
    rung: EscalationLevel


@dataclass(frozen=True, slots=True)
class EscalationSpan:
    """From one step of an approval to the next: the first day of each light, as known in between.

    `by` is the step, when it is a correction.
    """

    round: int
    reached: Mapping[str, date | None]
    since: date
    until: date
    by: Step | None = None

    def has_ground(self, rung: EscalationLevel) -> bool:
        """Whether the light of this escalation was reached when the span began; one raised while green needs none."""
        reached_on = self.reached.get(rung.light, self.since)
        return reached_on is not None and reached_on <= self.since


def escalation_spans(
    steps: Sequence[Step], limits: Limits, policy: Policy, calendar: Calendar, until: date
) -> list[EscalationSpan]:
    """While the decision clock ran or stood still, what a sweep of every day saw; a missed one makes up for it."""
    periods = []
    for number, step in enumerate(steps):
        if step.on > until:
            break
        dates = deadlines(steps[: number + 1], limits, calendar, reminder_at=policy.reminder_at)
        if dates.state in ("accepted", "paused"):
            ends = steps[number + 1].on if number + 1 < len(steps) else until
            reached = {"reminder": dates.reminder_from, "yellow": dates.yellow_from, "red": dates.red_from}
            by = step if step.move == CORRECT else None
            periods.append(EscalationSpan(dates.round, reached, step.on, min(ends, until), by))
    return periods


def escalation_runs(
    reached: Mapping[str, date | None],
    rungs: Mapping[int, EscalationLevel],
    policy: Policy,
    calendar: Calendar,
    *,
    answer_days: int,
    until: date,
    since: date = date.min,
) -> list[EscalationRun]:
    """What is due by the close of `until`, in order: `reached` maps each light to its first day, None for never.

    A level is raised by its light or by the lifting of the one below; never twice, never before the one below, and
    not before `since`, when the light could first be seen.
    """
    rungs_by_level, runs = dict(rungs), []
    while due := [c for c in _next(reached, rungs_by_level, policy, calendar, answer_days, since) if c.on <= until]:
        climb = min(due, key=lambda c: (c.on, c.rung.level, c.move))
        rungs_by_level[climb.rung.level] = climb.rung
        runs.append(climb)
    return runs


def _next(
    reached: Mapping[str, date | None],
    rungs: Mapping[int, EscalationLevel],
    policy: Policy,
    calendar: Calendar,
    answer_days: int,
    since: date,
) -> list[EscalationRun]:
    due = []
    for rung in rungs.values():
        if rung.state in ("raised", "answered") and rung.lift_on and rung.level < TOP:
            due.append(EscalationRun("lift", rung.lift_on, replace(rung, state="lifted")))
    level = len(rungs) + 1
    if level <= TOP:
        light, on = _raised(level, reached, rungs, policy)
        if on is not None:
            due.append(raise_run(level, light, max(on, since), calendar, answer_days))
    return due


def raise_run(level: int, light: str, on: date, calendar: Calendar, answer_days: int) -> EscalationRun:
    """The escalation that is raised on this day, to be answered within so many working days."""
    answer_due_on = calendar.nth_working_day_after(on, answer_days)
    lift_on = answer_due_on + timedelta(days=1) if level < TOP else None
    return EscalationRun("raise", on, EscalationLevel(level, "raised", light, on, answer_due_on, lift_on))


def _raised(
    level: int, reached: Mapping[str, date | None], rungs: Mapping[int, EscalationLevel], policy: Policy
) -> tuple[str, date | None]:
    """The light and the day by which this level is raised: its own light, a higher level's, or a lift from below."""
    lights = [light for above, light in sorted(policy.raised_by.items()) if above >= level and light]
    days = [(on, light) for light in lights if (on := reached.get(light))]
    below = rungs.get(level - 1)
    if below and below.state == "lifted" and below.lift_on:
        days.append((below.lift_on, below.light))
    if not days:
        return "", None
    on, light = min(days, key=lambda day: day[0])
    return light, max(on, below.raised_on) if below else on
