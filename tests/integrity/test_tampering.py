"""Whatever somebody changes in the rows past the product, `verify` names it: each column of a lived city in turn."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Row, Table, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from approvals.accounts.audit import note
from approvals.base.columns import METADATA
from approvals.base.database import Database
from approvals.base.files.store import Stored, put
from approvals.filing.document_changes import rename
from approvals.filing.documents import add
from approvals.filing.views import project_by_id
from approvals.integrity.verification import verify
from approvals.liaisons.contacts import note as note_contact
from approvals.supervision.sweep import sweep
from tests.support.builders import a_database, a_project, a_promised, an_actor, an_owing, do, project_row, walk, when

TABLES = (
    "projects",
    "filing_receipts",
    "approvals",
    "escalations",
    "cards",
    "orders",
    "requests",
    "liaison_terms",
    "notices",
    "number_series",
    "history_chains",
    "contacts",
    "documents",
    "account_events",
    "seals",
)
# What may be changed without being named, and why that harms nobody.
OPEN = {
    "projects.uid": "an address that nothing else is derived from",
    "documents.id": "an address that nothing else is derived from",
    "approvals.calendar_edition": "the days counted by it are compared",
    "approvals.alarm_on": "only when the next sweep looks",
    "escalations.answer_due_on": "follows from the policy and calendar of its day",
    "escalations.lift_on": "only when the next sweep looks; none may lack it",
    "requests.responsible_id": "who answers now: goes on with liaison and roster",
    "liaison_terms.by_id": "who handed over stands in the entry",
}
COUNTERS = ("version", "edition")  # guard against two writers at once; name the edition of the chart
LATER = {str: "x", int: 1, Decimal: Decimal(1), date: date(2026, 5, 5), datetime: when("2026-05-05"), bool: True}


class _Undo(Exception):
    """Rolls back what was tampered with."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of stored files."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def lived(make_database: Any, files: Path) -> Iterator[Database]:
    """A city with something of everything, swept for four months."""
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        ref = a_project(tx, "registered", ref="street")
        walk(tx, ref, "A01", ("submit", "notify_once", "resubmit", "accept", "extend", "start_special", "end_special"))
        do(tx, "owner1", "ask", f"{ref}/requests")
        do(tx, "liaison1", "answer", f"{ref}/requests/1", {"text": "见清单"})
        do(tx, "office1", "issue", "orders")
        note(tx, "sign_in", by="owner1", address="10.0.0.8", now=when("2026-03-02"))
        project = project_by_id(tx, project_row(tx, ref).id)
        contact = {"channel": "phone", "with_whom": "王明", "text": "约定周三见面", "is_shared": False}
        note_contact(tx, project, contact, an_actor(tx, "liaison1"), when("2026-03-06"))
        content = b"%PDF-1.7"
        digest = put(files, BytesIO(content))
        stored = Stored("图.pdf", "application/pdf", len(content), digest)
        uid = add(tx, project, stored, "", by=an_actor(tx, "owner1"), now=when("2026-03-06"))
        rename(tx, project.id, uid, "总图.pdf", by=an_actor(tx, "owner1"), now=when("2026-03-07"))
        do(tx, "window-a01", "take", f"{ref}/A01")
        for number in range(2):
            left = a_project(tx, "registered", ref=f"left-{number}", at=when("2026-03-09"))
            walk(tx, left, "A01", ("submit", "assign"))
        do(tx, "head-a01", "give_back", "left-0/A01")
        an_owing(tx, at=when("2026-03-03"))
        a_promised(tx, at=when("2026-03-04"))
        a_project(tx, "suspended", at=when("2026-03-05"))
    sweep(database, when("2026-06-30"), lambda: when("2026-07-01"), keep=True)
    yield database
    database.close()


def faults(tx: Connection, files: Path) -> list[str]:
    return [f"{fault.where}: {fault.found}" for verdict in verify(tx, files) for fault in verdict.faults]


def tampered(database: Database, files: Path, table: Table, statement: Any) -> list[str] | None:
    """What `verify` finds after this statement, which is undone; None when the database refuses it."""
    found: list[str] | None = None
    try:
        with database.write() as tx:
            tx.execute(text("PRAGMA defer_foreign_keys=ON"))
            guards = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
            for name in tx.execute(guards, {"name": table.name}).scalars().all():
                tx.execute(text(f"DROP TRIGGER {name}"))
            tx.execute(statement)
            found = faults(tx, files)
            raise _Undo
    except (_Undo, DBAPIError):
        return found


def another(column: Column[Any], value: Any) -> Any:
    """Another value of the same kind."""
    if value is None:
        return LATER[column.type.python_type if not hasattr(column.type, "impl") else _python_type(column)]
    if isinstance(value, bool):
        return not value
    if isinstance(value, date | datetime):
        return value + timedelta(days=1)
    return value + (1 if isinstance(value, int | Decimal) else "x")


def _python_type(column: Column[Any]) -> type:
    """Of a column with a type of the product's own: a moment or an amount."""
    return datetime if "oment" in type(column.type).__name__ else Decimal


def rows_of(database: Database, table: Table) -> list[Row[Any]]:
    with database.read() as tx:
        return list(tx.execute(select(table).order_by(*table.primary_key.columns)))


def one(table: Table, row: Row[Any]) -> list[Any]:
    return [column == getattr(row, column.name) for column in table.primary_key.columns]


def test_an_untouched_city_has_no_fault(lived: Database, files: Path) -> None:
    with lived.read() as tx:
        assert faults(tx, files) == []


@pytest.mark.parametrize("name", TABLES)
def test_each_changed_column_is_named(lived: Database, files: Path, name: str) -> None:
    table = METADATA.tables[name]
    rows = rows_of(lived, table)
    unnamed = set()
    for column in table.columns:
        row = next((row for row in rows if getattr(row, column.name) is not None), rows[0])
        values = {column.name: another(column, getattr(row, column.name))}
        changed = update(table).where(*one(table, row)).values(values)
        if tampered(lived, files, table, changed) == [] and column.name not in COUNTERS:
            unnamed.add(f"{name}.{column.name}")
    assert unnamed == {key for key in OPEN if key.startswith(f"{name}.")}


@pytest.mark.parametrize("name", TABLES)
def test_a_removed_row_is_named(lived: Database, files: Path, name: str) -> None:
    table = METADATA.tables[name]
    removed = delete(table).where(*one(table, rows_of(lived, table)[-1]))
    assert (tampered(lived, files, table, removed) == []) == (name in OPEN)


def test_all_escalations_removed_are_named(lived: Database, files: Path) -> None:
    found = tampered(lived, files, METADATA.tables["escalations"], text("DELETE FROM escalations"))
    assert found and any("escalation" in fault and "has no row" in fault for fault in found)


def test_two_numbers_that_changed_places_are_named(lived: Database, files: Path) -> None:
    projects = METADATA.tables["projects"]
    first, second, *_ = (row for row in rows_of(lived, projects) if row.number)
    found: list[str] = []
    try:
        with lived.write() as tx:
            for row, other in ((first, None), (second, first), (first, second)):
                number = {"number": f"x-{row.id}"} if other is None else {"number": other.number}
                serial = {"serial": -row.id if other is None else other.serial}
                tx.execute(update(projects).where(projects.c.id == row.id).values(number | serial))
            found = faults(tx, files)
            raise _Undo
    except _Undo:
        pass
    assert {f"project {row.id}" for row in (first, second)} <= {fault.partition(":")[0] for fault in found}
