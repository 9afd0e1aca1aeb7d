"""Named facts of this installation, kept as JSON."""

from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, insert, select

from approvals.base.tables import Fact, table_of

_T: Table = table_of(Fact)


def fact(tx: Connection, name: str) -> Any:
    """The fact of this name, or None."""
    text = tx.execute(select(_T.c.value).where(_T.c.name == name)).scalar_one_or_none()
    return None if text is None else orjson.loads(text)


def keep_fact(tx: Connection, name: str, value: object) -> None:
    """Keep the fact, in place of what stood there."""
    tx.execute(delete(_T).where(_T.c.name == name))
    tx.execute(insert(_T), {"name": name, "value": orjson.dumps(value).decode()})
