"""Rows 12 and 6: the rules, plain Python without a database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays, workdays
from transitions import Machine

from approvals.accounts.actors import acting_role
from approvals.base.database import Database
from approvals.registration.queries import approval_case, approval_for
from tests.bench.measuring import Bench, Finding, Side, at_least, at_most, interleaved, rate
from tests.bench.rows_moves import mover_side
from tests.bench.stock import CODE, Mover, a_sqlite_city, a_stock
from workflows.charts.approval import APPROVAL
from workflows.charts.model import BEFORE, Chart, step
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import Holiday, HolidayNotice

YEARS = range(2004, 2027)
LIMIT = 20  # working days of the decision
DAY = timedelta(days=1)


def due_date(bench: Bench) -> Iterator[Finding]:
    """Row 12: a due date twenty working days on, by our table and by the loop over days that people write."""
    calendar, starts = _known_years(), _starts(bench.many(600))
    wrong = sum(calendar.nth_working_day_after(day, LIMIT) != _looped(day) for day in starts)
    sides: dict[str, Side] = {
        "ours": lambda: _rate_of(calendar, starts),
        "loop": lambda: len(starts) / _loop_seconds(starts),
    }
    found = interleaved(sides, bench)
    note = f"{len(starts):,} start days drawn from 2004-2026, {wrong} of them answered otherwise"
    work, beside = "a due date", "chinesecalendar, asked day by day"
    yield Finding(12, work, beside, at_least(500), "dates/s", found["ours"], found["loop"], note)


def _rate_of(calendar: Calendar, starts: list[date]) -> float:
    again = 50  # the table is too fast to be timed over a few hundred dates
    return len(starts) * rate(lambda: [calendar.nth_working_day_after(day, LIMIT) for day in starts], again)


def _loop_seconds(starts: list[date]) -> float:
    return 1 / rate(lambda: [_looped(day) for day in starts], 1)


def _looped(day: date) -> date:
    left = LIMIT
    while left:
        day += DAY
        left -= chinese_calendar.is_workday(day)
    return day


def _starts(number: int) -> list[date]:
    first, last = date(YEARS[0], 1, 1).toordinal(), date(YEARS[-1], 11, 20).toordinal()
    return [date.fromordinal(random.Random(seed).randint(first, last)) for seed in range(number)]


def _known_years() -> Calendar:
    """What chinesecalendar knows, as notices of ours."""
    return Calendar(tuple(_notice(year) for year in YEARS))


def _notice(year: int) -> HolidayNotice:
    off = [day for day in sorted(holidays) if day.year == year and day not in workdays]
    made_up = [day for day in sorted(workdays) if day.year == year]
    return HolidayNotice(year, tuple(Holiday(day, day, holidays[day]) for day in off), tuple(made_up))


def chart_share(bench: Bench) -> Iterator[Finding]:
    """Row 6: what a move spends on its chart, beside the whole move; and a state machine made for each move."""
    each = bench.many(100)
    waiting = a_stock(url := a_sqlite_city(bench.new_folder("chart")), each * (bench.rounds + 1))
    database = Database(url)
    mover = Mover(database)
    asked = _asked(database, mover)
    sides: dict[str, Side] = {
        "chart": lambda: 1e6 / rate(asked, bench.many(20_000)),
        "machine": lambda: 1e6 / rate(lambda: _machine(APPROVAL), bench.many(200)),
        "move": lambda: 1e6 / one_move(),
    }
    one_move = mover_side(mover, waiting, each)
    found = interleaved(sides, bench)
    database.close()
    beside = "the whole move in process, SQLite"
    yield Finding(6, "the chart's share of a move", beside, at_most(0.05), "µs", found["chart"], found["move"])
    work = "for comparison: a machine made for each move"
    yield Finding(6, work, beside, None, "µs", found["machine"], found["move"])


def _asked(database: Database, mover: Mover) -> Side:
    """All that a submission asks its chart: the move, who may make it, where it leads."""
    actor = mover.actors["owner1"]
    with database.read() as tx:
        case = approval_case(approval_for(tx, "510400-2026-00001", CODE, actor))

    def ask() -> float:
        move = APPROVAL.move("submit")
        acting_role(actor, move, case.place)
        step(APPROVAL, "ready", move.name)
        step(APPROVAL, "ready", move.name)
        return 0

    return ask


class _Model:
    state: str


def _machine(chart: Chart) -> str:
    """A machine with its model for one move, as people use the library."""
    model = _Model()
    edges = [(m, source) for m in chart.moves for source in (m.sources or (BEFORE,))]
    Machine(
        model,
        states=[BEFORE, *chart.state_names],
        initial="ready",
        transitions=[{"trigger": m.name, "source": source, "dest": m.target or source} for m, source in edges],
        auto_transitions=False,
    )
    model.trigger("submit")  # type: ignore[attr-defined]
    return model.state
