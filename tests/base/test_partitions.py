"""What docs/scaling.md shows of partitions can be done as it stands there, and the product goes on afterwards."""

import re

import psycopg
import pytest
from sqlalchemy.engine import make_url

from approvals.supervision.sweep import sweep
from tests.conftest import MakeDatabase
from tests.support.builders import NOW, a_database, a_project, faults, walk, when
from tests.support.servers import ROOT

_SQL = re.compile(r"## When to partition.*?```sql\n(.*?)```", re.DOTALL)


def test_a_partitioned_record_takes_moves_and_is_still_written_once(make_database: MakeDatabase) -> None:
    url = make_database("postgresql")
    database = a_database(url)
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-03-03"))
    database.engine.dispose()
    statements = _SQL.search((ROOT / "docs" / "scaling.md").read_text(encoding="utf-8"))
    assert statements is not None
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statements[1].encode())
        (count,) = connection.execute("SELECT count(*) FROM history_entries_2024").fetchone() or (0,)
        assert count > 0
        for statement in ("UPDATE history_entries SET move = 'x'", "DELETE FROM history_entries"):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(statement.encode())
    with database.write() as tx:
        walk(tx, ref, "A01", ("grant",), at=when("2026-03-04"))
        a_project(tx, "registered", at=when("2026-03-05"))
    sweep(database, NOW, lambda: NOW)
    assert faults(database) == []
    database.close()
