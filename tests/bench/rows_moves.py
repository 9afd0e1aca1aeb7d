"""Rows 5 and 8: a move in process, beside the very statements that it makes, sent by hand to the driver."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import event

from approvals.base.database import Database, prepare_sqlite
from approvals.base.migrations import upgrade
from tests.bench.measuring import Bench, Finding, Side, at_least, interleaved, rate
from tests.bench.stock import Mover, Waiting, a_sqlite_city, a_stock, copied
from tests.support.servers import a_postgres
from tests.support.sql_recorder import Many, Statement, recorded

DURABLE = ()  # PostgreSQL as it comes: fsync and synchronous_commit are on
MOVE = "a move in process"
BY_HAND = "the same statements by hand"


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
    each = bench.many(150)
    url = a_sqlite_city(bench.new_folder("moves"))
    waiting = a_stock(url, each * (bench.rounds + 1))
    noted = _noted_moves(copied(url, "noted"), waiting)
    plain = _plain_sqlite(copied(url, "by_hand"))
    database = Database(url)
    found = _beside_by_hand(bench, each, database, waiting, plain, noted)
    plain.close()
    yield Finding(5, MOVE, f"{BY_HAND} in sqlite3", at_least(0.35), "moves/s", *found, note=_counted(noted))
    yield from _cost_of_durability(bench)


def _cost_of_durability(bench: Bench) -> Iterator[Finding]:
    """What it costs that a commit is on the disk before it is told, beside one that may be lost."""
    each = bench.many(150)
    url = a_sqlite_city(bench.new_folder("durable"))
    waiting = a_stock(url, each * (bench.rounds + 1))
    hasty, durable = Database(copied(url, "hasty")), Database(url)
    event.listen(hasty.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=NORMAL"))
    sides = {
        "durable": mover_side(Mover(durable), waiting, each),
        "hasty": mover_side(Mover(hasty), waiting, each),
    }
    found = interleaved(sides, bench)
    hasty.close()
    durable.close()
    beside = "the same with synchronous=NORMAL"
    yield Finding(5, f"{MOVE}, synchronous=FULL", beside, None, "moves/s", found["durable"], found["hasty"])


def move_on_postgres(bench: Bench) -> Iterator[Finding]:
    """Row 8."""
    each = bench.many(150)
    with a_postgres(DURABLE) as server:
        upgrade(url := server.create("city"))
        waiting = a_stock(url, each * (bench.rounds + 1))
        server.run("VACUUM ANALYZE")
        noted = _noted_moves(server.create("noted", "city"), waiting)
        plain = psycopg.connect(server.create("by_hand", "city"), autocommit=True)
        found = _beside_by_hand(bench, each, Database(url), waiting, plain, noted)
        plain.close()
    yield Finding(8, MOVE, f"{BY_HAND} in psycopg 3", at_least(0.8), "moves/s", *found, note=_counted(noted))


def _beside_by_hand(
    bench: Bench, each: int, database: Database, waiting: list[Waiting], plain: Any, noted: list[list[Statement]]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    todo = iter(noted)
    sides = {
        "ours": mover_side(Mover(database), waiting, each),
        "by hand": lambda: _over(islice(todo, each), lambda statements: _send(plain, statements)),
    }
    found = interleaved(sides, bench)
    database.close()
    return found["ours"], found["by hand"]


def _send(connection: Any, statements: list[Statement]) -> None:
    """These statements and their commit, every answer read."""
    cursor = connection.cursor()
    for sql, values in statements:
        (cursor.executemany if isinstance(values, Many) else cursor.execute)(sql, values)
        if cursor.description:
            cursor.fetchall()


def _counted(noted: list[list[Statement]]) -> str:
    return f"{sum(map(len, noted)) / len(noted):.1f} statements a move, those that begin and end it among them"


# Noting down what a move sends.


def _noted_moves(url: str, waiting: Iterable[Waiting]) -> list[list[Statement]]:
    database = Database(url)
    mover, moves = Mover(database), []
    statements = recorded(database.engine)
    for one in waiting:
        statements.clear()
        mover.make(one)
        moves.append(list(statements))
    database.close()
    return moves


def _plain_sqlite(url: str) -> Any:
    connection = sqlite.connect(Path(url.removeprefix("sqlite:///")))
    prepare_sqlite(connection)
    return connection
