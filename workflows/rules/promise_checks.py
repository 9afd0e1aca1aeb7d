"""告知承诺: grants on the owner's written promise, the later check of it, and what the system says of that check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.rules.due_statements import DueStatement, RecordedStep, as_day, next_day

REMINDED_BEFORE = timedelta(days=7)  # calendar days ahead of the day
KEPT, BROKEN = "kept", "broken"  # results of a check
REMIND, MISS = "remind_check", "miss_check"
MOVES = ("give_promise", "grant", "record_check", REMIND, MISS, "reapply")


@dataclass(frozen=True, slots=True)
class PromiseStatus:
    """A promise of the current round: `check_on` is the day of the check that is due, None when none is.

    `result` is that of the last check. A broken promise is put right until a day, on which it is checked again.
    """

    promise: str
    set_on: date | None = None
    check_on: date | None = None
    result: str = ""
    findings: str = ""
    reminded: bool = False
    missed: bool = False

    def is_late(self, today: date) -> bool:
        return self.check_on is not None and today > self.check_on


def promise_status(steps: Iterable[RecordedStep]) -> PromiseStatus | None:
    """What became of the promise after these steps, in the order of the record; None where none was given."""
    status: PromiseStatus | None = None
    for step in steps:
        if step.move == "reapply":
            status = None
        elif step.move == "give_promise":
            status = PromiseStatus(step.facts["promise"])
        elif status:
            status = _after(status, step)
    return status


def _after(status: PromiseStatus, step: RecordedStep) -> PromiseStatus:
    if step.move == "grant":
        return _due(status, step, step.facts.get("check_on"))
    if step.move == "record_check":
        status = replace(status, result=step.facts["result"], findings=step.facts["findings"])
        return _due(status, step, step.facts.get("correct_by"))
    return replace(status, reminded=status.reminded or step.move == REMIND, missed=status.missed or step.move == MISS)


def _due(status: PromiseStatus, step: RecordedStep, check_on: date | str | None) -> PromiseStatus:
    on = as_day(check_on) if check_on else None
    return replace(status, set_on=step.on, check_on=on, reminded=False, missed=False)


def due_statements(steps: Sequence[RecordedStep]) -> tuple[DueStatement, ...]:
    """What the system has still to say if nothing more happens: a reminder, and that the day was missed."""
    status = promise_status(steps)
    if status is None or status.check_on is None or status.set_on is None:
        return ()
    statements = []
    reminded_on = status.check_on - REMINDED_BEFORE
    if not status.reminded and status.set_on < reminded_on:
        statements.append(DueStatement(REMIND, reminded_on))
    if not status.missed:
        statements.append(DueStatement(MISS, status.check_on + timedelta(days=1)))
    return tuple(statements)


def promise_columns(steps: Sequence[RecordedStep]) -> dict[str, date | None]:
    """The columns of an approval's row that follow from these steps: the days of the check and the next statement."""
    status = promise_status(steps)
    return {
        "check_on": status.check_on if status else None,
        "check_alarm_on": next_day(due_statements(steps)),
    }
