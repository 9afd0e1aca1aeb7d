"""A year of the programme by its days: whose they are, how well they were foreseen, and what the end must carry."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.casefile.programme.item_names import ItemName, item_names
from approvals.casefile.programme.plan_beside import year_before
from approvals.projects.programme_days import days_of_nodes
from workflows.charts.item import ITEM
from workflows.charts.model import State
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import RATE, rounded
from workflows.rules.programme_forecasts import ForecastError, NodeForecast, forecast_error, forecasts_of
from workflows.rules.programme_late_nodes import LateCount, late_count, late_nodes
from workflows.rules.programme_outlook import YearEnd, is_tight, last_quarter_share, year_end
from workflows.rules.programme_whose_days import PartySums, party_sums

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class TightPlan:
    """An item with two thirds of its plan in the last quarter; `last_year` is what its like reached in that quarter."""

    item_no: str
    name: str
    state: State
    last_quarter: Decimal
    last_year: Decimal | None


@dataclass(frozen=True, slots=True)
class Outlook:
    whose_days: PartySums
    late: LateCount
    forecasts: ForecastError
    by_lead_unit: tuple[tuple[UnitName, ForecastError], ...]
    by_county: tuple[tuple[str, ForecastError], ...]  # by the tasks' codes
    year_end: YearEnd
    tight: tuple[TightPlan, ...]


def outlook_of(tx: Connection, year: int, actor: Actor, facts: Mapping[int, ItemFacts], sight: Sight) -> Outlook:
    """The outlook of these items, which are those of the year that the actor may see."""
    items = {facts[item_id].item_no: item for item_id, item in item_names(tx, facts).items()}
    forecasts = list(forecasts_of(facts.values(), sight))
    return Outlook(
        whose_days=party_sums(days_of_nodes(tx, facts.values(), sight)),
        late=late_count(list(late_nodes(facts.values(), sight))),
        forecasts=forecast_error(forecasts),
        by_lead_unit=tuple(_errors(forecasts, lambda forecast: items[forecast.item_no].lead)),
        by_county=tuple(_errors(forecasts, lambda forecast: forecast.code)),
        year_end=year_end(year, list(facts.values()), sight),
        tight=tuple(_tight(tx, year, actor, facts.values(), items, sight)),
    )


def _errors(
    forecasts: Iterable[NodeForecast], key: Callable[[NodeForecast], Key]
) -> Iterator[tuple[Key, ForecastError]]:
    """The error by unit or county, the widest first."""
    groups: dict[Key, list[NodeForecast]] = {}
    for forecast in forecasts:
        groups.setdefault(key(forecast), []).append(forecast)
    errors = [(name, forecast_error(own)) for name, own in groups.items()]
    return iter(sorted(errors, key=lambda pair: (-(pair[1].days or 0), str(pair[0]))))


def _tight(
    tx: Connection,
    year: int,
    actor: Actor,
    facts: Iterable[ItemFacts],
    items: Mapping[str, ItemName],
    sight: Sight,
) -> Iterator[TightPlan]:
    """Proposed items with a plan and adopted ones, by number; what was dropped is none of the year's any more."""
    states = [(item, item.state_on(sight.on)) for item in facts if item.tasks]
    tight = [(item, state) for item, state in states if state not in (None, "dropped") and is_tight(item)]
    if not tight:
        return
    before = year_before(tx, year, actor, sight.known, sorted({item.category for item, _ in tight}))
    for item, state in tight:
        like = before.like(items[item.item_no].name, item.category)
        yield TightPlan(
            item_no=item.item_no,
            name=items[item.item_no].name,
            state=ITEM.state(str(state)),
            last_quarter=rounded(last_quarter_share(item), RATE),
            last_year=like.shares[3] - like.shares[2] if like else None,
        )
