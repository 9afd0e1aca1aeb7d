"""A plan beside last year: what an item plans by each quarter, and what its like of the year before had reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.programme.queries import ITEMS, visible_items
from approvals.projects.programme_figures import year_facts
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import is_counted
from workflows.rules.programme_outlook import Shares, actual_shares, is_tight, planned_shares


@dataclass(frozen=True, slots=True)
class LastYears:
    """What items like this one had reached by each quarter of the year before; `is_same` when they have its name."""

    items: int
    is_same: bool
    shares: Shares


@dataclass(frozen=True, slots=True)
class PlanBeside:
    """`last_year` is None where the year before had nothing like it."""

    planned: Shares
    is_tight: bool
    last_year: LastYears | None


@dataclass(frozen=True, slots=True)
class YearBefore:
    """The items of the year before that counted at its end, with their names."""

    year: int
    items: Sequence[tuple[str, ItemFacts]]
    known: date

    def like(self, name: str, category: str) -> LastYears | None:
        """Those of the same name, else those of the category; None where they have neither nodes nor money."""
        same = [facts for own, facts in self.items if own == name]
        chosen = same or [facts for _, facts in self.items if facts.category == category]
        shares = actual_shares(self.year, chosen, self.known) if chosen else None
        return LastYears(len(chosen), bool(same), shares) if shares else None


def year_before(tx: Connection, year: int, actor: Actor, known: date, categories: Sequence[str]) -> YearBefore:
    """The year before, as far as the actor may see it, with the items of these categories and of all names in them."""
    last = year - 1
    where = ITEMS.c.category.in_(categories)
    query = select(ITEMS.c.id, ITEMS.c.name).where(ITEMS.c.year == last, where, visible_items(actor))
    names = {row.id: row.name for row in tx.execute(query.order_by(ITEMS.c.item_no))}
    facts = year_facts(tx, last, actor, where) if names else {}
    end = Sight(date(last, 12, 31), known)
    return YearBefore(last, [(names[id_], item) for id_, item in facts.items() if is_counted(item, end)], known)


def plan_beside(tx: Connection, name: str, facts: ItemFacts, actor: Actor, today: date) -> PlanBeside:
    """The plan of one item beside its like of the year before."""
    before = year_before(tx, facts.year, actor, today, [facts.category])
    return PlanBeside(planned_shares(facts), is_tight(facts), before.like(name, facts.category))
