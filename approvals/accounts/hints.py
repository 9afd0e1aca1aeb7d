"""Hints that a person has read: each is shown until then, and not again."""

from datetime import datetime

from sqlalchemy import Connection, Table, delete, select

from approvals.accounts.tables import ReadHint
from approvals.base.tables import insert_once, table_of

READ: Table = table_of(ReadHint)


def has_read(tx: Connection, person_id: int, hint: str) -> bool:
    """Whether the person has read this hint."""
    own = READ.c.person_id == person_id, READ.c.hint == hint
    return tx.execute(select(READ.c.id).where(*own)).first() is not None


def mark_hint_read(tx: Connection, person_id: int, hint: str, now: datetime) -> None:
    """Show this hint to the person no more; a second time changes nothing."""
    row = {"person_id": person_id, "hint": hint, "read_at": now}
    tx.execute(insert_once(tx, READ).values(row))


def show_hints_again(tx: Connection, person_id: int) -> None:
    """Forget which hints the person has read."""
    tx.execute(delete(READ).where(READ.c.person_id == person_id))
