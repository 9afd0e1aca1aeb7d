"""告知承诺: a grant on the owner's written promise, its check on a day, and what a broken promise leads to."""

from datetime import date

import pytest
from sqlalchemy import update

from approvals.base.database import Database
from approvals.base.errors import Invalid, Refused
from approvals.registration.queries import APPROVALS
from tests.support.builders import a_project, a_promised, do, faults, walk
from tests.support.watched_days import row_of, statements_of, swept

DOCUMENT = {"document_no": "攀水许可〔2026〕5号"}
BROKEN = {"result": "broken", "findings": "弃渣未清运", "correct_by": "2026-05-06"}


def test_a_grant_on_a_promise_is_checked_later_and_the_check_ends_it(database: Database) -> None:
    with database.write() as tx:
        approval = a_promised(tx)
        assert row_of(tx, approval).check_on == date(2026, 4, 20)
        do(tx, "window-a05", "record_check", approval)
        row = row_of(tx, approval)

    assert (row.state, row.check_on, row.check_alarm_on) == ("granted", None, None)


def test_a_broken_promise_is_put_right_by_a_day_and_checked_again(database: Database) -> None:
    with database.write() as tx:
        approval = a_promised(tx)
        do(tx, "window-a05", "record_check", approval, BROKEN)
        assert row_of(tx, approval).check_on == date(2026, 5, 6)
    swept(database, "2026-05-10")
    assert statements_of(database, approval) == ["remind_check 04-28", "miss_check 05-06"]
    with database.write() as tx:
        do(tx, "window-a05", "record_check", approval)
        assert row_of(tx, approval).check_on is None


def test_the_window_is_reminded_of_a_check_and_its_lateness_is_told(database: Database) -> None:
    with database.write() as tx:
        approval = a_promised(tx)
    swept(database, "2026-04-12", "2026-04-13", "2026-04-20", "2026-04-21", "2026-04-22")

    assert statements_of(database, approval) == ["remind_check 04-12", "miss_check 04-20"]


@pytest.mark.parametrize(
    ("code", "has_promise", "check_on"),
    [
        ("A05", False, "2026-04-20"),
        ("A05", True, "2026-03-02"),
        ("A05", True, "2026-05-02"),
        ("A04", False, "2026-04-20"),
    ],
)
def test_a_check_needs_an_item_that_takes_promises_a_promise_and_a_day_in_time(
    town: Database, code: str, has_promise: bool, check_on: str
) -> None:
    with town.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        walk(tx, ref, code, ("submit", "accept", *(["give_promise"] if has_promise else [])))
        with pytest.raises(Invalid) as refused:
            walk(tx, ref, code, ("grant",), given=DOCUMENT | {"check_on": check_on})
        assert list(refused.value.fields) == ["check_on"]
        walk(tx, ref, code, ("grant",), given=DOCUMENT)  # a promise does not force a check


def test_only_a_broken_promise_is_put_right_and_only_a_due_check_recorded(town: Database) -> None:
    with town.write() as tx:
        approval = a_promised(tx)
        for given in (
            BROKEN | {"correct_by": None},
            BROKEN | {"result": "kept"},
            BROKEN | {"correct_by": "2026-03-02"},
        ):
            with pytest.raises(Invalid) as refused:
                do(tx, "window-a05", "record_check", approval, given)
            assert list(refused.value.fields) == ["correct_by"]
        do(tx, "window-a05", "record_check", approval)
        with pytest.raises(Refused):
            do(tx, "window-a05", "record_check", approval)


@pytest.mark.parametrize("column", ["check_on", "check_alarm_on"])
def test_verify_names_a_check_that_differs_from_the_record(database: Database, column: str) -> None:
    with database.write() as tx:
        row = row_of(tx, a_promised(tx))
    for value in (None, getattr(row, column)):
        with database.write() as tx:
            tx.execute(update(APPROVALS).where(APPROVALS.c.id == row.id).values({column: value}))
        assert any(f"{column} is None, its history says" in fault for fault in faults(database)) is (value is None)
