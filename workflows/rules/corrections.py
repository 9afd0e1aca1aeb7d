"""Corrections of days: which steps of an approval can be corrected, and to which days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.charts.approval import SUSPENSION
from workflows.clock.timeline import CORRECT, Step, known_steps

# What people date; what the system does has its day from the law or from another move.
CORRECTABLE = (
    "submit", "resubmit", "notify_once", "notify_again", "accept", "reject_intake", "start_special", "end_special",
    "grant", "refuse", "deliver",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CorrectableStep:
    """A step whose day may be corrected to one from `first_on` to `last_on`, so that the order of moves stays."""

    step: Step
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Epoch:
    """From one correction to the next: the steps by then, each on the day that was taken to be right.

    `by` is the correction that began it, None for the time before the first one.
    """

    by: Step | None
    steps: list[Step]
    until: date


def correctable(steps: Iterable[Step], today: date) -> list[CorrectableStep]:
    """What can be corrected, each between its neighbours and not in the future, in the order of the history."""
    past = known_steps(steps)
    corrections, is_suspension = [], False
    for number, step in enumerate(past):
        if step.move == "start_special":
            is_suspension = step.procedure == SUSPENSION
        is_systems = is_suspension and step.move in ("start_special", "end_special")
        if step.move in CORRECTABLE and not is_systems:
            first_on = past[number - 1].on if number else step.on
            last_on = past[number + 1].on if number + 1 < len(past) else today
            corrections.append(CorrectableStep(step, first_on, min(last_on, today)))
    return corrections


def epochs(steps: Sequence[Step], until: date) -> list[Epoch]:
    """What was known of an approval, up to the close of `until`: one epoch more than there are corrections."""
    past = [step for step in steps if step.on <= until]
    cuts = [number for number, step in enumerate(past) if step.move == CORRECT]
    ends = [*cuts, len(past)]
    return [
        Epoch(
            past[start] if start is not None else None, known_steps(past[:end]), past[end].on if end in cuts else until
        )
        for start, end in zip([None, *cuts], ends, strict=True)
    ]
