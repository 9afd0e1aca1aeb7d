"""容缺受理: an acceptance that leaves minor materials owed until a day, by which they are handed in and ticked off."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, update

from approvals.base.database import Database
from approvals.base.errors import Invalid, Refused
from approvals.history.record import NOTICE
from approvals.registration.queries import APPROVALS
from tests.support.builders import (
    a_project,
    an_owing,
    do,
    faults,
    walk,
)
from tests.support.watched_days import row_of, statements_of, swept

OWED = {"owed": ["公众参与说明"], "owed_until": "2026-03-20"}
SUPPLIED, SETTLED = {"materials": ["公众参与说明"]}, {"owed": ["公众参与说明"]}


def a_received(tx: Connection) -> str:
    ref = a_project(tx, "registered")
    walk(tx, ref, "A01", ("submit", "accept", "grant"))
    walk(tx, ref, "A03", ("submit",))
    return f"{ref}/A03"


def test_materials_are_left_owed_handed_in_and_ticked_off_while_the_clock_runs(database: Database) -> None:
    with database.write() as tx:
        approval, plain = an_owing(tx), a_received(tx)
        do(tx, "window-a03", "accept", plain, {})
        days = [(row.promised_due_on, row.legal_due_on) for row in (row_of(tx, approval), row_of(tx, plain))]
        assert days[0] == days[1]
        assert row_of(tx, approval).owed_until == date(2026, 3, 20)
        do(tx, "owner1", "supply_owed", approval, SUPPLIED)
        assert row_of(tx, approval).owed_until == date(2026, 3, 20)  # until the window has looked at it
        do(tx, "window-a03", "settle_owed", approval, SETTLED)
        row = row_of(tx, approval)

    assert (row.state, row.owed_until, row.owed_alarm_on) == ("accepted", None, None)


def test_what_is_owed_is_reminded_of_ahead_and_counted_when_it_is_late(database: Database) -> None:
    with database.write() as tx:
        approval = an_owing(tx)
    swept(database, "2026-03-16", "2026-03-17", "2026-03-18", "2026-03-20", "2026-03-21", "2026-03-25")

    assert statements_of(database, approval) == ["remind_owed 03-16", "miss_owed 03-20"]  # midnight in the city, in UTC
    with database.read() as tx:
        told = tx.execute(NOTICE.select().where(NOTICE.c.move == "approval.miss_owed")).all()
        assert {notice.audience for notice in told} == {"owner", "liaison", "window"}
    with database.write() as tx:
        do(tx, "owner1", "supply_owed", approval, SUPPLIED)
        do(tx, "window-a03", "settle_owed", approval, SETTLED)


def test_one_sweep_after_a_long_night_says_what_daily_ones_would_have_said(database: Database) -> None:
    with database.write() as tx:
        approval = an_owing(tx)
    swept(database, "2026-04-10", "2026-04-11")

    assert statements_of(database, approval) == ["remind_owed 03-16", "miss_owed 03-20"]


def test_what_came_in_time_is_not_late_though_the_window_has_not_looked_at_it(database: Database) -> None:
    with database.write() as tx:
        approval = an_owing(tx)
        do(tx, "liaison1", "supply_owed", approval, SUPPLIED)
    swept(database, "2026-04-10")

    assert statements_of(database, approval) == []


def test_who_was_told_less_than_three_days_ahead_is_not_reminded(database: Database) -> None:
    with database.write() as tx:
        approval = an_owing(tx, until="2026-03-04")
    swept(database, "2026-03-31")

    assert statements_of(database, approval) == ["miss_owed 03-04"]


def test_what_is_owed_outlives_the_grant_and_ends_with_a_refusal_or_a_withdrawal(database: Database) -> None:
    with database.write() as tx:
        granted, refused, withdrawn = (an_owing(tx) for _ in range(3))
        do(tx, "window-a03", "grant", granted, {"document_no": "攀环审批〔2026〕90号"})
        do(tx, "window-a03", "refuse", refused)
        do(tx, "owner1", "withdraw_approval", withdrawn)
        rows = [row_of(tx, approval) for approval in (granted, refused, withdrawn)]
        assert [row.owed_until and str(row.owed_until) for row in rows] == ["2026-03-20", None, None]
        do(tx, "owner1", "supply_owed", granted, SUPPLIED)
        do(tx, "window-a03", "settle_owed", granted, SETTLED)


def test_of_a_withdrawn_project_nothing_is_said(database: Database) -> None:
    with database.write() as tx:
        approval = an_owing(tx)
        do(tx, "window-a03", "grant", approval, {"document_no": "攀环审批〔2026〕91号"})
        do(tx, "owner1", "withdraw", approval.partition("/")[0])
    swept(database, "2026-04-10")

    assert statements_of(database, approval) == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("owed.0", OWED | {"owed": ["环评文件"]}),
        ("owed_until", {"owed": ["公众参与说明"]}),
        ("owed", {"owed_until": "2026-03-20"}),
        ("owed_until", OWED | {"owed_until": "2026-03-02"}),
    ],
)
def test_an_acceptance_leaves_owed_what_may_follow_until_a_later_day(
    town: Database, field: str, given: dict[str, Any]
) -> None:
    with town.write() as tx:
        approval = a_received(tx)
        with pytest.raises(Invalid) as refused:
            do(tx, "window-a03", "accept", approval, given)

    assert list(refused.value.fields) == [field]


def test_only_what_is_owed_is_handed_in_and_ticked_off(town: Database) -> None:
    with town.write() as tx:
        approval = an_owing(tx)
        for who, move, given, field in (
            ("owner1", "supply_owed", {"materials": ["环评文件"]}, "materials.0.name"),
            ("owner1", "supply_owed", {"materials": []}, "materials"),
            ("window-a03", "settle_owed", {"owed": ["环评文件"]}, "owed.0"),
            ("window-a03", "settle_owed", {"owed": []}, "owed"),
        ):
            with pytest.raises(Invalid) as refused:
                do(tx, who, move, approval, given)
            assert list(refused.value.fields) == [field]
        do(tx, "window-a03", "settle_owed", approval, SETTLED)  # it came on paper
        with pytest.raises(Refused):
            do(tx, "owner1", "supply_owed", approval, SUPPLIED)


@pytest.mark.parametrize("column", ["owed_until", "owed_alarm_on"])
def test_verify_names_a_row_that_differs_from_the_record(database: Database, column: str) -> None:
    with database.write() as tx:
        row = row_of(tx, an_owing(tx))
    for value in (None, getattr(row, column)):
        with database.write() as tx:
            tx.execute(update(APPROVALS).where(APPROVALS.c.id == row.id).values({column: value}))
        assert any(f"{column} is None, its history says" in fault for fault in faults(database)) is (value is None)
