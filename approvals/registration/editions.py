"""Loads and takes back editions of the catalogue; what is registered keeps the one under which it was."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, select, text, update

from approvals.accounts.audit import note
from approvals.accounts.units import unit_ids
from approvals.base.errors import Refused, Stale, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.tables import insert_once
from approvals.catalogue.queries import (
    EDITION,
    TEXT,
    catalogue_in_force,
    edition_names,
    edition_on,
    editions,
    standing,
)
from approvals.filing.queries import TABLE
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from workflows.config.catalogue import Catalogue, CatalogueError, load_catalogue, read_catalogue

FILE = "catalogue"  # the field under which a refusal speaks of the text
_HAS_NONE = TABLE.c.catalogue_sha256.is_(None) & TABLE.c.number.is_not(None)


def checked_catalogue(content: str) -> Catalogue:
    """The catalogue in this text; Invalid names the line that cannot be right."""
    try:
        return read_catalogue(content)
    except CatalogueError as error:
        raise invalid(FILE, N_("%(reason)s"), reason=error) from None


def keep_in_force(tx: Connection, on: date, now: datetime) -> Catalogue:
    """The catalogue in force on this day, stored: from the first registration on the file no longer counts."""
    catalogue = catalogue_in_force(tx, on)
    if not editions(tx) and _store(tx, catalogue):
        tx.execute(insert(EDITION), {"sha256": catalogue.sha256, "loaded_by": "", "loaded_at": now})
        _adopt(tx, catalogue)
    return catalogue


def load_edition(
    tx: Connection, content: str, *, by: str, now: datetime, from_on: date | None = None, looked_at: int | None = None
) -> Catalogue:
    """Put the catalogue in this text in force from this day on, today if none is named.

    Invalid or Refused, and nothing is changed, when it cannot be read, when it is in force already, when a department
    has no unit, when it would leave something open without its item; Stale when another came since `looked_at`.
    """
    catalogue, today = checked_catalogue(content), day_of(now)
    _lock(tx, looked_at)
    with suppress(CatalogueError):  # what ruled until now, if it can be read at all
        keep_in_force(tx, today, now)
    from_on = from_on or today
    check_edition(tx, catalogue, from_on, today)
    _store(tx, catalogue)
    row = {"sha256": catalogue.sha256, "from_on": from_on, "loaded_by": by, "loaded_at": now}
    tx.execute(insert(EDITION), row)
    _adopt(tx, catalogue)
    note(tx, "catalogue_loaded", by=by, detail=f"{catalogue.edition} · {from_on} · {catalogue.sha256[:12]}", now=now)
    return catalogue


def take_back_edition(tx: Connection, name: str, *, by: str, now: datetime, looked_at: int | None = None) -> None:
    """Take the last loaded edition back: the one before it is in force again. What was registered keeps its own."""
    _lock(tx, looked_at)
    last, before = edition_to_take_back(tx, name)
    from_on = max(day_of(now), last.from_on or day_of(now))
    row = {"sha256": before.sha256, "from_on": from_on, "taken_back_id": last.id, "loaded_by": by, "loaded_at": now}
    tx.execute(insert(EDITION), row)
    names = edition_names(tx)
    note(tx, "catalogue_taken_back", by=by, detail=f"{names[last.sha256]} → {names[before.sha256]}", now=now)


def edition_to_take_back(tx: Connection, name: str) -> tuple[Any, Any]:
    """The edition of this name and the one before it; Refused unless it is the last that stands and another does."""
    names, stand = edition_names(tx), standing(editions(tx))
    if not stand or names[stand[-1].sha256] != name:
        last = names[stand[-1].sha256] if stand else "–"
        raise Refused(N_("Only the last edition can be taken back. That is %(name)s."), name=last)
    if len(stand) == 1:
        raise Refused(N_("There is no edition before this one."))
    return stand[-1], stand[-2]


def _lock(tx: Connection, looked_at: int | None) -> None:
    """One loading after the other; Stale when another came since the edition `looked_at`."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE catalogue_editions IN EXCLUSIVE MODE"))
    if looked_at is not None and looked_at != last_id(editions(tx)):
        raise Stale(N_("Another edition was loaded or taken back in the meantime. Review the changes again."))


