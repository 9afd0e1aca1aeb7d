"""An issued report stays: everything else changes, a migration comes, and it is rendered to the same bytes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Column, Connection, String, Table, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from approvals.base.columns import METADATA
from approvals.base.database import Database
from approvals.base.migrations import MIGRATIONS, config, head
from approvals.calendar.actions import load_notices
from approvals.cli.reports import COMMAND_LINE
from approvals.http.application import database as running_database
from approvals.reports.lifecycle.issuing import AtOnce, issue_report
from approvals.reports.lifecycle.queries import TABLE, figures_of, frozen_figures, report_in_force
from approvals.reports.periods import MONTHLY, read_month
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, a_project, an_approval, do, when, window
from tests.support.extent import effort
from tests.support.pages import an_app

ROOT = Path(__file__).resolve().parents[3]
MONTH = "2026-03"
PLACES = (("0", "UTC"), ("1", "Asia/Shanghai"), ("random", "America/New_York"))  # hash seed and time zone
AGAIN = """
import hashlib, sys
from approvals.base.moments import day_of
from approvals.http.application import database
from approvals.reports.periods import read_month
from approvals.reports.document.report import Imprint
from approvals.reports.lifecycle.queries import frozen_figures, report_in_force
from tests.support.extent import effort
from tests.support.pages import an_app
from tests.support.documents import print_report
with an_app(sys.argv[1]) as app, app.app_context():
    with database().read() as tx:
        report = report_in_force(tx, read_month(sys.argv[2]))
        figures = frozen_figures(tx, report)
    imprint = Imprint(report.shown_number, day_of(report.issued_at))
    sys.stdout.write(hashlib.sha256(print_report(figures, "zh_Hans", imprint).pdf).hexdigest())
"""
REVISION = '''
"""A later edition of other tables."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{head}", None, None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))
    op.execute("INSERT INTO later (id, text) SELECT id, name FROM projects")
    op.add_column("projects", sa.Column("later", sa.Text, server_default="x", nullable=False))
    op.add_column("people", sa.Column("nickname", sa.Text))
    op.add_column("units", sa.Column("since", sa.Date))
    op.execute("UPDATE units SET name = name || '(改名)'")
    op.execute("UPDATE people SET name = '某某', nickname = 'x'")


def downgrade() -> None:
    raise NotImplementedError
'''


@dataclass(frozen=True)
class Issued:
    url: str
    database: Database
    row: Any


@pytest.fixture
def issued(database_url: str) -> Iterator[Issued]:
    """March of a small city, issued at the end of November."""
    database = a_database(database_url)
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
        late = an_approval(tx, "accepted", at=when("2026-03-04"))
        inputs = {"subject": "核实积压件", "demands": "逐件说明原因", "due_on": "2026-03-13"}
        do(tx, "office1", "issue", f"{late}/orders", inputs, at=when("2026-03-06"))
    with an_app(database_url, now=NOW) as app, app.app_context():
        issue_report(AtOnce(running_database()), MONTHLY, MONTH, COMMAND_LINE, lambda: NOW)
    yield Issued(database_url, database, the_row(database))
    database.close()


def the_row(database: Database) -> Any:
    with database.read() as tx:
        return tuple(tx.execute(select(TABLE)).one())


def printed_again(url: str, seed: str, zone: str) -> str:
    """The checksum of the paper that a process of its own makes of the frozen figures."""
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, url, MONTH], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def go_on(database: Database) -> None:
    """The city lives on, in the month itself and after it; a notice moves its calendar."""
    with database.write() as tx:
        a_project(tx, "filed", at=when("2026-03-10"))
        an_approval(tx, "refused", at=when("2026-03-11"))
        load_notices(tx, "years: {2026: {days_off: [2026-03-03..2026-03-31]}}", by="sysadmin1", now=NOW)
    sweep(database, NOW, lambda: NOW)


def change_everything_else(database: Database) -> set[str]:
    """Other words in each table that lets itself be changed; the names of these tables."""
    changed = set()
    for table in METADATA.sorted_tables:
        if table is not TABLE:
            for column in filter(is_text, table.columns):
                with database.write() as tx:
                    if is_changed(tx, table, column.name):
                        changed.add(table.name)
    return changed


def is_text(column: Column[Any]) -> bool:
    return isinstance(getattr(column.type, "impl", column.type), String)


def is_changed(tx: Connection, table: Table, column: str) -> bool:
    try:
        with tx.begin_nested():
            longer = update(table).values({column: table.c[column] + "·改"})
            return tx.execute(longer).rowcount > 0
    except DBAPIError:  # a rule of the table, or what is written once
        return False


def migrate(url: str, folder: Path) -> None:
    """A real migration that comes after the newest one."""
    (folder / "later.py").write_text(REVISION.format(revision="9999_later", head=head()), encoding="utf-8")
    settings = config(url)
    settings.set_main_option("path_separator", "newline")
    settings.set_main_option("version_locations", f"{MIGRATIONS / 'versions'}\n{folder}")
    command.upgrade(settings, "head")


def test_after_all_else_changed_and_a_migration_it_is_rendered_to_the_same_bytes(
    issued: Issued, tmp_path: Path
) -> None:
    go_on(issued.database)
    changed = change_everything_else(issued.database)
    assert {"units", "people", "projects", "approvals", "orders", "cards", "escalations"} <= changed
    assert "history_entries" not in changed
    issued.database.close()
    migrate(issued.url, tmp_path)
    later = Database(issued.url)
    with later.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM later")).scalar_one() > 3
        report = report_in_force(tx, read_month(MONTH))
        assert report is not None
        assert figures_of(tx, MONTH) == frozen_figures(tx, report)
    assert the_row(later) == issued.row
    later.close()
    expected = report.pdf_sha256
    mine = effort(PLACES[1:2], PLACES) if "sqlite" in issued.url else PLACES[2:]
    for seed, zone in mine:
        assert printed_again(issued.url, seed, zone) == expected, (seed, zone)


STATEMENTS = (
    *(update(TABLE).values({column.name: column}) for column in TABLE.columns),
    delete(TABLE),
    delete(TABLE).where(TABLE.c.id > 0),
)
OF_ENGINE = {
    "sqlite": (
        text("REPLACE INTO reports SELECT * FROM reports"),
        text("UPDATE OR REPLACE reports SET number = 7"),
    ),
    "postgresql": (text("TRUNCATE reports"), text("TRUNCATE reports CASCADE")),
}


def test_no_statement_changes_or_deletes_its_row(issued: Issued, engine_name: str) -> None:
    for statement in (*STATEMENTS, *OF_ENGINE[engine_name]):
        with pytest.raises(DBAPIError), issued.database.write() as tx:
            tx.execute(statement)
        assert the_row(issued.database) == issued.row, statement
    with issued.database.write() as tx:
        do(tx, window("A01"), "accept", an_approval(tx, "received", at=when("2026-04-02")))
