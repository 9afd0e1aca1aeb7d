"""The pace follows the record at once: what is brought in late, put right, halted or begun anew, on either engine."""

from datetime import date

from sqlalchemy import update

from approvals.base.database import Database
from approvals.casefile.forecast import decision_speeds
from approvals.registration.queries import APPROVALS
from tests.support.builders import NOW, a_database, an_approval, approval_row, do, entries, faults, walk, when

TODAY = NOW.date()
WHY = {"reason": "窗口录入日期有误，以纸质收件单为准"}


def used(database: Database, today: date = TODAY) -> list[int]:
    """The days that the decisions used, whoever made them."""
    with database.read() as tx:
        return sorted(days for told in decision_speeds(tx, today).used.values() for days in told)


def decided(database: Database, on: str, move: str = "grant") -> str:
    """A01 accepted on Monday, 2 March 2026, and decided on that day."""
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-02"))
        walk(tx, ref.partition("/")[0], "A01", (move,), at=when(on))
    return ref


def test_what_is_decided_today_or_was_a_year_ago_does_not_count(database: Database) -> None:
    decided(database, "2026-03-04")
    days = (date(2026, 3, 4), date(2026, 3, 5), date(2027, 3, 4), date(2027, 3, 5))
    assert [used(database, today) for today in days] == [[], [2], [2], []]


def test_a_day_put_right_puts_the_pace_right(database: Database) -> None:
    ref = decided(database, "2026-03-09")
    assert used(database) == [5]
    with database.write() as tx:
        [number] = [one.seq for one in entries(tx, ref.partition("/")[0]) if one.move == "grant"]
        given = {"entry": number, "right_on": "2026-03-05"} | WHY
        do(tx, "window-a01", "propose_correction", ref, given, at=when("2026-03-12"))
        do(tx, "head-a01", "confirm_correction", ref, {}, at=when("2026-03-12", "10:00"))
    assert used(database) == [3]


def test_days_on_which_the_project_was_suspended_are_not_used(database: Database) -> None:
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-02"))
        project = ref.partition("/")[0]
        do(tx, "office1", "suspend", project, at=when("2026-03-04"))
        do(tx, "office1", "resume", project, at=when("2026-03-09"))
        walk(tx, project, "A01", ("grant",), at=when("2026-03-10"))
        do(tx, "office1", "suspend", project, at=when("2026-03-12"))
    assert used(database) == [3]


def test_days_that_the_record_does_not_say_are_named(database: Database) -> None:
    ref = decided(database, "2026-03-04")
    with database.write() as tx:
        row = approval_row(tx, *ref.split("/"))
        tx.execute(update(APPROVALS).where(APPROVALS.c.id == row.id).values(used_days=1))
    named = f"stored_days_follow_from_history: approval {row.id}: used_days is 1, its history says 2"
    assert faults(database) == [named]
    with database.write() as tx:
        tx.execute(update(APPROVALS).where(APPROVALS.c.id == row.id).values(used_days=2))


def test_the_pace_is_one_statement_counted_off_an_index(sqlite_url: str) -> None:
    database, asked = a_database(sqlite_url), list[str]()
    with database.read() as tx:
        driver = tx.connection.dbapi_connection
        driver.set_trace_callback(asked.append)  # type: ignore[union-attr]
        decision_speeds(tx, TODAY)
        driver.set_trace_callback(None)  # type: ignore[union-attr]
        [sql] = asked
        plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("COVERING INDEX ix_approvals_pace (decided_on>? AND decided_on<?)" in step for step in plan)
    database.close()
