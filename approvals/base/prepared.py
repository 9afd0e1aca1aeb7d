"""Statements of the hot path: built and compiled once for each engine, then run by the driver itself.

SQLAlchemy says what the SQL is and how values are converted; what it does anew for every execution is left out, which
is two thirds of the time of a short statement.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement with named parameters; `keys` are the columns that an INSERT gives."""

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self.statement = statement
        self.keys = keys
        self._by_dialect: dict[str, _Compiled] = {}

    def run(self, tx: Connection, given: Mapping[str, Any]) -> int:
        """Carry it out; the number of rows that it touched."""
        return int(self._compiled(tx).execute(tx, given).rowcount)

    def run_all(self, tx: Connection, given: Sequence[Mapping[str, Any]]) -> None:
        """Carry it out once for each, in one round trip where the engine can."""
        if len(given) == 1:
            self._compiled(tx).execute(tx, given[0])
        elif given:
            self._compiled(tx).execute_all(tx, given)

    def rows(self, tx: Connection, given: Mapping[str, Any]) -> list[Any]:
        """The rows that it finds, as named tuples."""
        compiled = self._compiled(tx)
        return compiled.read(compiled.execute(tx, given).fetchall())

    def one_or_none(self, tx: Connection, given: Mapping[str, Any]) -> Any:
        """The row that it finds, or None; more than one is a fault of the statement."""
        rows = self.rows(tx, given)
        if len(rows) > 1:
            raise LookupError(f"{len(rows)} rows where one at most may be")
        return rows[0] if rows else None

    def _compiled(self, tx: Connection) -> "_Compiled":
        found = self._by_dialect.get(tx.dialect.name)
        if found is None:
            found = self._by_dialect[tx.dialect.name] = _Compiled(self.statement, self.keys, tx.dialect)
        return found


class _Compiled:
    """A statement in the words of one engine."""

    def __init__(self, statement: Any, keys: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self.sql = str(compiled)
        self.dialect = dialect
        self.fixed = dict(compiled.params)
        kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
        self.is_positional = compiled.positiontup is not None
        self.names = tuple(compiled.positiontup or kinds)
        conversions = ((i, _to_driver(kinds[name], dialect)) for i, name in enumerate(self.names))
        self.given = [(i, convert) for i, convert in conversions if convert]
        columns = list(getattr(statement, "selected_columns", ()))
        self.row = namedtuple("Row", [column.name for column in columns])._make if columns else tuple
        found = ((i, _from_driver(column.type, dialect)) for i, column in enumerate(columns))
        self.converts = [(i, convert) for i, convert in found if convert]

    def execute(self, tx: Connection, given: Mapping[str, Any]) -> Any:
        cursor = _cursor(tx)
        try:
            cursor.execute(self.sql, self._bound(given))
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(tx, cursor, error) from error
        return cursor

    def execute_all(self, tx: Connection, given: Iterable[Mapping[str, Any]]) -> None:
        cursor = _cursor(tx)
        try:
            cursor.executemany(self.sql, [self._bound(one) for one in given])
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(tx, cursor, error) from error

    def _bound(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        told = {**self.fixed, **given}
        values = [told[name] for name in self.names]
        for i, convert in self.given:
            values[i] = convert(values[i])
        return values if self.is_positional else dict(zip(self.names, values, strict=True))

    def _told(self, tx: Connection, cursor: Any, error: Any) -> BaseException:
        """The driver's error as SQLAlchemy tells it, so that all errors of the database have one face."""
        dbapi = self.dialect.loaded_dbapi
        if self.dialect.is_disconnect(error, tx.connection, cursor):
            tx.invalidate(error)
            tx.engine.dispose()  # those that rest in the pool are gone as well
        return DBAPIError.instance(self.sql, None, error, dbapi.Error, hide_parameters=True, dialect=self.dialect)

    def read(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        make, converts, rows = self.row, self.converts, []
        for values in found:
            if converts:
                values = list(values)
                for i, convert in converts:
                    values[i] = convert(values[i])
            rows.append(make(values))
        return rows


def _cursor(tx: Connection) -> Any:
    """The driver's own, past the pool's."""
    connection: Any = tx.connection.dbapi_connection
    return connection.cursor()


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