def last_id(rows: Sequence[Any]) -> int:
    """The id of the last of these editions, 0 for none."""
    return int(rows[-1].id) if rows else 0


def _check_day(rows: Sequence[Any], from_on: date, today: date) -> None:
    if from_on < today:
        raise invalid("from_on", N_("must not be in the past"))
    planned = max((row.from_on for row in rows if row.from_on), default=today)
    if from_on < planned:
        raise invalid("from_on", N_("must not be before %(day)s, when the last edition comes into force"), day=planned)


def _check_name(tx: Connection, rows: Sequence[Any], catalogue: Catalogue, from_on: date) -> None:
    """A name stands for one text for ever: records and papers cite it."""
    in_force = edition_on(rows, from_on)
    if in_force and in_force.sha256 == catalogue.sha256:
        raise Refused(N_("This catalogue is already in force."))
    if catalogue.edition in {name for sha256, name in edition_names(tx).items() if sha256 != catalogue.sha256}:
        raise invalid(
            FILE, N_("edition “%(name)s” is stored already with another text; give this one a new name"),
            name=catalogue.edition,
        )  # fmt: skip


def check_edition(tx: Connection, catalogue: Catalogue, from_on: date, today: date) -> None:
    """Invalid or Refused for what `load_edition` would not load."""
    rows = editions(tx)
    _check_day(rows, from_on, today)
    _check_name(tx, rows, catalogue, from_on)
    if missing := missing_units(tx, catalogue):
        raise invalid(FILE, N_("no unit exists for %(names)s; create it first"), names="、".join(missing))
    if orphans := orphaned_codes(tx, catalogue, adopting=None if rows else _file()):
        raise Refused(
            N_("Open approvals would be left without their item: %(codes)s. Load a catalogue that has them first."),
            codes=", ".join(orphans),
        )


def missing_units(tx: Connection, catalogue: Catalogue) -> list[str]:
    """The departments and leads of this catalogue that are no unit."""
    known, leads = unit_ids(tx), (stage.lead for stage in catalogue.stages.values())
    return [name for name in dict.fromkeys([*catalogue.departments, *leads]) if name not in known]


def orphaned_codes(tx: Connection, catalogue: Catalogue, adopting: Catalogue | None = None) -> list[str]:
    """The items that this catalogue lacks, of open projects that have no edition of their own.

    `adopting` is the one that those get which it is whole for.
    """
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    is_open = _HAS_NONE & TABLE.c.state.in_(OPEN_PROJECTS) & APPROVALS.c.code.not_in(list(catalogue.items))
    where = is_open & _has_unknown(adopting) if adopting else is_open
    codes = select(APPROVALS.c.code).select_from(joined).where(where).distinct()
    return list(tx.execute(codes.order_by(APPROVALS.c.code)).scalars())


def _has_unknown(catalogue: Catalogue) -> ColumnElement[bool]:
    """Whether the project has an approval whose item this catalogue lacks (WHERE clause)."""
    own = APPROVALS.alias("own")
    return exists().where(own.c.project_id == TABLE.c.id, own.c.code.not_in(list(catalogue.items)))


def _file() -> Catalogue | None:
    with suppress(CatalogueError):
        return load_catalogue()
    return None


def _store(tx: Connection, catalogue: Catalogue) -> bool:
    """Store the text unless it is; whether it was not."""
    row = {"sha256": catalogue.sha256, "name": catalogue.edition, "text": catalogue.text}
    statement = insert_once(tx, TEXT).values(row).returning(TEXT.c.sha256)
    return tx.execute(statement).one_or_none() is not None


def _adopt(tx: Connection, catalogue: Catalogue) -> None:
    """What was registered before editions were kept gets this one, if it has all its items."""
    tx.execute(update(TABLE).where(_HAS_NONE, ~_has_unknown(catalogue)).values(catalogue_sha256=catalogue.sha256))
