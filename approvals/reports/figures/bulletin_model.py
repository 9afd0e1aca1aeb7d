"""The part of a period's figures that bulletins ask by: objections, answers owed, and the rules of the time."""

from dataclasses import dataclass
from datetime import date

from workflows.label import Label


@dataclass(frozen=True, slots=True)
class Objection:
    """A card, or a day of the record, that somebody objects to at the close, or still may.

    `kind` is `card` or `correction`, `colour` the card's. `until` is the last day of an appeal, None for a correction;
    `is_raised` tells what is objected to already from what still may be.
    """

    kind: str
    ref: str
    project: str
    item: Label
    department: Label
    colour: str
    since: date
    until: date | None
    is_raised: bool


@dataclass(frozen=True, slots=True)
class OwedAnswer:
    """An escalation of an open approval that its own department let climb without an answer."""

    ref: str
    project: str
    item: Label
    department: Label
    raised_on: date


@dataclass(frozen=True, slots=True)
class RectificationRules:
    """Working days that a bulletin gives, and from how many beyond the promised limit on it asks."""

    days: int = 0
    late_from: int = 0
