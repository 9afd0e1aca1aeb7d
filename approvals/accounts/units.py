"""Units change: their names from a day on, and the unit into which one was merged. Names of then stay known."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.inputs import NewName
from approvals.accounts.queries import RENAMING, UNIT, UnitName
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, day_of


def rename(tx: Connection, unit_id: int, values: NewName, *, by: Actor, now: datetime) -> None:
    """The unit has another name from this day on; one in the future takes effect by itself on that day."""
    unit = standing_unit(tx, unit_id)
    known = tx.execute(_names_of(unit_id)).all()
    if values.name == (known[-1].name if known else unit.name):
        raise invalid("name", N_("is already its name"))
    check_name_is_free(tx, values.name, but=unit_id)
    if known and values.from_on <= known[-1].from_on:
        raise invalid("from_on", N_("must be after %(day)s, when it was renamed last"), day=known[-1].from_on)
    row = {"unit_id": unit_id, "recorded_at": now}
    if not known:
        first = {"name": unit.name, "name_en": unit.name_en, "from_on": FIRST_DAY}
        tx.execute(insert(RENAMING), row | first)
    tx.execute(insert(RENAMING), row | values.model_dump())
    apply_names(tx, day_of(now))
    detail = f"{unit.name} → {values.name} ({values.from_on})"
    note(tx, "unit_renamed", by=by.username, subject=values.name, detail=detail, now=now)


def standing_unit(tx: Connection, unit_id: int) -> Any:
    """The unit; NotFound without one, Refused when it was merged into another."""
    unit = tx.execute(select(UNIT).where(UNIT.c.id == unit_id)).one_or_none()
    if unit is None:
        raise NotFound
    if unit.successor_id is not None:
        raise Refused(N_("This unit was merged into another one."))
    return unit


def check_name_is_free(tx: Connection, name: str, *, but: int | None = None) -> None:
    """Invalid when another unit has this name, or had it once: old names lead to one unit for ever."""
    taken = unit_ids(tx, follow=False).get(name)
    if taken is not None and taken != but:
        raise invalid("name", N_("is already in use"))


def apply_names(tx: Connection, today: date) -> int:
    """Give every unit the name of today; how many changed."""
    changed = due_names(tx, today)
    for unit_id, name in changed.items():
        tx.execute(update(UNIT).where(UNIT.c.id == unit_id).values(name=name.name, name_en=name.name_en))
    return len(changed)


def due_names(tx: Connection, today: date) -> dict[int, UnitName]:
    """The names of today that are not in force yet."""
    stored = {row.id: UnitName(row.name, row.name_en) for row in tx.execute(select(UNIT).order_by(UNIT.c.id))}
    return {unit_id: name for unit_id, name in _renamed(tx, today).items() if stored[unit_id] != name}


def names_on(tx: Connection, day: date, *, known_at: datetime | None = None) -> dict[int, UnitName]:
    """The name of every unit on this day, by its id; `known_at` leaves out what was recorded later."""
    stored = {row.id: UnitName(row.name, row.name_en) for row in tx.execute(select(UNIT).order_by(UNIT.c.id))}
    return stored | _renamed(tx, day, known_at)


def _renamed(tx: Connection, day: date, known_at: datetime | None = None) -> dict[int, UnitName]:
    """The names on this day of the units that were ever renamed."""
    query = select(RENAMING).order_by(RENAMING.c.unit_id, RENAMING.c.from_on)
    names: dict[int, UnitName] = {}
    for row in tx.execute(query):
        is_known = known_at is None or row.recorded_at <= known_at
        if row.unit_id not in names or (row.from_on <= day and is_known):
            names[row.unit_id] = UnitName(row.name, row.name_en)
    return names


def _names_of(unit_id: int) -> Select[Any]:
    return select(RENAMING).where(RENAMING.c.unit_id == unit_id).order_by(RENAMING.c.from_on)


def names_of_rows(tx: Connection) -> dict[int, set[tuple[str, str]]]:
    """All names of the units that were ever renamed, in both languages."""
    names: dict[int, set[tuple[str, str]]] = {}
    for row in tx.execute(select(RENAMING).order_by(RENAMING.c.id)):
        names.setdefault(row.unit_id, set()).add((row.name, row.name_en))
    return names


def renamings(tx: Connection, unit_id: int) -> list[Any]:
    """All names of a unit with the days from which they hold, the first without one; none if it never changed."""
    return list(tx.execute(_names_of(unit_id)))


def unit_ids(tx: Connection, *, follow: bool = True) -> dict[str, int]:
    """The id of the unit that has each name or ever had it; with `follow` that of the unit that took it over."""
    units = tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.successor_id).order_by(UNIT.c.id)).all()
    successors = {row.id: row.successor_id or row.id for row in units}
    former = tx.execute(select(RENAMING.c.unit_id, RENAMING.c.name).order_by(RENAMING.c.id)).all()
    ids = {row.name: row.unit_id for row in former} | {row.name: row.id for row in units}
    return {name: successors[unit_id] for name, unit_id in ids.items()} if follow else ids
