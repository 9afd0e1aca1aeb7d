"""Records what the product sends to its database, statement by statement, whichever way it sends it."""

from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, event

PING = ";"  # how SQLAlchemy asks whether a connection of the pool is still there
Statement = tuple[str, Any]


class Many(list[Any]):
    """The values of one statement that is carried out once for each of them."""


def recorded(engine: Engine) -> list[Statement]:
    """A list that from now on gets every statement with its values, those that begin and commit among them."""
    engine.dispose()
    noted: list[Statement] = []
    connect = _sqlite(noted) if engine.dialect.name == "sqlite" else _postgres(noted)
    event.listen(engine, "do_connect", lambda _dialect, _record, args, options: connect(*args, **options))
    return noted


def _sqlite(noted: list[Statement]) -> Any:
    class Cursor(sqlite.Cursor):  # type: ignore[misc]
        def execute(self, sql: str, values: Any = ()) -> Any:
            noted.append((sql, values))
            return super().execute(sql, values)

        def executemany(self, sql: str, many: Any) -> Any:
            noted.append((sql, Many(many)))
            return super().executemany(sql, many)

    class Connection(sqlite.Connection):  # type: ignore[misc]
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            noted.append(("COMMIT", ()))
            super().commit()

    return lambda *args, **options: sqlite.connect(*args, factory=Connection, **options)


def _postgres(noted: list[Statement]) -> Any:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            if query != PING:
                noted.extend([(query, params)] if _is_begun(noted) else [("BEGIN", None), (query, params)])
            return super().execute(query, params, **options)

        def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
            noted.append((query, Many(params_seq)))
            super().executemany(query, params_seq, **options)

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            noted.append(("COMMIT", None))
            super().commit()

    return lambda *args, **options: Connection.connect(*args, cursor_factory=Cursor, **options)


def _is_begun(noted: list[Statement]) -> bool:
    return bool(noted) and noted[-1][0] != "COMMIT"
