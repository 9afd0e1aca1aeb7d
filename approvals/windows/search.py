"""What somebody types to find an approval in a list."""

import re

from sqlalchemy import ColumnElement, and_, or_

from approvals.filing.queries import TABLE
from approvals.registration.queries import APPROVALS
from workflows.config.catalogue import load_catalogue

_YEAR_AND_SERIAL = re.compile(r"(20\d\d)\D{1,3}0{0,4}(\d{1,5})\D?$")  # 攀挂〔2026〕17号, 510400-2026-00017, 2026-17


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
