"""Statements of the hot path: compiled once for each engine, then run by the driver itself.

SQLAlchemy gives the SQL and the conversions of values; its work for each execution, two thirds of the time of a short
statement, is left out.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement with named parameters; `keys` are the columns of an INSERT."""

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self.statement = statement
        self.keys = keys
        self._by_dialect: dict[str, _Compiled] = {}

    def run(self, tx: Connection, params: Mapping[str, Any]) -> int:
        """Execute it; the number of affected rows."""
        return int(self._compiled(tx).execute(tx, params).rowcount)

    def run_all(self, tx: Connection, params: Sequence[Mapping[str, Any]]) -> None:
        """Execute it once for each, in one round trip where the engine can."""
        if len(params) == 1:
            self._compiled(tx).execute(tx, params[0])
        elif params:
            self._compiled(tx).execute_all(tx, params)

    def rows(self, tx: Connection, params: Mapping[str, Any]) -> list[Any]:
        """The rows of the result, as named tuples."""
        compiled = self._compiled(tx)
        return compiled.read(compiled.execute(tx, params).fetchall())

    def one_or_none(self, tx: Connection, params: Mapping[str, Any]) -> Any:
        """The only row of the result, or None; LookupError for more than one."""
        rows = self.rows(tx, params)
        if len(rows) > 1:
            raise LookupError(f"{len(rows)} rows where one at most may be")
        return rows[0] if rows else None

    def _compiled(self, tx: Connection) -> "_Compiled":
        compiled = self._by_dialect.get(tx.dialect.name)
        if compiled is None:
            compiled = self._by_dialect[tx.dialect.name] = _Compiled(self.statement, self.keys, tx.dialect)
        return compiled


class _Compiled:
    """A statement in the SQL of one engine."""

    def __init__(self, statement: Any, keys: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self.sql = str(compiled)
        self.dialect = dialect
        self.defaults = dict(compiled.params)
        kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
        self.is_positional = compiled.positiontup is not None
        self.names = tuple(compiled.positiontup or kinds)
        conversions = ((i, _to_driver(kinds[name], dialect)) for i, name in enumerate(self.names))
        self.to_driver = [(i, convert) for i, convert in conversions if convert]
        columns = list(getattr(statement, "selected_columns", ()))
        row = cast(Any, namedtuple)("Row", [column.name for column in columns])
        self.make_row: Callable[[Iterable[Any]], Any] = row._make if columns else tuple
        conversions = ((i, _from_driver(column.type, dialect)) for i, column in enumerate(columns))
        self.from_driver = [(i, convert) for i, convert in conversions if convert]

    def execute(self, tx: Connection, params: Mapping[str, Any]) -> Any:
        cursor = _cursor(tx)
        try:
            cursor.execute(self.sql, self._bind(params))
        except self.dialect.loaded_dbapi.Error as error:
            raise self._wrap(tx, cursor, error) from error
        return cursor

    def execute_all(self, tx: Connection, params: Iterable[Mapping[str, Any]]) -> None:
        cursor = _cursor(tx)
        try:
            cursor.executemany(self.sql, [self._bind(row) for row in params])
        except self.dialect.loaded_dbapi.Error as error:
            raise self._wrap(tx, cursor, error) from error

    def _bind(self, params: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        params = {**self.defaults, **params}
        values = [params[name] for name in self.names]
        for i, convert in self.to_driver:
            values[i] = convert(values[i])
        return values if self.is_positional else dict(zip(self.names, values, strict=True))

    def _wrap(self, tx: Connection, cursor: Any, error: Any) -> BaseException:
        """The driver's error as SQLAlchemy's, so that all errors of the database have one class."""
        dbapi = self.dialect.loaded_dbapi
        if self.dialect.is_disconnect(error, tx.connection, cursor):
            tx.invalidate(error)
            tx.engine.dispose()  # those that rest in the pool are gone as well
        return DBAPIError.instance(self.sql, None, error, dbapi.Error, hide_parameters=True, dialect=self.dialect)

    def read(self, results: Iterable[Sequence[Any]]) -> list[Any]:
        make_row, conversions, rows = self.make_row, self.from_driver, []
        for values in results:
            if conversions:
                values = list(values)
                for i, convert in conversions:
                    values[i] = convert(values[i])
            rows.append(make_row(values))
        return rows


def _cursor(tx: Connection) -> Any:
    """The driver's own, past the pool's."""
    connection: Any = tx.connection.dbapi_connection
    return connection.cursor()


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
