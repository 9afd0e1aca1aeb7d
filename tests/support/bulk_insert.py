"""Many rows at once, by the driver's own way for many: executemany on SQLite, COPY on PostgreSQL."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table


def put(tx: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert these rows, which all name the same columns."""
    names = list(rows[0])
    columns = [_converted(tx, table.c[name], rows) for name in names]
    values = zip(*columns, strict=True)
    listed, cursor = ", ".join(f'"{name}"' for name in names), tx.connection.cursor()
    if tx.dialect.name == "sqlite":
        cursor.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({', '.join('?' * len(names))})", values)  # noqa: S608
        return
    with cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
        for value in values:
            copy.write_row(value)


def _converted(tx: Connection, column: Column[Any], rows: Sequence[dict[str, Any]]) -> Iterable[Any]:
    """As the driver takes them; each value is converted once, for copies of one row have most in common."""
    kind = column.type.dialect_impl(tx.dialect)
    convert: Callable[[Any], Any] | None = kind.bind_processor(tx.dialect)
    values = (row[column.name] for row in rows)
    return map(cache(convert), values) if convert else values
