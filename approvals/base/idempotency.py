"""Once-keys: what is sent twice has one effect."""

from datetime import datetime

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.tables import OnceKey, table_of

_T: Table = table_of(OnceKey)


def answer_of(tx: Connection, key: str) -> str | None:
    """The answer that was kept under this key, or None."""
    return tx.execute(select(_T.c.answer).where(_T.c.key == key)).scalar_one_or_none()


def keep_answer(tx: Connection, key: str, answer: str, now: datetime) -> None:
    """Keep the answer in the transaction that has the effect; a second writer of the same key fails as a whole."""
    tx.execute(insert(_T).values(key=key, answer=answer, at=now))


def reserve(tx: Connection, key: str, now: datetime) -> str | None:
    """Take the key for this transaction; the answer when it was used before. A second writer waits for the first."""
    insert_or_wait = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = insert_or_wait(_T).values(key=key, answer="", at=now).on_conflict_do_nothing().returning(_T.c.key)
    is_taken = tx.execute(statement).one_or_none() is not None
    return None if is_taken else answer_of(tx, key)


def settle(tx: Connection, key: str, answer: str) -> None:
    """Keep the answer under a key that this transaction reserved."""
    tx.execute(update(_T).where(_T.c.key == key).values(answer=answer))
