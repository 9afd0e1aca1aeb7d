"""Fold the history of one approval into where it stands: state, days of the events, and when its clock stood still."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from workflows.charts.approval import APPROVAL, SUSPENSION
from workflows.charts.clock_effects import ClockEffect
from workflows.charts.project import PROJECT

CORRECT = "confirm_correction"  # the move with the effect CORRECT_DAY, which `known` executes

WORKING_DAYS, CALENDAR_DAYS = "working_days", "calendar_days"


@dataclass(frozen=True, slots=True)
class Step:
    """One history entry as the clock sees it; steps come in the order of the history."""

    move: str
    on: date
    days: int = 0  # of an extension; of a special procedure those that were expected
    procedure: str = ""  # of a special procedure
    at: datetime | None = None
    seq: int = 0  # its number in the project's record
    corrects: int = 0  # of a correction: the entry that has a wrong day; of a step whose day was corrected: itself
    right_on: date | None = None  # of a correction: the day that is right


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one approval as its catalogue edition gives them, without extensions."""

    promised: int  # working days
    legal: int
    legal_unit: str = WORKING_DAYS
    notice: int = 5  # working days, art. 32
    delivery: int = 10  # working days, art. 44


class Pause(NamedTuple):
    """The clock stands still from the close of `from_on` to the close of the day before `until_on`, or still does."""

    procedure: str
    from_on: date
    until_on: date | None = None


class Timeline(NamedTuple):
    """Where an approval stands. All but `state` and `round` are of the current round."""

    state: str
    round: int
    last_on: date | None  # the last step
    received_on: date | None
    accepted_on: date | None
    deemed: bool
    stopped_on: date | None  # decided, withdrawn or not accepted
    decided_on: date | None
    delivered_on: date | None
    extended: int  # days
    pauses: tuple[Pause, ...]  # of the clock that runs or ran last: notice or decision
    after: tuple[Pause, ...]  # of the delivery clock
    notice_from: date | None  # while the notice clock runs

    @property
    def is_still(self) -> bool:
        """Whether the running clock stands still."""
        pauses = self.after if self.decided_on else self.pauses
        return any(pause.until_on is None for pause in pauses)


_OF_PROJECT = tuple(move for move in PROJECT.moves if move.clock)  # which act on the clocks of all its approvals
_MOVES = (*APPROVAL.moves, *_OF_PROJECT)
# What each of them makes of the approval's state; None leaves it.
STATE_AFTER = {move.name: move.target for move in APPROVAL.moves} | {move.name: None for move in _OF_PROJECT}


def moves_with(*effects: ClockEffect) -> tuple[str, ...]:
    """The moves with at least one of these effects, in the order of the charts."""
    return tuple(move.name for move in _MOVES if not set(effects).isdisjoint(move.clock))


class UnknownMove(ValueError):
    """A step whose move the clock has no rule for."""


def known(steps: Iterable[Step], on: date | None = None) -> list[Step]:
    """The steps up to the close of `on`, each on the day that was taken to be right then, without the corrections."""
    past = []
    for step in steps:
        if on is not None and step.on > on:
            break
        past.append(step)
    right = {step.corrects: step.right_on for step in past if step.right_on}
    if not right:
        return past
    return [_on_right_day(step, right.get(step.seq)) for step in past if not step.right_on]


def _on_right_day(step: Step, right_on: date | None) -> Step:
    return step if right_on is None else replace(step, on=right_on, at=None, corrects=step.seq)


def fold(steps: Iterable[Step], on: date | None = None) -> Timeline:
    """Where the steps lead by the close of `on`; with no `on`, where all of them lead. Raises UnknownMove."""
    story = _Story()
    for step in known(steps, on):
        if step.move not in STATE_AFTER:
            raise UnknownMove(step.move)
        story.last_on = step.on
        for execute in _EFFECTS[step.move]:
            execute(story, step)
        story.state = STATE_AFTER[step.move] or story.state
    return story.told()


