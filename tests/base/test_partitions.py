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


def _connected(url: str) -> psycopg.Connection:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def test_the_record_can_be_partitioned_and_moves_go_on(make_database: MakeDatabase) -> None:
    url = make_database("postgresql")
    database = a_database(url)
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-03-03"))
    found = _SQL.search((ROOT / "docs" / "scaling.md").read_text(encoding="utf-8"))
    assert found is not None
    database.engine.dispose()
    with _connected(url) as plain:
        plain.execute(found[1].encode())
        (count,) = plain.execute("SELECT count(*) FROM history_entries_2024").fetchone() or (0,)
    assert count > 0
    with database.write() as tx:
        walk(tx, ref, "A01", ("grant",), at=when("2026-03-04"))
        a_project(tx, "registered", at=when("2026-03-05"))
    sweep(database, NOW, lambda: NOW)
    assert faults(database) == []
    database.close()


@pytest.mark.parametrize("act", ["UPDATE history_entries SET move = 'x'", "DELETE FROM history_entries"])
def test_a_partitioned_record_is_still_written_once(make_database: MakeDatabase, act: str) -> None:
    url = make_database("postgresql")
    database = a_database(url)
    with database.write() as tx:
        a_project(tx, "registered")
    database.close()
    found = _SQL.search((ROOT / "docs" / "scaling.md").read_text(encoding="utf-8"))
    assert found is not None
    with _connected(url) as plain:
        plain.execute(found[1].encode())
        with pytest.raises(psycopg.errors.CheckViolation):
            plain.execute(act.encode())
