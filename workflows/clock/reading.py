"""A clock reading: the values of one approval's clock on a day, with their JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple


class Countdown(NamedTuple):
    """A limit in working days, the day on which it is due, and what is left of it."""

    limit: int
    due_on: date
    left: int

    def to_json(self) -> dict[str, Any]:
        return self._asdict() | {"due_on": self.due_on.isoformat()}


class LegalCountdown(NamedTuple):
    """The legal limit, counted in its own unit."""

    limit: int
    unit: str
    used: int
    due_on: date
    left: int

    def to_json(self) -> dict[str, Any]:
        return self._asdict() | {"due_on": self.due_on.isoformat()}


class ReadingDay(NamedTuple):
    """One day after the acceptance; `why` it does not count is `weekend`, `holiday` or `paused`."""

    on: date
    why: str = ""

    @property
    def counts(self) -> bool:
        return not self.why

    def to_json(self) -> dict[str, Any]:
        reason = {"why": self.why} if self.why else {}
        return {"on": self.on.isoformat(), "counts": self.counts} | reason


# The clock by which a state is due; the legal limit is told beside the promised one.
CLOCK_OF_STATE: Mapping[str, str] = {
    "received": "notice",
    "accepted": "promised",
    "paused": "promised",
    "granted": "delivery",
    "refused": "delivery",
}
_INNER = ("days", "is_still")  # fields that are no plain values of the JSON


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at the close of `on`; the fields are a contract (DESIGN, a clock reading)."""

    on: date
    state: str
    round: int
    received_on: date | None
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    delivered_on: date | None
    used: int = 0
    paused: int = 0
    light: str | None = None
    notice: Countdown | None = None
    promised: Countdown | None = None
    legal: LegalCountdown | None = None
    delivery: Countdown | None = None
    provisional: bool = False
    calendar: str = ""
    days: tuple[ReadingDay, ...] | None = ()  # None: not read
    is_still: bool = False  # the clock of this state stands still: its due dates hold if it resumes on `on`

    @property
    def due(self) -> Countdown | None:
        """The due date of the approval, the only one that is told outside; None in states without a clock."""
        name = CLOCK_OF_STATE.get(self.state)
        countdown: Countdown | None = getattr(self, name) if name else None
        return countdown

    @property
    def due_on(self) -> date | None:
        return self.due.due_on if self.due else None

    def to_json(self) -> dict[str, Any]:
        """The reading as plain JSON values, without `days` if they were not read."""
        values = {field.name: plain(getattr(self, field.name)) for field in fields(self) if field.name not in _INNER}
        return values if self.days is None else values | {"days": [day.to_json() for day in self.days]}


def plain(value: Any) -> Any:
    """A value of a reading as plain JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return value.to_json() if isinstance(value, Countdown | LegalCountdown) else value
