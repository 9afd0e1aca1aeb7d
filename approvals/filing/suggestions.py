"""What the form of a filing offers to choose from, where other answers are possible too."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from approvals.accounts.actors import Actor
from approvals.base.tables import table_of
from approvals.programme.tables import ProgrammeItem
from workflows.config.city import load_city

ITEMS: Table = table_of(ProgrammeItem)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The city's counties, and the items of the programme that the unit answers for, as (number, name) pairs."""

    counties: tuple[str, ...]
    items: tuple[tuple[str, str], ...]


def suggestions_for(tx: Connection, actor: Actor) -> Suggestions:
    """What somebody of this unit is likely to choose."""
    this_year = select(func.max(ITEMS.c.year)).scalar_subquery()
    own = select(ITEMS.c.item_no, ITEMS.c.name).where(ITEMS.c.owner_unit == actor.unit, ITEMS.c.year == this_year)
    items = tuple((row.item_no, row.name) for row in tx.execute(own.order_by(ITEMS.c.item_no)))
    return Suggestions(load_city().counties, items)
