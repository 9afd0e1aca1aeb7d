"""What narrows a list of approvals: a light, and what somebody types to find one."""

import re
from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from approvals.filing.queries import TABLE
from approvals.registration.queries import APPROVALS
from workflows.catalogue import load_catalogue
from workflows.lights import LIGHTS

_YEAR_AND_SERIAL = re.compile(r"(20\d\d)\D{1,3}0{0,4}(\d{1,5})\D?$")  # 攀挂〔2026〕17号, 510400-2026-00017, 2026-17

_STARTS = (APPROVALS.c.reminder_from, APPROVALS.c.yellow_from, APPROVALS.c.red_from)  # of each light after green


def has_light(light: str, today: date) -> ColumnElement[bool]:
    """The light on `today`, as `light_of` tells it from the stored days."""
    number = LIGHTS.index(light)
    reached = _STARTS[number - 1] <= today if number else APPROVALS.c.accepted_on.is_not(None)
    later = [or_(start.is_(None), start > today) for start in _STARTS[number:]]
    return and_(reached, *later)


def matches(search: str) -> ColumnElement[bool]:
    """The WHERE clause for a part of the project's name or number, or of the item's name or code."""
    wanted = search.strip().lower()
    names = [TABLE.c[name].icontains(wanted, autoescape=True) for name in ("name", "number", "external_ref")]
    clauses: list[ColumnElement[bool]] = [*names, APPROVALS.c.code.in_(_codes(wanted))]
    if found := _YEAR_AND_SERIAL.search(wanted):
        clauses.append(and_(TABLE.c.year == int(found[1]), TABLE.c.serial == int(found[2])))
    return or_(*clauses)


def _codes(wanted: str) -> list[str]:
    items = load_catalogue().items.values()
    return [item.code for item in items if wanted in f"{item.code}\n{item.zh}\n{item.en}".lower()]
