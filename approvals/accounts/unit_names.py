"""The names of units in both languages, for pages that know them by their Chinese ones or by their ids."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from approvals.accounts.queries import UNIT, UnitName


def unit_names(tx: Connection, names: Iterable[str]) -> dict[str, UnitName]:
    """Each of these units with its English name, where it has one."""
    wanted = set(names)
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.name.in_(wanted)).order_by(UNIT.c.id))
    known = {row.name: UnitName(row.name, row.name_en) for row in rows}
    return {name: known.get(name, UnitName(name, "")) for name in wanted}


def units_by_id(tx: Connection, ids: Iterable[int]) -> dict[int, UnitName]:
    """The units with these ids."""
    wanted = UNIT.c.id.in_(list(ids))
    rows = tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).where(wanted).order_by(UNIT.c.id))
    return {row.id: UnitName(row.name, row.name_en) for row in rows}
