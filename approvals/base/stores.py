"""Small stores of the installation: number series, idempotency keys, and named facts."""

from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Executable, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.tables import Fact, NumberSeries, OnceKey, insert_once, table_of

SERIES, KEY, FACT = table_of(NumberSeries), table_of(OnceKey), table_of(Fact)


@cache
def _raise_series(dialect: str) -> Executable:
    """Begin the series with 1, or raise its last number, which is locked thereby."""
    row = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(SERIES).values(
        series=bindparam("series"), last=1
    )
    return row.on_conflict_do_update(index_elements=[SERIES.c.series], set_={"last": SERIES.c.last + 1}).returning(
        SERIES.c.last
    )


def next_number(tx: Connection, series: str) -> int:
    """The next number of `series`, from 1; writers of one series wait for each other until they commit.

    A rollback takes no number: a series has no gaps.
    """
    return int(tx.execute(_raise_series(tx.dialect.name), {"series": series}).scalar_one())


def answer_of(tx: Connection, key: str) -> str | None:
    """The answer stored under this idempotency key, or None."""
    return tx.execute(select(KEY.c.answer).where(KEY.c.key == key)).scalar_one_or_none()


def reserve(tx: Connection, key: str, now: datetime) -> str | None:
    """Take the key for this transaction; the answer when it was used before. A second writer waits for the first."""
    statement = insert_once(tx, KEY).values(key=key, answer="", at=now).returning(KEY.c.key)
    is_taken = tx.execute(statement).one_or_none() is not None
    return None if is_taken else answer_of(tx, key)


def settle(tx: Connection, key: str, answer: str) -> None:
    """Store the answer under a key that this transaction reserved."""
    tx.execute(update(KEY).where(KEY.c.key == key).values(answer=answer))


def fact(tx: Connection, name: str) -> Any:
    """The fact of this name, from its JSON, or None."""
    text = tx.execute(select(FACT.c.value).where(FACT.c.name == name)).scalar_one_or_none()
    return None if text is None else orjson.loads(text)


def keep_fact(tx: Connection, name: str, value: object) -> None:
    """Store the fact as JSON in place of the former one."""
    tx.execute(delete(FACT).where(FACT.c.name == name))
    tx.execute(insert(FACT), {"name": name, "value": orjson.dumps(value).decode()})
