"""The item of the programme that a filing names: offered by unit and year, and asked back when it does not fit."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select

from approvals.accounts.queries import UNIT
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import start_of
from approvals.filing.queries import TABLE
from approvals.programme.queries import ITEMS

IN_USE_FOR = timedelta(days=365)  # so long a project holds its item: the numbers begin anew with each programme
FREE_STATES = ("declined", "withdrawn")  # of projects that hold no item


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """One item to choose; `is_taken` when another project names it already."""

    item_no: str
    name: str
    is_taken: bool


def item_choices(tx: Connection, unit: str, on: date) -> tuple[ItemChoice, ...]:
    """The items of this unit in the latest programme, by number."""
    latest = select(func.max(ITEMS.c.year)).scalar_subquery()
    taken = exists().where(TABLE.c.item_no == ITEMS.c.item_no, _holds_item(on))
    own = select(ITEMS.c.item_no, ITEMS.c.name, taken).join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
    own = own.where(UNIT.c.name == unit, ITEMS.c.year == latest)
    return tuple(ItemChoice(*row) for row in tx.execute(own.order_by(ITEMS.c.item_no)))


def check_item(
    tx: Connection, item_no: str | None, reason: str | None, unit: str, on: date, project_id: int | None = None
) -> None:
    """Invalid for an item that is unknown, another unit's, or named by another project, unless a reason is given.

    The programmes are those of the year and of the next, for which is filed ahead; without any nothing is asked.
    """
    if not item_no or reason:
        return
    in_programme = ITEMS.c.year.in_((on.year, on.year + 1))
    leads = select(UNIT.c.name).join(ITEMS, ITEMS.c.lead_unit_id == UNIT.c.id)
    rows = tx.execute(leads.where(in_programme, ITEMS.c.item_no == item_no).order_by(ITEMS.c.year))
    owners = set(rows.scalars())
    if not owners and tx.execute(select(ITEMS.c.year).where(in_programme).order_by(ITEMS.c.year).limit(1)).first():
        raise invalid("item_no", N_("is not in the programme: correct it, leave it empty, or give a reason below"))
    if owners and unit not in owners:
        message = N_("is an item of %(unit)s: correct it, or give a reason below")
        raise invalid("item_no", message, unit=min(owners))
    if holder := _holder(tx, item_no, on, project_id or 0):
        is_own = holder.unit == unit  # the projects of others are not named
        message = N_("is already named by “%(name)s”: correct it, or give a reason below")
        others = N_("is already named by a project of another unit: correct it, or give a reason below")
        raise invalid("item_no", message if is_own else others, name=holder.name)


def _holder(tx: Connection, item_no: str, on: date, project_id: int) -> Row[Any, Any] | None:
    """The first other project that holds this item, with its unit."""
    holders = select(TABLE.c.name, UNIT.c.name.label("unit")).join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id)
    holders = holders.where(TABLE.c.item_no == item_no, _holds_item(on), TABLE.c.id != project_id)
    return tx.execute(holders.order_by(TABLE.c.id).limit(1)).one_or_none()


def _holds_item(on: date) -> ColumnElement[bool]:
    """Whether a project is one of the last twelve months that still holds the item that it names."""
    return and_(TABLE.c.state.not_in(FREE_STATES), TABLE.c.drafted_at > start_of(on - IN_USE_FOR))
