"""The items of a year as a list: paged by number, narrowed by category, county, state and what is behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select

from approvals.accounts.actors import Actor
from approvals.base.errors import NotFound
from approvals.base.pagination import MOST, PAGE, Page, read_cursor, write_cursor
from approvals.casefile.programme.item_figures import ItemSummary, item_rows, item_summary
from approvals.programme.queries import ITEMS, TASKS, visible_items, visible_tasks
from approvals.projects.programme_figures import facts_of_day
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import is_behind


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Filters of the items of a year; None does not narrow. State and behind are those of the day told about."""

    category: str | None = None
    county: str | None = None
    state: str | None = None
    is_behind: bool | None = None


def check_has_items(tx: Connection, year: int, actor: Actor) -> None:
    """NotFound for a year without items that the actor may see."""
    query = select(ITEMS.c.id).where(ITEMS.c.year == year, visible_items(actor)).limit(1)
    if tx.execute(query).first() is None:
        raise NotFound


def items_of_year(
    tx: Connection,
    year: int,
    actor: Actor,
    filters: ItemFilter,
    sight: Sight,
    rules: ProgrammeRules,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[ItemSummary]:
    """One page of the items that the actor may see, by number; NotFound for a year without such items."""
    check_has_items(tx, year, actor)
    after = str(read_cursor(cursor, (str,))[0]) if cursor else ""
    rows: list[ItemSummary] = []
    for row, facts in _matching(tx, year, actor, filters, sight, rules, after, limit):
        if len(rows) == limit:
            return Page(rows, write_cursor(rows[-1].item_no))
        rows.append(item_summary(row, facts, sight, rules))
    return Page(rows, None)


def _matching(
    tx: Connection,
    year: int,
    actor: Actor,
    filters: ItemFilter,
    sight: Sight,
    rules: ProgrammeRules,
    after: str,
    limit: int,
) -> Iterator[tuple[Row[Any], ItemFacts]]:
    """The items after this number that the filters leave, read in batches: state and behind are told by their facts."""
    size = MOST if filters.state or filters.is_behind is not None else limit + 1
    while True:
        query = select(ITEMS.c.id, ITEMS.c.item_no).where(*_where(year, actor, filters), ITEMS.c.item_no > after)
        batch = tx.execute(query.order_by(ITEMS.c.item_no).limit(size)).all()
        ids = [row.id for row in batch]
        facts_by_id = facts_of_day(tx, year, actor, sight, rules, ITEMS.c.id.in_(ids)) if ids else {}
        for row in item_rows(tx, ids):
            facts = facts_by_id[row.id]
            if _fits(facts, filters, sight, rules):
                yield row, facts
        if len(batch) < size:
            return
        after = batch[-1].item_no


def _where(year: int, actor: Actor, filters: ItemFilter) -> list[ColumnElement[bool]]:
    clauses = [ITEMS.c.year == year, visible_items(actor)]
    if filters.category:
        clauses.append(ITEMS.c.category == filters.category)
    if filters.county:
        own = TASKS.c.item_id == ITEMS.c.id, TASKS.c.code == filters.county, visible_tasks(actor)
        clauses.append(exists().where(*own).correlate(ITEMS))
    return clauses


def _fits(facts: ItemFacts, filters: ItemFilter, sight: Sight, rules: ProgrammeRules) -> bool:
    state = facts.state_on(sight.on)
    if state is None or (filters.state and state != filters.state):
        return False
    return filters.is_behind is None or is_behind(facts, sight, rules) == filters.is_behind
