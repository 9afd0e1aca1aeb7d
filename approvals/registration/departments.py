"""The departments that lists may be narrowed to: today's, those that approvals still name, and all by names of then."""

from datetime import date

from sqlalchemy import Connection, exists, select

from approvals.accounts.queries import RENAMING, UNIT, UnitName
from approvals.accounts.units import unit_ids
from approvals.catalogue.queries import catalogue_in_force, known_catalogues
from approvals.registration.queries import APPROVALS

KIND = "department"
_HAS_APPROVALS = exists().where(APPROVALS.c.department_id == UNIT.c.id)


def departments_on_file(tx: Connection, on: date) -> tuple[UnitName, ...]:
    """The departments of the catalogue in force, in its order, then those that have approvals from earlier editions."""
    columns = UNIT.c.id, UNIT.c.name, UNIT.c.name_en, UNIT.c.successor_id, _HAS_APPROVALS.label("has_approvals")
    rows = tx.execute(select(*columns).where(UNIT.c.kind == KIND).order_by(UNIT.c.id)).all()
    units = {row.id: UnitName(row.name, row.name_en) for row in rows}
    known, todays = {row.name: row.successor_id or row.id for row in rows}, catalogue_in_force(tx, on).departments
    if not known.keys() >= set(todays):
        known = unit_ids(tx)  # names of before
    current = {known.get(name, name): UnitName(name, "") for name in todays}
    current = {key: units.get(key, name) if isinstance(key, int) else name for key, name in current.items()}
    return (*current.values(), *(units[row.id] for row in rows if row.has_approvals and row.id not in current))


def department_names(tx: Connection) -> frozenset[str]:
    """Every name that a department has or had."""
    named = select(UNIT.c.name).where(UNIT.c.kind == KIND)
    former = select(RENAMING.c.name).join(UNIT, UNIT.c.id == RENAMING.c.unit_id).where(UNIT.c.kind == KIND)
    return frozenset(tx.execute(named.union(former)).scalars())


def in_catalogue_order(tx: Connection, units: dict[int, UnitName], on: date) -> dict[int, UnitName]:
    """These units, by id, in the order of the catalogue in force; others follow by id."""
    known = unit_ids(tx)
    order = {known.get(name): number for number, name in enumerate(catalogue_in_force(tx, on).departments)}
    return dict(sorted(units.items(), key=lambda unit: (order.get(unit[0], len(order)), unit[0])))


def department_called(tx: Connection, text: str, on: date) -> str | None:
    """The department that this names: by a name that it has or had, or by the code of its first item in any edition,
    today's first."""
    names = department_names(tx)
    if text in names:
        return text
    catalogues = [catalogue_in_force(tx, on), *reversed(known_catalogues(tx).values())]
    codes = [(catalogue.first_code(name).lower(), name) for catalogue in catalogues for name in catalogue.departments]
    return next((name for code, name in codes if code == text.lower() and name in names), None)
