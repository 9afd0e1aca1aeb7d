"""The same city on the other engine: all rows of a SQLite database poured into PostgreSQL by COPY."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlmodel import SQLModel

from approvals.base.database import Database
from approvals.base.migrations import upgrade
from tests.support.bulk_insert import put

AT_ONCE = 5000  # rows


def pour(source: str, target: str) -> None:
    """Fill an empty PostgreSQL database with what stands in this SQLite one."""
    upgrade(target)
    old, new = Database(source), Database(target)
    with old.read() as reading, new.write() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))  # neither triggers nor foreign keys meanwhile
        tx.execute(text(f"TRUNCATE {', '.join(SQLModel.metadata.tables)}"))
        for table in SQLModel.metadata.sorted_tables:
            for rows in _lots(reading, table):
                put(tx, table, rows)
            _go_on_numbering(tx, table)
    for one in (old, new):
        one.close()


def _lots(tx: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    for rows in tx.execute(select(table).order_by(*table.primary_key)).partitions(AT_ONCE):
        yield [dict(row._mapping) for row in rows]


def _go_on_numbering(tx: Connection, table: Table) -> None:
    key = next(iter(table.primary_key))
    if key.name == "id" and key.type.python_type is int:
        after = select(func.coalesce(func.max(key), 1)).scalar_subquery()
        tx.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), after)))
