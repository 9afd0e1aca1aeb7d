"""A year fed at once, twice, in halves or day by day leaves the same record, and reads the same on every day."""

from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import groupby

import orjson
import pytest
from sqlalchemy import select

from approvals.base.moments import CITY_ZONE, start_of
from approvals.calendar.queries import product_calendar_text
from approvals.demo.year import city_year
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.imports.feed import Feed
from approvals.registration.queries import APPROVALS
from approvals.supervision.sweep import sweep
from approvals.windows.clocks import all_readings
from tests.support.builders import a_database, faults
from tests.support.extent import ENGINES, effort
from workflows.clock.calendar import load_calendar
from workflows.config.catalogue import load_catalogue

ENDS = datetime(2026, 11, 20, 18, tzinfo=CITY_ZONE)
ONE_IN = effort(8, 4)  # of the example city's projects takes part, and one that was suspended and resumed


def now():
    return ENDS


@pytest.fixture(scope="module")
def lines():
    year = city_year(ENDS, load_calendar(product_calendar_text()), load_catalogue())
    refs = sorted({line["on"] for line in year if line["move"] == "register"})[::ONE_IN]
    refs += sorted({line["on"] for line in year if line["move"] == "resume"})[:1]
    mine = [line for line in year if line["on"].partition("/")[0] in refs]
    return [line for line in mine if "/requests" not in line["on"]]  # who answers is up to the roster, not in the feed


def fed(database, *portions):
    for portion in portions:
        feed = Feed(database, now)
        refused = [outcome for outcome in feed.take(map(orjson.dumps, portion)) if outcome.outcome == "refused"]
        assert refused == []
    sweep(database, ENDS, now)


def at_once(database, lines):
    fed(database, lines)


def twice(database, lines):
    fed(database, lines, lines)


def in_overlapping_halves(database, lines):
    fed(database, lines[: len(lines) * 3 // 5], lines[len(lines) * 2 // 5 :])


def day_by_day(database, lines):
    """The sweep of each day, then its lines, as the city lives through it."""
    by_day = {day: list(group) for day, group in groupby(lines, key=lambda line: line["at"][:10])}
    for day in days(lines):
        sweep(database, start_of(day), now, keep=False)
        fed_of_day = Feed(database, now).take(map(orjson.dumps, by_day.get(day.isoformat(), [])))
        assert [outcome for outcome in fed_of_day if outcome.outcome != "done"] == []
    sweep(database, ENDS, now)


def days(lines):
    first = date.fromisoformat(lines[0]["at"][:10])
    return [first + timedelta(days=n) for n in range((ENDS.date() - first).days + 1)]


def record_of(database):
    """All that happened, in a fixed order; a day's sweep and a feed at once write in different orders.

    So an entry that is corrected has another number, and is named by its move and time instead.
    """
    names = ("subject", "round", "move", "from_state", "to_state", "role", "unit", "at", "facts")
    joined = (
        select(PROJECTS.c.external_ref, PROJECTS.c.number, APPROVALS.c.code, *(ENTRY.c[name] for name in names))
        .add_columns(ENTRY.c.seq)
        .join(PROJECTS, PROJECTS.c.id == ENTRY.c.project_id)
        .outerjoin(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    with database.read() as tx:
        rows = tx.execute(joined).all()
    names_of = {(row.external_ref, row.seq): f"{row.move} {row.at}" for row in rows}
    return sorted(str((*row[:-2], _named(row, names_of))) for row in rows)


def _named(row, names_of):
    """The facts of an entry, with the entry that it corrects by its name."""
    facts = orjson.loads(row.facts)
    return facts | {"entry": names_of[row.external_ref, facts["entry"]]} if "entry" in facts else facts


def readings_on(database, day):
    with database.read() as tx:
        return sorted(map(orjson.dumps, all_readings(tx, day)))


@pytest.fixture(scope="module")
def fed_at_once(make_database, lines):
    database = a_database(make_database("sqlite"))
    at_once(database, lines)
    yield database
    database.close()


@pytest.fixture(scope="module")
def expected(fed_at_once):
    """What is read on a day where all was fed at once; looked up once for all that is compared with it."""
    return cache(partial(readings_on, fed_at_once))


WAYS = [(engine, way) for engine in ENGINES for way in (twice, in_overlapping_halves, day_by_day)]


@pytest.mark.parametrize(("engine", "fed_otherwise"), effort([*WAYS[:3], *WAYS[-1:]], WAYS))
def test_a_year_reads_the_same_on_every_day_however_it_came_in(
    make_database, lines, fed_at_once, expected, engine, fed_otherwise
):
    database = a_database(make_database(engine))
    fed_otherwise(database, lines)

    assert faults(database) == []
    assert record_of(database) == record_of(fed_at_once)
    for day in days(lines)[:: effort(29, 1 if fed_otherwise is in_overlapping_halves else 29)]:
        assert readings_on(database, day) == expected(day), day
    database.close()


def test_the_year_that_is_compared_has_all_that_a_clock_can_meet(fed_at_once):
    with fed_at_once.read() as tx:
        moves = set(tx.execute(select(ENTRY.c.move).distinct().order_by(ENTRY.c.move)).scalars())
        assert len(list(all_readings(tx, ENDS.date()))) > effort(100, 200)
    rare = {"deem_accepted", "extend", "start_special", "notify_again", "suspend", "resume", "reapply", "warn_lapse"}
    assert moves >= rare | {"raise", "lift", "close"}
