"""What the system says of a day that an approval was given, and the entries from which it follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One entry of an approval's record that has to do with such a day."""

    move: str
    on: date
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DueStatement:
    """A move of the system that is due on a day."""

    move: str
    on: date


def next_day(statements: Iterable[DueStatement]) -> date | None:
    """The day on which the system speaks next; None when it has nothing to say."""
    return min((statement.on for statement in statements), default=None)


def as_day(value: date | str) -> date:
    """A day as a move takes it, or as the record holds it."""
    return date.fromisoformat(value) if isinstance(value, str) else value
