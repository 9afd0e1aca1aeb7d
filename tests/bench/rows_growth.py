"""Rows 9 to 11, 16 and 17: what must not grow with the city, in a small one and in one that has grown for ten years."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Connection, func, select

from approvals.accounts.queries import PERSON
from approvals.base.database import Database
from approvals.calendar.queries import reading
from approvals.casefile.board.heat import DEPARTMENT
from approvals.casefile.board.queries import BoardListFilter
from approvals.casefile.board.views import Board, board
from approvals.casefile.project_list import casefiles
from approvals.casefile.views import CasefileFilter
from approvals.catalogue.queries import known_stages
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.compilation import compile_month
from approvals.reports.periods import read_month
from approvals.supervision.queries import due_projects
from approvals.supervision.sweep import sweep
from approvals.windows.queue import QueueFilter, queue
from tests.bench.measuring import Bench, Finding, Target, compared, rate, seconds
from tests.bench.rows_moves import DURABLE
from tests.bench.stock import pour
from tests.support.builders import NOW, an_actor, window
from tests.support.grown_city import MONTH, SINCE, TODAY, grown_sqlite
from tests.support.servers import Postgres, a_postgres
from workflows.charts.approval import APPROVAL

DEEP = 0.9  # how far down the list the page lies
LOOKED_AT = 2000  # approvals that are looked at one by one, of which all are reckoned
READ = QueueFilter(tab="accepted")


@contextmanager
def cities(bench: Bench, engine: str) -> Iterator[tuple[Database, Database]]:
    """The small and the grown city on this engine; nobody may write to them."""
    since = SINCE if bench.scale == 1 else TODAY.year
    urls = [grown_sqlite(bench.many(size), since) for size in bench.approvals]
    with ExitStack() as open_:
        if engine == "postgresql":
            server = open_.enter_context(a_postgres(DURABLE))
            urls = [poured(server, url, f"city{number}") for number, url in enumerate(urls)]
        small, grown = (open_.enter_context(closing(Database(url))) for url in urls)
        yield small, grown


def poured(server: Postgres, source: str, name: str) -> str:
    """The same city in a new database of this server, with statistics as autovacuum would have made them."""
    url = server.create(name)
    pour(source, url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return url


def _read(bench: Bench) -> Iterator[tuple[str, Connection, Connection]]:
    """Each engine with its small and its grown city, read at one moment."""
    for engine in bench.engines:
        with cities(bench, engine) as (small, grown), small.read() as few, grown.read() as many:
            yield engine, few, many


def deep_page(bench: Bench) -> Iterator[Finding]:
    """Row 9: what a window's queue asks the database, its counts among it."""
    for engine, few, many in _read(bench):
        rows, cursor = deepest(many)
        work, beside = f"a queue page deep in {size_of(many)} approvals, {engine}", f"the first page of {size_of(few)}"
        sides = partial(_page_time, many, cursor, bench), partial(_page_time, few, "", bench)
        note = f"behind {rows:,} rows of the list; the counts of the queue's tabs are read with it"
        yield compared(bench, "9", work, beside, Target("≤", 1.3), "ms", *sides, note)


def _page_time(tx: Connection, cursor: str, bench: Bench) -> float:
    actor = an_actor(tx, window("A01"), TODAY)
    return 1000 / rate(lambda: queue(tx, actor, READ, today=TODAY, cursor=cursor), bench.many(20))


def deepest(tx: Connection) -> tuple[int, str]:
    """How many rows lie before a page nine tenths down the list, and where it begins."""
    actor = an_actor(tx, window("A01"), TODAY)
    view, rows, cursor = queue(tx, actor, READ, today=TODAY), 0, ""
    total = dict((tab.name, number) for tab, number in view.tabs)["accepted"] or 0
    while view.page.next_cursor and rows < DEEP * total:
        rows, cursor = rows + len(view.page.rows), view.page.next_cursor
        view = queue(tx, actor, READ, today=TODAY, cursor=cursor)
    return rows, cursor


def sweep_of_many(bench: Bench) -> Iterator[Finding]:
    """Row 10: a sweep, beside one that would look at every approval which is not over."""
    for engine in bench.engines:
        with cities(bench, engine) as (_, grown):
            yield _sweep(bench, engine, grown)


