"""Simulates a policy on one approval: its escalations, from the steps and the recorded answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.clock.calendar import Calendar
from workflows.clock.timeline import Limits, Step
from workflows.config.policy import Policy
from workflows.rules.escalation_rules import (
    TOP,
    EscalationLevel,
    EscalationRun,
    EscalationSpan,
    escalation_runs,
    escalation_spans,
    raise_run,
)

ANSWERED, BY_HAND = "answer", "raise_jointly"


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """A recorded answer to an escalation with its commitment, or a level raised by hand."""

    move: str
    round: int
    level: int
    on: date
    commitment_on: date | None = None
    light: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """One escalation that the policy would have raised or lifted."""

    round: int
    climb: EscalationRun


def tried(
    steps: Sequence[Step],
    limits: Limits,
    policy: Policy,
    calendar: Calendar,
    answers: Sequence[RecordedAnswer],
    *,
    answer_days: int,
    until: date,
) -> list[SimulatedRun]:
    """What this policy would have raised and lifted by the close of `until`, in order, as a sweep of every day.

    Recorded answers count: an answer where its level waits for one, an escalation by hand as the next level.
    """
    ladders: dict[int, dict[int, EscalationLevel]] = {}
    pending = sorted((answer for answer in answers if answer.on <= until), key=lambda answer: answer.on)
    escalations = []
    for span in escalation_spans(steps, limits, policy, calendar, until):
        rungs = ladders.setdefault(span.round, {})
        of_span = [answer for answer in pending if answer.round == span.round and answer.on <= span.until]
        pending = [answer for answer in pending if answer not in of_span]
        for climb in _within(span, rungs, of_span, policy, calendar, answer_days):
            escalations.append(SimulatedRun(span.round, climb))
    return escalations


def _within(
    span: EscalationSpan,
    rungs: dict[int, EscalationLevel],
    answers: Sequence[RecordedAnswer],
    policy: Policy,
    calendar: Calendar,
    answer_days: int,
) -> Iterator[EscalationRun]:
    """The climbs of one span, up to each answer and then to the end; `rungs` is kept up to date."""
    for answer in (*answers, None):
        until = span.until if answer is None else answer.on
        due = escalation_runs(
            span.reached, rungs, policy, calendar, answer_days=answer_days, until=until, since=span.since
        )
        for climb in due:
            rungs[climb.rung.level] = climb.rung
            yield climb
        if answer is not None and answer.move != BY_HAND:
            _answer(answer, rungs)
        elif answer is not None and len(rungs) < TOP:
            climb = raise_run(len(rungs) + 1, answer.light, answer.on, calendar, answer_days)
            rungs[climb.rung.level] = climb.rung
            yield climb


def _answer(answer: RecordedAnswer, rungs: dict[int, EscalationLevel]) -> None:
    rung = rungs.get(answer.level)
    if rung and rung.state == "raised" and answer.commitment_on:
        lift_on = answer.commitment_on + timedelta(days=1) if answer.level < TOP else None
        rungs[answer.level] = replace(rung, state="answered", lift_on=lift_on)
