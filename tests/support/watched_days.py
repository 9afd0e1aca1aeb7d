"""What the system said of days that an approval was given."""

from typing import Any

from sqlalchemy import Connection

from approvals.base.database import Database
from tests.support.builders import approval_row, entries
from tests.support.trying import sweep_to

STATEMENTS = ("remind_owed", "miss_owed", "remind_check", "miss_check")


def row_of(tx: Connection, approval: str) -> Any:
    return approval_row(tx, *approval.split("/"))


def statements_of(database: Database, approval: str) -> list[str]:
    """What the system said in this approval's project, with its days in UTC."""
    with database.read() as tx:
        of_project = entries(tx, approval.partition("/")[0])
    return [f"{entry.move} {entry.at:%m-%d}" for entry in of_project if entry.move in STATEMENTS]


def swept(database: Database, *days: str) -> None:
    for day in days:
        sweep_to(database, day, "23:00")