class _Story:
    """What the fold knows so far."""

    __slots__ = (
        "accepted_on", "after", "decided_on", "deemed", "delivered_on", "extended", "last_on", "notice_from",
        "pauses", "received_on", "round", "special", "state", "stopped_on", "suspended_on",
    )  # fmt: skip
    accepted_on: date | None
    decided_on: date | None
    delivered_on: date | None
    last_on: date | None
    notice_from: date | None
    received_on: date | None
    special: Pause | None
    stopped_on: date | None
    suspended_on: date | None

    def __init__(self) -> None:
        self.state, self.round, self.last_on, self.suspended_on = "waiting", 1, None, None
        self.new_round()

    def new_round(self) -> None:
        self.received_on = self.accepted_on = self.stopped_on = self.decided_on = self.delivered_on = None
        self.special = self.notice_from = None
        self.deemed, self.extended = False, 0
        self.pauses: list[Pause] = []
        self.after: list[Pause] = []

    def still(self) -> list[Pause]:
        """The pauses that have not ended."""
        suspension = Pause(SUSPENSION, self.suspended_on) if self.suspended_on else None
        return [pause for pause in (suspension, self.special) if pause]

    def told(self) -> Timeline:
        pauses = self.pauses if self.stopped_on else self.pauses + self.still()
        after = self.after + self.still() if self.stopped_on else self.after
        return Timeline(
            self.state, self.round, self.last_on, self.received_on, self.accepted_on, self.deemed, self.stopped_on,
            self.decided_on, self.delivered_on, self.extended, tuple(pauses), tuple(after),
            self.notice_from,
        )  # fmt: skip


def _start_notice(story: _Story, step: Step) -> None:
    story.received_on = story.notice_from = step.on
    story.pauses = []


def _stop_notice(story: _Story, _step: Step) -> None:
    story.notice_from = None


def _start_decision(story: _Story, step: Step) -> None:
    story.accepted_on = step.on
    story.pauses = []


def _start_decision_at_receipt(story: _Story, _step: Step) -> None:
    # Art. 32: accepted from the day of receipt, so what stood still since then stays still.
    story.accepted_on, story.deemed, story.notice_from = story.received_on, True, None


def _start_special(story: _Story, step: Step) -> None:
    story.special = story.special or Pause(step.procedure, step.on)


def _end_special(story: _Story, step: Step) -> None:
    if story.special:
        story.pauses.append(story.special._replace(until_on=step.on))
        story.special = None


def _suspend(story: _Story, step: Step) -> None:
    story.suspended_on = story.suspended_on or step.on


def _resume(story: _Story, step: Step) -> None:
    if story.suspended_on:
        ended = story.after if story.stopped_on else story.pauses
        ended.append(Pause(SUSPENSION, story.suspended_on, step.on))
        story.suspended_on = None


def _extend(story: _Story, step: Step) -> None:
    story.extended += step.days


def _stop(story: _Story, step: Step) -> None:
    story.pauses += story.still()
    story.stopped_on, story.special, story.notice_from = step.on, None, None


def _start_delivery(story: _Story, step: Step) -> None:
    story.decided_on = step.on


def _stop_delivery(story: _Story, step: Step) -> None:
    story.delivered_on = step.on


def _new_round(story: _Story, _step: Step) -> None:
    story.round += 1
    story.new_round()


def _recalculate(_story: _Story, _step: Step) -> None:
    """Nothing: every reading counts by the calendar in force; the entry says which dates that moved."""


_EXECUTE: dict[ClockEffect, Callable[[_Story, Step], None]] = {
    ClockEffect.START_NOTICE: _start_notice,
    ClockEffect.STOP_NOTICE: _stop_notice,
    ClockEffect.START_DECISION: _start_decision,
    ClockEffect.START_DECISION_AT_RECEIPT: _start_decision_at_receipt,
    ClockEffect.START_SPECIAL: _start_special,
    ClockEffect.END_SPECIAL: _end_special,
    ClockEffect.SUSPEND: _suspend,
    ClockEffect.RESUME: _resume,
    ClockEffect.EXTEND: _extend,
    ClockEffect.STOP: _stop,
    ClockEffect.START_DELIVERY: _start_delivery,
    ClockEffect.STOP_DELIVERY: _stop_delivery,
    ClockEffect.NEW_ROUND: _new_round,
    ClockEffect.RECALCULATE: _recalculate,
}
_EFFECTS = {move.name: tuple(_EXECUTE[effect] for effect in move.clock) for move in _MOVES}
