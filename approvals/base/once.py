"""Once-keys: what is sent twice has one effect."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from approvals.base.tables import OnceKey

_T = OnceKey.__table__  # type: ignore[attr-defined]


def answer_of(tx: Connection, key: str) -> str | None:
    """The answer that was kept under this key, or None."""
    return tx.execute(select(_T.c.answer).where(_T.c.key == key)).scalar_one_or_none()


def keep_answer(tx: Connection, key: str, answer: str, now: datetime) -> None:
    """Keep the answer in the transaction that has the effect; a second writer of the same key fails as a whole."""
    tx.execute(insert(_T).values(key=key, answer=answer, at=now))
