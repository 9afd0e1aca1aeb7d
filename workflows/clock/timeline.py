"""Folds the history of one approval into its status: state, days of the events, and when its clock stood still."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from workflows.charts.approval import APPROVAL, SUSPENSION
from workflows.charts.model import ClockEffect
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
    """The status of an approval. All but `state` and `round` are of the current round."""

    state: str
    round: int
    last_on: date | None  # the last step that acts on the clocks
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


NEW_ROUNDS = moves_with(ClockEffect.NEW_ROUND)


class UnknownMove(ValueError):
    """A step whose move the clock has no rule for."""


def known_steps(steps: Iterable[Step], on: date | None = None) -> list[Step]:
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
    """The status after the steps up to the close of `on`, or after all of them. Raises UnknownMove."""
    replay = _Replay()
    for step in known_steps(steps, on):
        if step.move not in STATE_AFTER:
            raise UnknownMove(step.move)
        if _EFFECTS[step.move]:  # an aside, as who handles it, moves no date of a clock that stands still
            replay.last_on = step.on
        for execute in _EFFECTS[step.move]:
            execute(replay, step)
        replay.state = STATE_AFTER[step.move] or replay.state
    return replay.timeline()


def rounds(steps: Sequence[Step], on: date) -> list[Timeline]:
    """The status of each round when it ended, or at the close of `on`; the steps go up to then."""
    cuts = [number for number, step in enumerate(steps) if step.move in NEW_ROUNDS]
    return [fold(steps[:cut], on) for cut in [*cuts, len(steps)]]


class _Replay:
    """The state of the fold; each effect of a move is executed by the method of its name."""

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
        self._begin_round()

    def _begin_round(self) -> None:
        self.received_on = self.accepted_on = self.stopped_on = self.decided_on = self.delivered_on = None
        self.special = self.notice_from = None
        self.deemed, self.extended = False, 0
        self.pauses: list[Pause] = []
        self.after: list[Pause] = []

    def _still(self) -> list[Pause]:
        """The pauses that have not ended."""
        suspension = Pause(SUSPENSION, self.suspended_on) if self.suspended_on else None
        return [pause for pause in (suspension, self.special) if pause]

    def timeline(self) -> Timeline:
        pauses = self.pauses if self.stopped_on else self.pauses + self._still()
        after = self.after + self._still() if self.stopped_on else self.after
        return Timeline(
            self.state, self.round, self.last_on, self.received_on, self.accepted_on, self.deemed, self.stopped_on,
            self.decided_on, self.delivered_on, self.extended, tuple(pauses), tuple(after),
            self.notice_from,
        )  # fmt: skip

    def start_notice(self, step: Step) -> None:
        self.received_on = self.notice_from = step.on
        self.pauses = []

    def stop_notice(self, _step: Step) -> None:
        self.notice_from = None

    def start_decision(self, step: Step) -> None:
        self.accepted_on = step.on
        self.pauses = []

    def start_decision_at_receipt(self, _step: Step) -> None:
        # Art. 32: accepted from the day of receipt, so what stood still since then stays still.
        self.accepted_on, self.deemed, self.notice_from = self.received_on, True, None

    def start_special(self, step: Step) -> None:
        self.special = self.special or Pause(step.procedure, step.on)

    def end_special(self, step: Step) -> None:
        if self.special:
            self.pauses.append(self.special._replace(until_on=step.on))
            self.special = None

    def suspend(self, step: Step) -> None:
        self.suspended_on = self.suspended_on or step.on

    def resume(self, step: Step) -> None:
        if self.suspended_on:
            ended = self.after if self.stopped_on else self.pauses
            ended.append(Pause(SUSPENSION, self.suspended_on, step.on))
            self.suspended_on = None

    def extend(self, step: Step) -> None:
        self.extended += step.days

    def stop(self, step: Step) -> None:
        if self.stopped_on:
            return  # what was decided and is struck later keeps the day of its decision
        self.pauses += self._still()
        self.stopped_on, self.special, self.notice_from = step.on, None, None

    def start_delivery(self, step: Step) -> None:
        self.decided_on = step.on

    def stop_delivery(self, step: Step) -> None:
        self.delivered_on = step.on

    def new_round(self, _step: Step) -> None:
        self.round += 1
        self._begin_round()

    def recalculate(self, _step: Step) -> None:
        """Nothing: every reading counts by the calendar in force; the entry says which dates that moved."""


_Effect = Callable[[_Replay, Step], None]
_EFFECTS: dict[str, tuple[_Effect, ...]] = {
    move.name: tuple(getattr(_Replay, effect.name.lower()) for effect in move.clock) for move in _MOVES
}
