"""Rows 5, 6 and 8: a move in process, beside the statements that it makes sent by hand, and beside its chart."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite

from approvals.accounts.actors import acting_role
from approvals.base.database import Database, prepare_sqlite
from approvals.base.migrations import upgrade
from approvals.registration.queries import approval_for, approval_subject
from tests.bench.measuring import Bench, Finding, Side, Target, compared, rate
from tests.bench.stock import CODE, Mover, Waiting, a_sqlite_city, a_stock, copied
from tests.support.servers import a_postgres
from tests.support.sql_recorder import Many, Statement, recorded
from workflows.charts.approval import APPROVAL
from workflows.charts.model import step

DURABLE = ()  # PostgreSQL as it comes: fsync and synchronous_commit are on
EACH = 150  # moves a round
MOVE = "a move in process"


def mover_side(mover: Mover, waiting: Iterable[Waiting], each: int) -> Side:
    """Moves a second, over the next `each` waiting cases."""
    stock = iter(waiting)
    return lambda: _over(islice(stock, each), mover.make)


def _over(things: Iterable[Any], work: Any) -> float:
    """Things a second."""
    left = list(things)
    assert left, "the stock is used up"
    todo = iter(left)
    return rate(lambda: work(next(todo)), len(left))


def move_on_sqlite(bench: Bench) -> Iterator[Finding]:
    """Row 5."""
    url = a_sqlite_city(bench.new_folder("moves"))
    waiting = a_stock(url, bench.many(EACH) * (bench.rounds + 1))
    moves_sent = _recorded_moves(copied(url, "recorded"), waiting)
    with closing(sqlite.connect(Path(copied(url, "by_hand").removeprefix("sqlite:///")))) as plain:
        prepare_sqlite(plain)
        yield _beside_by_hand(bench, "5", "sqlite3", Target("≥", 0.5), url, waiting, plain, moves_sent)


def move_on_postgres(bench: Bench) -> Iterator[Finding]:
    """Row 8."""
    with a_postgres(DURABLE) as server:
        upgrade(url := server.create("city"))
        waiting = a_stock(url, bench.many(EACH) * (bench.rounds + 1))
        server.run("VACUUM ANALYZE")
        moves_sent = _recorded_moves(server.create("recorded", "city"), waiting)
        with psycopg.connect(server.create("by_hand", "city"), autocommit=True) as plain:
            yield _beside_by_hand(bench, "8", "psycopg 3", Target("≥", 1), url, waiting, plain, moves_sent)


def _beside_by_hand(
    bench: Bench,
    row: str,
    driver: str,
    target: Target,
    url: str,
    waiting: list[Waiting],
    plain: Any,
    moves_sent: list[list[Statement]],
) -> Finding:
    each, todo = bench.many(EACH), iter(moves_sent)
    counted = sum(map(len, moves_sent)) / len(moves_sent)
    note = f"{counted:.1f} statements a move, those that begin and end it among them"
    with closing(Database(url)) as database:
        ours = mover_side(Mover(database), waiting, each)
        theirs: Side = lambda: _over(islice(todo, each), lambda statements: _send(plain, statements))  # noqa: E731
        return compared(
            bench, row, MOVE, f"the same statements by hand in {driver}", target, "moves/s", ours, theirs, note
        )


def _send(connection: Any, statements: list[Statement]) -> None:
    """These statements and their commit, every answer read."""
    cursor = connection.cursor()
    for sql, values in statements:
        (cursor.executemany if isinstance(values, Many) else cursor.execute)(sql, values)
        if cursor.description:
            cursor.fetchall()


def _recorded_moves(url: str, waiting: Iterable[Waiting]) -> list[list[Statement]]:
    """What each of these moves sends."""
    database = Database(url)
    mover, moves = Mover(database), []
    statements = recorded(database.engine)
    for case in waiting:
        statements.clear()
        mover.make(case)
        moves.append(list(statements))
    database.close()
    return moves


def chart_share(bench: Bench) -> Iterator[Finding]:
    """Row 6: what a move spends on its chart, beside the whole move."""
    each = bench.many(100)
    waiting = a_stock(url := a_sqlite_city(bench.new_folder("chart")), each * (bench.rounds + 1))
    with closing(Database(url)) as database:
        mover = Mover(database)
        questions, one_move = _questions(database, mover), mover_side(mover, waiting, each)
        sides = (lambda: 1e6 / rate(questions, bench.many(20_000)), lambda: 1e6 / one_move())
        beside = "the whole move in process, SQLite"
        yield compared(bench, "6", "the chart's share of a move", beside, Target("≤", 0.02), "µs", *sides)


def _questions(database: Database, mover: Mover) -> Side:
    """All that a submission asks its chart: the move, who may make it, where it leads."""
    actor = mover.actors["owner1"]
    with database.read() as tx:
        case = approval_subject(approval_for(tx, "510400-2026-00001", CODE, actor))

    def ask() -> float:
        move = APPROVAL.move("submit")
        acting_role(actor, move, case.place)
        step(APPROVAL, "ready", move.name)
        step(APPROVAL, "ready", move.name)
        return 0

    return ask
