"""The figures of the year's programme for a report: as of the last day of the period, as known on that day."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.programme.queries import ITEMS, task_label
from approvals.projects.programme_figures import facts_of_day, facts_of_months
from approvals.reports.figures.programme_model import (
    OF_NO_COUNTY,
    LaggingItem,
    ProgrammeChapter,
    ProgrammeCounty,
    ProgrammeCoverage,
    ProgrammeEntries,
    ProgrammeItems,
    ProgrammeMoney,
    ProgrammeMonth,
    ProgrammeNodes,
)
from workflows.config.policy import ProgrammeRules, load_policy
from workflows.label import Label
from workflows.rules.programme_behind import PlanGap, plan_gaps
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import Money, is_counted, money_of_items, time_share
from workflows.rules.programme_quantities import month_ends
from workflows.rules.programme_summary import FigureGroup, figures

T = TypeVar("T")
# A report tells of the whole city, whoever has it compiled.
REPORT = Actor(0, "report", "report", 0, "", frozenset({"supervision_office"}))


def programme_chapter(tx: Connection, on: date, units: Mapping[int, Label]) -> ProgrammeChapter | None:
    """The programme of the day's year; None while no item of it is adopted. `units` are the names of then."""
    sight, rules = Sight(on, on), load_policy().programme
    facts = facts_of_day(tx, on.year, REPORT, sight, rules)
    whole = figures(on.year, list(facts.values()), sight, rules)
    if not whole.items.all:
        return None
    return ProgrammeChapter(
        year=on.year,
        on=on,
        items=_part(ProgrammeItems, whole.items),
        practical_matters=whole.practical_matters.all,
        practical_matters_done=whole.practical_matters.done,
        nodes=_part(ProgrammeNodes, whole.nodes),
        money=_money(whole.money),
        time_share=_rate(time_share(on.year, on)),
        entries=_part(ProgrammeEntries, whole.entries),
        coverage=_part(ProgrammeCoverage, whole.coverage),
        counties=tuple(map(_county, whole.by_county)),
        behind=_behind(tx, facts, sight, rules, units),
    )


def programme_months(tx: Connection, on: date) -> tuple[ProgrammeMonth, ...]:
    """The year's months up to this day with the programme's money at their ends, each as known then."""
    items = list(facts_of_months(tx, on.year, REPORT, on).values())
    ends = (end for end in month_ends(on.year) if end < on)
    return tuple(month for end in (*ends, on) for month in _month(items, end))


def _month(items: list[ItemFacts], end: date) -> Iterator[ProgrammeMonth]:
    """Nothing while no item is adopted."""
    sight = Sight(end, end)
    counted = [item for item in items if is_counted(item, sight)]
    if counted:
        money = _money(money_of_items(counted, sight))
        share = _rate(time_share(end.year, end))
        yield ProgrammeMonth(f"{end:%Y-%m}", money.planned, money.paid, money.execution_rate, share)


def _part(kind: type[T], counts: object) -> T:
    """The counts of the same names."""
    return kind(**{column.name: getattr(counts, column.name) for column in fields(kind)})  # type: ignore[arg-type]


def _county(group: FigureGroup) -> ProgrammeCounty:
    name = task_label(group.name)
    return ProgrammeCounty(
        key=group.name,
        label=OF_NO_COUNTY.get(group.name, Label(name, name)),
        items=_part(ProgrammeItems, group.items),
        nodes=_part(ProgrammeNodes, group.nodes),
        money=_money(group.money),
        entries=_part(ProgrammeEntries, group.entries),
    )


def _behind(
    tx: Connection, facts: Mapping[int, ItemFacts], sight: Sight, rules: ProgrammeRules, units: Mapping[int, Label]
) -> tuple[LaggingItem, ...]:
    gaps = plan_gaps(facts, sight, rules)
    columns = ITEMS.c.id, ITEMS.c.name, ITEMS.c.lead_unit_id
    rows = tx.execute(select(*columns).where(ITEMS.c.id.in_(list(gaps))).order_by(ITEMS.c.id))
    named = {row.id: (row.name, units[row.lead_unit_id]) for row in rows}
    return tuple(_lagging(gap, *named[item_id]) for item_id, gap in gaps.items())


def _lagging(gap: PlanGap, name: str, lead: Label) -> LaggingItem:
    shares = _rate(gap.planned), _rate(gap.actual), _rate(gap.gap)
    return LaggingItem(gap.item_no, name, lead, *shares, gap.node, gap.days)


def _money(money: Money) -> ProgrammeMoney:
    amounts = {name: f"{getattr(money, name):.2f}" for name in ("planned", "allocated", "received", "paid")}
    rate = money.execution_rate
    return ProgrammeMoney(**amounts, execution_rate=None if rate is None else _rate(rate))


def _rate(share: Decimal) -> str:
    return f"{share:.4f}"
