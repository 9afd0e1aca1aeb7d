"""Edition 0031: the ledger of before is taken over as items with one task and one closing entry each."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text

from approvals.accounts.queries import UNIT
from approvals.accounts.tables import UnitRenaming
from approvals.base.columns import Money
from approvals.base.migrations import downgrade, upgrade
from approvals.base.tables import table_of
from approvals.history.record import ENTRY
from approvals.programme.queries import AMOUNTS, ENTRIES, ITEMS, TASKS
from approvals.projects.programme_figures import year_figures
from tests.support.builders import NOW, a_database, an_actor, do, faults, when
from tests.support.programme_moves import an_item
from workflows.config.policy import load_policy
from workflows.rules.programme_facts import Sight

BEFORE = "0031"
AS_OF = date(2026, 10, 31)
ROWS = (  # number, kind, unit, county, state of before
    ("001", "construction", "市教育局", "东区", "under_way"),
    ("002", "service", "市住建局", "全市", "completed"),
    ("039", "construction", "市住房城乡建设局", "攀西新区", "suspended"),
    ("040", "construction", "市撤销了的局", "米易县", "completed"),
)
MONEY = {"001": (1000, "600.50"), "002": (200, 200), "039": (5000, 0), "040": ("0.01", "0.01")}


@pytest.fixture
def taken_over(database_url):
    """A city of edition 0031 with a ledger, brought to the newest edition."""
    database = a_database(database_url)
    downgrade(database_url, BEFORE)
    with database.write() as tx:
        unit = tx.execute(select(UNIT).where(UNIT.c.name == "市住房城乡建设局")).one()
        for name, day in (("市住建局", date(2000, 1, 1)), ("市住房城乡建设局", date(2026, 1, 1))):
            renamed = {"name": name, "name_en": unit.name_en, "from_on": day, "recorded_at": when("2026-01-01")}
            tx.execute(insert(table_of(UnitRenaming)), renamed | {"unit_id": unit.id})
        for no, kind, unit, county, status in ROWS:
            tx.execute(text(LEDGER), _row(no, kind, unit, county, status))
    upgrade(database_url)
    yield database
    database.close()


LEDGER = (
    "INSERT INTO programme_items (year, item_no, category, name, kind, owner_unit, county, is_practical_matter, is_key,"
    " is_urgent, planned_10k_yuan, executed_10k_yuan, status, as_of_on, is_amount_published) VALUES (2026, :no,"
    " '教育助学', :name, :kind, :unit, :county, :yes, :no_, :no_, :planned, :executed, :status, :as_of, :no_)"
)


def _row(no, kind, unit, county, status):
    money = Money().process_bind_param
    planned, executed = (money(Decimal(amount), None) for amount in MONEY[no])
    known = {"no": no, "name": f"分项{no}", "kind": kind, "unit": unit, "county": county, "status": status}
    return known | {"planned": planned, "executed": executed, "as_of": AS_OF.isoformat(), "yes": True, "no_": False}


def test_the_ledger_of_before_is_taken_over(taken_over):
    with taken_over.read() as tx:
        joined = select(ITEMS, UNIT.c.name.label("unit"), TASKS.c.code, ENTRIES.c.month, ENTRIES.c.state.label("entry"))
        items = tx.execute(
            joined.join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
            .join(TASKS, TASKS.c.item_id == ITEMS.c.id)
            .join(ENTRIES, ENTRIES.c.task_id == TASKS.c.id)
            .order_by(ITEMS.c.item_no)
        ).all()
        assert [(row.item_no, row.kind, row.state, row.unit, row.code) for row in items] == [
            ("001", "works", "under_way", "市教育局", "510402"),
            ("002", "service", "done", "市住房城乡建设局", "city"),
            ("039", "works", "suspended", "市住房城乡建设局", "city"),
            ("040", "works", "done", "市撤销了的局", "510421"),
        ]
        assert {(row.is_taken_over, row.month, row.entry, row.is_practical_matter) for row in items} == {
            (True, "2026-10", "closed", True)
        }
        paid = tx.execute(select(AMOUNTS.c.paid).order_by(AMOUNTS.c.id)).scalars().all()
        assert paid == [Decimal(str(executed)) for _, executed in MONEY.values()]
        moves = tx.execute(select(ENTRY.c.actor, ENTRY.c.move).where(ENTRY.c.project_id < 0)).all()
        assert {row.actor for row in moves} == {"system"}
        assert {row.move for row in moves} == {
            *("take_over", "take_over_done", "take_over_suspended", "take_over_entry"),
        }
    assert faults(taken_over) == []


def test_figures_count_what_was_taken_over(taken_over):
    with taken_over.read() as tx:
        office = an_actor(tx, "office1")
        figures = year_figures(tx, 2026, office, Sight(AS_OF, AS_OF), load_policy().programme)
    items = figures.items
    assert (items.all, items.under_way, items.done, items.suspended) == (4, 1, 2, 1)
    assert figures.practical_matters == (4, 2)
    assert (figures.money.planned, figures.money.paid) == (Decimal("6200.01"), Decimal("800.51"))


def test_an_item_that_was_taken_over_goes_on(taken_over):
    money = {"source": "other", "allocated": 700, "received": 700, "paid": 700}
    with taken_over.write() as tx:
        entry = "programme/2026/001/510402/2026-11"
        do(tx, "owner1", "report", entry, {"funds": [money]}, at=when("2026-11-19"))
        do(tx, "owner1", "confirm", entry, {}, at=when("2026-11-19", "10:00"))
        do(tx, "finance1", "confirm_money", entry, {}, at=when("2026-11-19", "11:00"))
        do(tx, "office1", "resume", "programme/2026/039", {"reason": "政策已明确"}, at=NOW)
    assert faults(taken_over) == []


def test_the_way_down_is_refused_once_there_are_items(database_url):
    database = a_database(database_url)
    with database.write() as tx:
        an_item(tx, "proposed")
    with pytest.raises(ValueError, match="cannot hold"):
        downgrade(database_url, BEFORE)
    assert faults(database) == []
    database.close()
