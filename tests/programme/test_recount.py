"""An independent recount from the lines of the feed equals the figures, for month's ends and any other day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.casefile.programme.outlook import outlook_of
from approvals.casefile.programme.serialization import figures_json
from approvals.imports.feed import Feed
from approvals.projects.programme_days import days_of_nodes
from approvals.projects.programme_figures import year_facts, year_figures
from tests.programme.random_years import Line, RandomYear
from tests.programme.recount import Recount
from tests.support.builders import an_actor
from tests.support.extent import effort
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight
from workflows.rules.programme_figures import is_counted
from workflows.rules.programme_replans import plan_moves
from workflows.rules.programme_summary import figures
from workflows.rules.programme_whose_days import party_sums

FIRST, LAST = 2027, 2099  # each example lives a year of its own, later than the one before
LATER = datetime(2100, 12, 31, tzinfo=UTC)
YEARS: dict[int, Iterator[int]] = {}


def month_ends(year: int) -> list[date]:
    return [date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(1, 13)]


def told(tx: Connection, year: int, on: date, known: date) -> dict[str, Any]:
    """The product's figures, in the shape of the recount: read for this day, and the same from all that is known."""
    office, sight, rules = an_actor(tx, "office1"), Sight(on, known), ProgrammeRules()
    compiled = year_figures(tx, year, office, sight, rules)
    assert figures(year, list(year_facts(tx, year, office).values()), sight, rules) == compiled
    whole = figures_json(compiled)
    counties = {row.pop("county"): row for row in whole["by_county"]}
    of_none = counties.pop(None, None)
    for row in counties.values():
        row.pop("name")
    return {name: part for name, part in whole.items() if name not in ("year", "on")} | {
        "by_category": {row.pop("category"): row for row in whole["by_category"]},
        "by_county": counties,
        "of_no_county": of_none["money"]["planned"] if of_none else "0.00",
        "by_source": {row.pop("source"): row for row in whole["by_source"]},
    }


def whose_days(tx: Connection, year: int, on: date, known: date) -> dict[str, int]:
    items = year_facts(tx, year, an_actor(tx, "office1")).values()
    sums = party_sums(days_of_nodes(tx, items, Sight(on, known)))
    parties = {party: days for party, (days, _) in sums.parties.items()} | {"none": sums.undivided}
    assert sum(parties.values()) == sums.days
    return {party: days for party, days in parties.items() if days}


def outlook(tx: Connection, year: int, on: date, known: date) -> dict[str, Any]:
    office, sight = an_actor(tx, "office1"), Sight(on, known)
    facts = year_facts(tx, year, office)
    told = outlook_of(tx, year, office, facts, sight)
    moved = [(item.item_no, *plan_moves(item.nodes, sight)) for item in facts.values() if is_counted(item, sight)]
    by_unit, by_county = (sum(error.nodes for _, error in rows) for rows in (told.by_lead_unit, told.by_county))
    assert by_unit == by_county == told.forecasts.nodes
    return {
        "late": told.late.nodes,
        "unforeseen": told.late.unforeseen,
        "forecasts": (told.forecasts.nodes, None if told.forecasts.days is None else str(told.forecasts.days)),
        "waiting": told.year_end.nodes,
        "money": str(told.year_end.money),
        "tight": sorted(row.item_no for row in told.tight),
        "moved": sorted(row for row in moved if row[1] or row[2]),
    }


def taken(database: Database, lines: list[Line]) -> list[Line]:
    """The lines that the feed has carried out; what is not possible it refuses."""
    outcomes = Feed(database, lambda: LATER).take(lines)
    return [line for line, outcome in zip(lines, outcomes, strict=True) if outcome.outcome == "done"]


@settings(max_examples=effort(8, 60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_recount_from_the_lines_equals_the_figures(database: Database, seed: int) -> None:
    year = next(YEARS.setdefault(id(database), count(FIRST)))
    if year > LAST:
        pytest.skip("the years of this database are used up")
    random = Random(seed)
    lines = RandomYear(year, random).lines()
    ends, past = month_ends(year), date(year, 6, 15)
    middle = next((number for number, line in enumerate(lines) if line["at"] > f"{past}T23:59"), len(lines))
    done = taken(database, lines[:middle])
    with database.read() as tx:
        before = told(tx, year, past, past)
    recount = Recount(year, [*done, *taken(database, lines[middle:])])
    days = [(day, day) for day in ends]
    for _ in range(effort(6, 20)):
        on = date(year, 1, 1) + timedelta(days=random.randint(0, 380))
        days.append((on, on + timedelta(days=random.choice((0, 5, 40, 400)))))
    with database.read() as tx:
        assert told(tx, year, past, past) == before, "entries that came later changed the figures of a past day"
        for on, known in days:
            assert told(tx, year, on, known) == recount.figures(on, known), f"{on} as known on {known}"
            assert outlook(tx, year, on, known) == recount.outlook(on, known), f"{on} as known on {known}"
            assert whose_days(tx, year, on, known) == recount.whose_days(on, known), f"{on} as known on {known}"
