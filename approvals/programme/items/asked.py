"""What the lead unit asks for and the office decides, new plans and divisions of days: of each, one waits at most."""

from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from approvals.base.errors import Refused
from approvals.history.record import OpenChain


def waiting(tx: Connection, table: Table, item_id: int) -> Row[Any] | None:
    """What waits for the office, None when nothing does."""
    return tx.execute(select(table).where(table.c.item_id == item_id, table.c.state == "asked")).one_or_none()


def decide_waiting(record: OpenChain, table: Table, item_id: int, state: str, nothing: str) -> Row[Any]:
    """What waits, decided; Refused, with this message, when nothing does."""
    asked = waiting(record.tx, table, item_id)
    if asked is None:
        raise Refused(nothing)
    changes = {"state": state, "decided_at": record.at}
    record.tx.execute(update(table).where(table.c.id == asked.id).values(changes))
    return asked
