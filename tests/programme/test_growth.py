"""The figures of a day ask as often in a grown programme as in a small one."""

from collections.abc import Iterator
from datetime import date

import pytest

from approvals.base.database import Database
from approvals.casefile.programme.item_list import ItemFilter, items_of_year
from approvals.programme.sheets.money_form import money_blank
from approvals.programme.sheets.plan_form import plan_blank
from approvals.projects.programme_figures import year_figures
from tests.support.builders import a_database, an_actor
from tests.support.grown_programme import CODES, NODE_MONTHS, SOURCES, grow_programme
from tests.support.sql_recorder import recorded
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight

RULES = ProgrammeRules()
SIGHT = Sight(date(2026, 11, 30), date(2026, 11, 30))
FEW, MANY = 4, 40


@pytest.fixture
def grown(database_url: str) -> Iterator[Database]:
    """Two years of a programme: few items in the first, many in the second."""
    database = a_database(database_url)
    with database.write() as tx:
        grow_programme(tx, [2025], FEW)
        grow_programme(tx, [2026], MANY)
    yield database
    database.close()


def test_figures_lists_and_sheets_ask_as_often_for_many_items(grown: Database) -> None:
    noted = recorded(grown.engine)
    counts = []
    for year in (2025, 2026):
        with grown.read() as tx:
            office = an_actor(tx, "office1")
            noted.clear()
            figures = year_figures(tx, year, office, SIGHT, RULES)
            items_of_year(tx, year, office, ItemFilter(is_behind=False), SIGHT, RULES)
            plan, money = plan_blank(tx, office, year), money_blank(tx, office, f"{year}-05")
            counts.append(len(noted))
    assert counts[0] == counts[1]
    assert (figures.items.all, figures.entries.reported) == (MANY, MANY * len(CODES) * 11)
    assert figures.money.paid == MANY * len(CODES) * len(SOURCES) * 66
    assert len(plan.parts["tasks"]) * len(SOURCES) == len(money.lines) == MANY * len(CODES) * len(SOURCES)
    assert figures.nodes.met_late == MANY * len(CODES) * len(NODE_MONTHS)
