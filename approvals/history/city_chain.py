"""The city's own chain: the record of what belongs to no project, reports and orders at large."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from approvals.accounts.actors import Scope
from approvals.history.record import CHAIN, FIRST

CITY_CHAIN = 0  # stands where the id of a project would
CITY = Scope(owner_unit_id=0)


def locked_city_chain(tx: Connection, begins_at: datetime) -> tuple[int, int, str, datetime]:
    """The end of the city's chain as `recording` takes it, locked; begun at this moment when there is none."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    first = {"project_id": CITY_CHAIN, "seq": 0, "head": FIRST, "last_at": begins_at}
    tx.execute(insert(CHAIN).values(first).on_conflict_do_nothing())
    end = tx.execute(select(CHAIN).where(CHAIN.c.project_id == CITY_CHAIN).with_for_update()).one()
    return end.project_id, end.seq, end.head, end.last_at
