"""Sorting of filings: what is diverted to the ledger stands in the ledger."""

from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from approvals.accounts.queries import UNIT
from approvals.base.database import Database
from approvals.programme.queries import ITEMS
from tests.support.builders import OWNERS, a_project, do, entries, faults, project_row
from tests.support.concurrency import at_once
from tests.support.programme_moves import a_proposed

YEAR = 2026  # of START


def items(tx: Connection) -> list[Row[Any]]:
    query = select(ITEMS, UNIT.c.name.label("lead")).join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
    return list(tx.execute(query.order_by(ITEMS.c.item_no)))


def test_what_is_diverted_gets_an_item_with_its_fields(database: Database) -> None:
    with database.write() as tx:
        a_proposed(tx, "029", OWNERS["owner2"])
        ref = a_project(tx, "diverted", name="困难群众送温暖", kind="service", planned_10k_yuan="88.50")
        project = project_row(tx, ref)
        new = items(tx)[-1]
        assert (new.year, new.item_no, new.name, new.kind) == (YEAR, "030", "困难群众送温暖", "service")
        assert (new.lead, new.planned_10k_yuan) == (OWNERS["owner1"], Decimal("88.5"))
        assert (new.state, new.is_practical_matter, project.item_no) == ("proposed", True, "030")
        assert '"item_no":"030"' in entries(tx, ref)[-1].facts


def test_what_is_diverted_is_linked_with_the_item_of_its_unit(database: Database) -> None:
    with database.write() as tx:
        a_proposed(tx, "029", OWNERS["owner1"])
        ref = a_project(tx, "diverted", item_no="029")
        assert [row.item_no for row in items(tx)] == ["029"]
        assert project_row(tx, ref).item_no == "029"


def test_the_item_of_another_unit_is_left_to_it(database: Database) -> None:
    with database.write() as tx:
        a_proposed(tx, "029", OWNERS["owner2"])
        ref = a_project(tx, "diverted", item_no="029", item_reason="两家合建")
        assert [(row.item_no, row.lead) for row in items(tx)] == [("029", OWNERS["owner2"]), ("030", OWNERS["owner1"])]
        assert project_row(tx, ref).item_no == "030"


def test_two_that_are_diverted_at_once_get_two_numbers(database: Database) -> None:
    with database.write() as tx:
        refs = [a_project(tx, "classified") for _ in range(2)]

    def divert(ref: str) -> None:
        with database.write() as tx:
            do(tx, "office1", "divert", ref)

    at_once(*(partial(divert, ref) for ref in refs))
    with database.read() as tx:
        assert [row.item_no for row in items(tx)] == ["001", "002"]


def test_a_ledger_that_lost_an_item_is_named_by_verify(database: Database) -> None:
    with database.write() as tx:
        a_project(tx, "diverted")
        tx.execute(update(ITEMS).values(item_no="999"))
    assert [fault for fault in faults(database) if "item 001 of 2026 is missing" in fault]
    with database.write() as tx:
        tx.execute(update(ITEMS).values(item_no="001"))
