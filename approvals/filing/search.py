"""Search among projects: by name, number, reference and owner, however they are written."""

import re

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from approvals.accounts.queries import UNIT
from approvals.base.text_folding import contains, fold
from approvals.filing.queries import TABLE

# 510400-2026-00017, 攀挂〔2026〕17号, (2026)17, 2026-17, all folded.
_YEAR_AND_SERIAL = re.compile(r"(?:^|\D)(20\d\d)\D{1,3}0{0,4}(\d{1,5})\D?$")
_SERIAL = re.compile(r"第?0{0,4}(\d{1,5})号")  # 17号


def project_matches(search: str) -> ColumnElement[bool]:
    """Whether a project's name or reference contains the text, or the text is its number (WHERE clause)."""
    key = fold(search)
    columns = (TABLE.c.name_key, TABLE.c.reference_key, TABLE.c.number)
    clauses = [column.contains(key, autoescape=True) for column in columns]
    if match := _YEAR_AND_SERIAL.search(key):
        clauses.append(and_(TABLE.c.year == int(match[1]), TABLE.c.serial == int(match[2])))
    elif match := _SERIAL.fullmatch(key):
        clauses.append(TABLE.c.serial == int(match[1]))
    return or_(TABLE.c.uid == key, *clauses)


def owner_matches(tx: Connection, search: str) -> ColumnElement[bool]:
    """Whether the name of a project's owner contains the text (WHERE clause)."""
    units = tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return TABLE.c.owner_unit_id.in_([unit.id for unit in units if contains(search, unit.name, unit.name_en)])
