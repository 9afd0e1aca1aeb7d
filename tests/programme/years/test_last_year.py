"""Last year's totals are recorded with their source, and stand beside the figures from then on."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid
from approvals.casefile.programme.last_year import change_on_last_year, last_year_of
from approvals.projects.programme_figures import year_figures
from tests.support.builders import an_actor, do, faults, when
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight

ITEM = {"name": "城乡低保", "category": "社会保障", "level": "city", "kind": "payment", "lead_unit": "市教育局"}
TOTALS = {"planned": "200.00", "fiscal": "0", "source": "上年度政府工作报告"}


def an_item(tx: Connection) -> None:
    task = {"code": "510402", "unit": "东区", "person": "county-510402"}
    funds = [{"source": "city", "task": "510402", "planned_10k_yuan": "219.00"}]
    item = "programme/2026/901"
    do(tx, "office1", "propose", item, ITEM, at=when("2026-03-02"))
    do(tx, "office1", "assign", item, {"tasks": [task], "funds": funds}, at=when("2026-03-02", "10:00"))
    do(tx, "office1", "adopt", item, {}, at=when("2026-03-02", "11:00"))


def test_last_years_totals_stand_beside_the_figures(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        do(tx, "office1", "record_last_year", "programme/2026", TOTALS, at=when("2026-03-03"))
        on = date(2026, 3, 31)
        figures = year_figures(tx, 2026, an_actor(tx, "office1"), Sight(on, on), ProgrammeRules())
        change = change_on_last_year(tx, figures)
    assert change is not None
    assert (change.planned.amount, change.planned.rate) == (Decimal(19), Decimal("0.0950"))
    assert (change.fiscal.amount, change.fiscal.rate) == (Decimal(219), None)
    assert change.executed is None and change.source == TOTALS["source"]
    assert faults(database) == []


def test_totals_that_were_corrected_read_as_they_were_known(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        do(tx, "office1", "record_last_year", "programme/2026", TOTALS, at=when("2026-03-03"))
        corrected = TOTALS | {"planned": "210", "executed": "190"}
        do(tx, "office1", "record_last_year", "programme/2026", corrected, at=when("2026-03-05"))
        before, after = (last_year_of(tx, 2026, date(2026, 3, day)) for day in (4, 5))
        none = last_year_of(tx, 2026, date(2026, 3, 2)), last_year_of(tx, 2025, date(2026, 3, 5))
    assert before is not None and after is not None and none == (None, None)
    assert (before.planned, before.executed) == (Decimal(200), None)
    assert (after.planned, after.executed) == (Decimal(210), Decimal(190))


@pytest.mark.parametrize("missing", ("planned", "fiscal", "source"))
def test_totals_without_an_amount_or_their_source_are_refused(database: Database, missing: str) -> None:
    with database.write() as tx:
        an_item(tx)
        facts = {name: value for name, value in TOTALS.items() if name != missing}
        with pytest.raises(Invalid) as refusal:
            do(tx, "office1", "record_last_year", "programme/2026", facts, at=when("2026-03-03"))
    assert missing in refusal.value.fields


def test_last_years_totals_are_recorded_by_the_office_alone(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(Forbidden):
            do(tx, "owner1", "record_last_year", "programme/2026", TOTALS, at=when("2026-03-03"))