def _sweep(bench: Bench, engine: str, grown: Database) -> Finding:
    with grown.read() as tx:
        size, (left, each) = size_of(tx), _looking(tx, bench)
        due = len(due_projects(tx, TODAY))
        finding = seconds(lambda: due_projects(tx, TODAY))
    database = Database(copied_to(grown, bench.new_folder(f"sweep-{engine}"))) if grown.is_sqlite else grown
    took = seconds(lambda: sweep(database, NOW, lambda: NOW))
    if database is not grown:
        database.close()
    work = f"a sweep over {size} approvals, {engine}"
    note = (
        f"{left:,} are not over, {due:,} projects have something due and are found in {1000 * finding:.1f} ms; to look"
        f" at one takes {1e6 * each:.0f} µs, from which the other figure is reckoned, its acts being the same"
    )
    row_by_row = left * each + took - finding
    return Finding("10", work, "looking at them row by row", Target("≤", 0.02), "s", (took,), (row_by_row,), note)


def _looking(tx: Connection, bench: Bench) -> tuple[int, float]:
    """How many approvals are not over, and how long it takes to read one's clock, row by row."""
    going_on = APPROVALS.c.state.not_in(APPROVAL.final_states)
    left = tx.execute(select(func.count()).where(going_on)).scalar_one()
    started = going_on & APPROVALS.c.received_on.is_not(None)
    rows = tx.execute(select(APPROVALS).where(started).order_by(APPROVALS.c.id).limit(bench.many(LOOKED_AT))).all()
    begun = time.perf_counter()
    for row in rows:
        reading(tx, row, TODAY)
    return int(left), (time.perf_counter() - begun) / len(rows)


def copied_to(city: Database, folder: Path) -> str:
    """A SQLite city that may be written to."""
    shutil.copy(str(city.url.database), folder / "city.db")
    return f"sqlite:///{folder / 'city.db'}"


def _board(tx: Connection) -> Board:
    stages = known_stages(tx, NOW.date())
    return board(tx, an_actor(tx, "office1", TODAY), BoardListFilter(), DEPARTMENT, stages, NOW)


def board_of_many(bench: Bench) -> Iterator[Finding]:
    """Row 16."""
    return _grown(bench, "16", "the board with", 1.5, _board)


def empty_search(bench: Bench) -> Iterator[Finding]:
    """Row 17."""
    nothing, work = CasefileFilter(search="没有"), "a search in the list of casefiles that finds nothing with"
    office = "office1"
    return _grown(bench, "17", work, 1.5, lambda tx: casefiles(tx, an_actor(tx, office, TODAY), nothing, today=TODAY))


def month_figures(bench: Bench) -> Iterator[Finding]:
    """Row 11: the figures of one month that holds the same entries in either city."""

    def note(few: Connection, many: Connection) -> str:
        counts = {_entries_of_month(tx) for tx in (few, many)}
        assert len(counts) == 1, counts
        return f"{counts.pop():,} entries in the month; the report looks at the eleven months before it as well"

    return _grown(bench, "11", "the figures of a month in", 1.2, lambda tx: compile_month(tx, MONTH), note)


def _grown(
    bench: Bench,
    row: str,
    work: str,
    most: float,
    read: Callable[[Connection], object],
    note: Callable[[Connection, Connection], str] = lambda few, many: "",
) -> Iterator[Finding]:
    """The same reading in the grown city beside the small one; `work` ends in how the city's size is said."""
    for engine, few, many in _read(bench):
        sides = (partial(_milliseconds, read, tx) for tx in (many, few))
        title, beside = f"{work} {size_of(many)} approvals, {engine}", f"{work.split()[-1]} {size_of(few)}"
        yield compared(bench, row, title, beside, Target("≤", most), "ms", *sides, note(few, many))


def _milliseconds(read: Callable[[Connection], object], tx: Connection) -> float:
    return 1000 * seconds(lambda: read(tx))


def _entries_of_month(tx: Connection) -> int:
    month = read_month(MONTH)
    within = ENTRY.c.at.between(month.starts_at, month.ends_at)
    return int(tx.execute(select(func.count()).select_from(ENTRY).where(within)).scalar_one())


def size_of(tx: Connection) -> str:
    return f"{tx.execute(select(func.count()).select_from(APPROVALS)).scalar_one():,}"


def refs(tx: Connection, owner: str, state: str, code: str = "A01") -> list[str]:
    """The projects of this owner whose approval of this item is in this state, the newest first."""
    numbers = select(PROJECTS.c.number).join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
    owned = numbers.join(PERSON, PERSON.c.unit_id == PROJECTS.c.owner_unit_id).where(PERSON.c.username == owner)
    matching = owned.where(APPROVALS.c.code == code, APPROVALS.c.state == state, PROJECTS.c.state == "registered")
    return list(tx.execute(matching.order_by(PROJECTS.c.id.desc())).scalars())
