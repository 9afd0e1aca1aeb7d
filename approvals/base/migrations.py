"""Brings a database to the newest edition of its tables; and the migrations' way to widen a CHECK that lists values."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Date, column, inspect, table, text
from sqlalchemy.types import TypeEngine

from approvals import folder
from approvals.base.columns import Moment
from approvals.base.database import Database

MIGRATIONS = folder("migrations")


def config(url: str) -> Config:
    """Alembic's configuration for this database."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["url"] = url
    return configuration


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up; a step that fails leaves the database as it was."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down."""
    command.downgrade(config(url), revision)


def head() -> str | None:
    """The newest edition that this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current(database: Database) -> str | None:
    """The edition that the database is at."""
    with database.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def restore_rows(name: str, rows: list[dict[str, Any]], days: Collection[str] = ()) -> None:
    """Insert rows with their ids and `state_since`, and let the next id of PostgreSQL follow them."""
    if not rows:
        return
    kinds: dict[str, TypeEngine[Any]] = dict.fromkeys(days, Date()) | {"state_since": Moment()}
    op.bulk_insert(table(name, *(column(key, kinds.get(key)) for key in rows[0])), rows)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608


def allow_only(table: str, column: str, values: Iterable[str]) -> None:
    """Let the constraint `ck_<table>_<column>` take these values instead of those that it takes now.

    PostgreSQL checks every row again. SQLite cannot alter a constraint, so the text of the table is changed, as
    https://sqlite.org/lang_altertable.html (section 7) describes for changes that leave the rows as they are: triggers,
    indexes, and the keys of other tables that point here, stay in force all the time. A value that some row has may not
    be missing from `values`, on neither engine.
    """
    name = f"ck_{table}_{column}"
    listed = ", ".join(f"'{value}'" for value in values)
    condition = f"{column} IN ({listed})"
    if op.get_bind().dialect.name == "sqlite":
        _refuse_other_values(table, column, listed)
        _rewrite(table, rf"CONSTRAINT {name} CHECK \(\w+ IN \([^)]*\)\)", f"CONSTRAINT {name} CHECK ({condition})")
    else:
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)


def allow_at_least(table: str, column: str, values: Iterable[str]) -> None:
    """Like `allow_only`; values of existing rows stay allowed: a record outlives the edition that brought it."""
    stored = op.get_bind().execute(text(f"SELECT DISTINCT {column} FROM {table} ORDER BY {column}")).scalars()  # noqa: S608
    allow_only(table, column, dict.fromkeys([*values, *stored]))


def allowed(table: str, column: str) -> list[str]:
    """The values that the constraint takes now."""
    checks = inspect(op.get_bind()).get_check_constraints(table)
    [condition] = [check["sqltext"] for check in checks if check["name"] == f"ck_{table}_{column}"]
    return re.findall(r"'(\w+)'", condition)


def _refuse_other_values(table: str, column: str, listed: str) -> None:
    rows = op.get_bind().execute(text(f"SELECT {column} FROM {table} WHERE {column} NOT IN ({listed}) LIMIT 1"))  # noqa: S608
    value = rows.scalar_one_or_none()
    if value is not None:
        raise ValueError(f"{table}.{column} holds {value!r}, which would not be allowed")


def replace_unique(table: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Let these columns be unique together instead of those; on SQLite by the text of the table, as `allow_only`."""
    names = [f"uq_{table}_{'_'.join(columns)}" for columns in (before, after)]
    if op.get_bind().dialect.name == "sqlite":
        pattern = rf"CONSTRAINT {names[0]} UNIQUE \({', '.join(before)}\)"
        _rewrite(table, pattern, f"CONSTRAINT {names[1]} UNIQUE ({', '.join(after)})")
    else:
        op.drop_constraint(names[0], table, type_="unique")
        op.create_unique_constraint(names[1], table, after)


def _rewrite(table: str, pattern: str, constraint: str) -> None:
    """Put another constraint into the text of the table, for the only one that matches; then check the rows."""
    bind = op.get_bind()
    params = {"table": table}
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    before = bind.execute(query, params).scalar_one()
    after, times = re.subn(pattern, constraint, before)
    if times != 1:
        raise ValueError(f"{table} has no constraint {pattern}")
    edition = bind.execute(text("PRAGMA schema_version")).scalar_one()
    bind.execute(text("PRAGMA writable_schema = ON"))
    changed = text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table")
    bind.execute(changed, params | {"sql": after})
    bind.execute(text(f"PRAGMA schema_version = {edition + 1}"))
    bind.execute(text("PRAGMA writable_schema = OFF"))
    bind.execute(text(f"REINDEX {table}"))
    verdict = bind.execute(text(f"PRAGMA integrity_check({table})")).scalar_one()
    if verdict != "ok":
        raise ValueError(f"{table} is damaged: {verdict}")
