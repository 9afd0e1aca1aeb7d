"""The light of approvals in SQL, from the stored days: the one source of every list and count, as `light_of` is."""

from datetime import date

from sqlalchemy import ColumnElement, Table, and_, case, literal_column, or_

from approvals.base.tables import table_of
from approvals.registration.tables import Approval
from workflows.clock.lights import LIGHTS

APPROVALS: Table = table_of(Approval)
WITH_A_LIGHT = ("accepted", "paused")  # states in which the light can still change
_NAMES: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in WITH_A_LIGHT]  # as its index says it
_STARTS = (APPROVALS.c.reminder_from, APPROVALS.c.yellow_from, APPROVALS.c.red_from)  # of each light after green


def is_open() -> ColumnElement[bool]:
    """Whether an approval has a light that can still change; after the decision it keeps the last one for ever."""
    return APPROVALS.c.state.in_(_NAMES)


def has_light(light: str, today: date) -> ColumnElement[bool]:
    """Whether the light on `today` is this one."""
    number = LIGHTS.index(light)
    reached = _STARTS[number - 1] <= today if number else APPROVALS.c.accepted_on.is_not(None)
    later = [or_(start.is_(None), start > today) for start in _STARTS[number:]]
    return and_(reached, *later)


def light_on(today: date) -> ColumnElement[str]:
    """The light's name on `today`, of an approval that was accepted."""
    names = [(start <= today, name) for start, name in zip(_STARTS, LIGHTS[1:], strict=True)]
    return case(*reversed(names), else_=LIGHTS[0])


def rank_on(today: date) -> ColumnElement[int]:
    """How bad the light is on `today`: 0 for green up to 3 for red; nothing for what is not open."""
    ranks = [(and_(is_open(), start <= today), rank) for rank, start in enumerate(_STARTS, 1)]
    return case(*reversed(ranks), (is_open(), 0))


def is_late(today: date) -> ColumnElement[bool]:
    """Whether an approval whose clock runs or is paused is yellow or red; red never begins before yellow does."""
    return and_(is_open(), APPROVALS.c.yellow_from <= today)
