"""A month's figures are the same whenever they are compiled, whatever happened or was written down since."""

from datetime import date

from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.calendar.actions import load_notices
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import checksum, from_json, frozen, to_json
from approvals.supervision.sweep import sweep
from tests.reports.conftest import LivedYear
from tests.support.builders import NOW, a_database, an_approval, do, when, window


def test_a_month_compiled_again_is_the_same(year: LivedYear) -> None:
    assert frozen(year.compiled("2026-09")) == frozen(year.compiled("2026-09"))


def test_a_month_compiled_again_after_five_more_months_is_the_same(year: LivedYear) -> None:
    again = year.figures("2026-06")
    assert again == year.june
    assert checksum(again) == checksum(year.june)


def test_a_month_before_all_history_is_all_zero(year: LivedYear) -> None:
    figures = year.figures("2024-02")
    assert figures.city.now == figures.city.before
    assert not figures.city.now.decisions.decided
    assert not figures.city.now.standing.open
    assert (figures.late, figures.key_projects, figures.due) == ((), (), ())


def test_the_running_month_is_read_as_of_today(year: LivedYear) -> None:
    with year.database.read() as tx:
        from_start = compile_running(tx, date(2026, 11, 1))
        later = compile_running(tx, date(2026, 11, 20))
    assert (later.as_of_on, later.is_whole) == (date(2026, 11, 20), False)
    assert from_start.city.now.moves.granted <= later.city.now.moves.granted
    assert later.city.now.moves.granted > 0


def test_figures_come_back_out_of_their_json(year: LivedYear) -> None:
    figures = year.figures("2026-09")
    assert from_json(to_json(figures)) == figures
    assert checksum(from_json(to_json(figures))) == checksum(figures)


def compile_running(tx: Connection, today: date) -> Figures:
    return compile_month(tx, "2026-11", today=today)


def test_what_the_sweep_writes_down_later_counts_in_the_month_in_which_it_happened(database_url: str) -> None:
    database = a_database(database_url)
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-19")).partition("/")[0]
    sweep(database, when("2026-03-31"), lambda: NOW)  # late: escalated
    with database.write() as tx:
        do(tx, window("A01"), "grant", f"{ref}/A01", at=when("2026-03-31", "17:00"))
    before = compiled(database, "2026-03")
    sweep(database, when("2026-04-01"), lambda: NOW)  # closes them, at the time of the decision
    after_the_sweep = compiled(database, "2026-03")
    database.close()
    levels = before.city.now.levels
    assert (levels[0].raised, levels[1].raised) == (1, 1)
    assert sum(level.open for level in levels) == 0
    assert after_the_sweep.city == before.city


def test_a_calendar_loaded_later_moves_no_figure_of_the_month(database_url: str) -> None:
    database = a_database(database_url)
    with database.write() as tx:
        an_approval(tx, "accepted", at=when("2026-03-02"))
    before = compiled(database, "2026-03")
    with database.write() as tx:
        load_notices(tx, "years: {2026: {days_off: [2026-03-03..2026-03-31]}}", by="sysadmin1", now=NOW)
    after_the_notice = compiled(database, "2026-03")
    november = compiled(database, "2026-11")
    database.close()
    assert before.late
    assert after_the_notice == before
    assert november.late[0].promised_due_on > before.late[0].promised_due_on


def compiled(database: Database, month: str) -> Figures:
    with database.read() as tx:
        return compile_month(tx, month)
