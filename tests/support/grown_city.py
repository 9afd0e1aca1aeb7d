"""A city that has grown for ten years: real projects, made by real moves, each copied many times.

Two fifths of the projects are completed, two fifths were withdrawn, a fifth is in hand. One owner holds half. On
TODAY a fixed number of projects has something due; MONTH holds the same entries whatever the size.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from approvals.base.database import Database
from approvals.base.migrations import MIGRATIONS, upgrade
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import due_projects
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, a_project, project_row, walk, when
from tests.support.project_copies import copy_projects

SINCE = 2017
QUARTERS = ("01", "04", "07", "10")
MONTH, MONTHS_COPIES = "2021-06", 30  # the month of which the figures are made, and how often its project is there
TODAY = NOW.date()
DUE = 1000  # projects of which something is due on TODAY
EACH = 24  # approvals that a project of the example catalogue has
SHARES = {"completed": 0.4, "withdrawn": 0.4, "open": 0.2}
OWNERS = ("owner1", "owner2", "owner1", "owner3", "owner1", "owner4")  # the first holds half
IN_HAND = (("accept",), ("accept", "start_special"), ("accept", "extend"), ("accept", "grant"), (), ("notify_once",))


@dataclass(frozen=True, slots=True)
class Templates:
    """The references of the projects that are copied, by what is done with them."""

    shared: dict[str, list[str]]
    month: list[str]
    due: list[str]


def grow(url: str, approvals: int, *, due: int = DUE, since: int = SINCE) -> None:
    """Fill a migrated, empty database with about so many approvals, the first of them filed in the year `since`."""
    database = a_database(url)
    templates = _templates(database, since)
    projects = max(1, approvals // EACH)
    due = min(due, projects // 10)
    for ref in templates.month:
        _copy(database, ref, MONTHS_COPIES)
    for number, ref in enumerate(templates.due):
        _copy(database, ref, due // len(templates.due) + (number < due % len(templates.due)) - 1)
    rest = max(0, projects - due - MONTHS_COPIES * len(templates.month))
    for kind, refs in templates.shared.items():
        for ref in refs:
            _copy(database, ref, round(rest * SHARES[kind] / len(refs)) - 1, notices=kind == "open")
    database.close()


def _copy(database: Database, ref: str, times: int, *, notices: bool = True) -> None:
    for first in range(0, times, 1000):
        with database.write() as tx:
            copy_projects(tx, [ref], min(1000, times - first), notices=notices)


def _templates(database: Database, since: int) -> Templates:
    with database.write() as tx:
        past = {state: list(_past(tx, state, since)) for state in ("completed", "withdrawn")}
        month = [_ended(tx, "completed", when(f"{MONTH}-{day}"), "owner2") for day in ("03", "16")]
        recent = list(_recent(tx))
    # Whatever was due before TODAY is done, as it would be in a city that lives.
    sweep(database, NOW - timedelta(days=1), lambda: NOW, keep=False)
    with database.read() as tx:
        ids = set(due_projects(tx, TODAY))
        is_due = {ref: project_row(tx, ref).id in ids for ref in recent}
    open_, due = ([ref for ref in recent if is_due[ref] is state] for state in (False, True))
    return Templates(past | {"open": open_}, month, due)


def _past(tx: Connection, state: str, since: int) -> Iterator[str]:
    """A project of each quarter of all years."""
    days = [f"{year}-{quarter}-05" for year in range(since, TODAY.year + 1) for quarter in QUARTERS]
    for number, day in enumerate(day for day in days if date.fromisoformat(day) < TODAY - timedelta(days=60)):
        yield _ended(tx, state, when(day), OWNERS[number % len(OWNERS)])


def _ended(tx: Connection, state: str, at: datetime, owner: str) -> str:
    """A project that is over: completed with all that was granted delivered, or withdrawn."""
    ref = a_project(tx, state, at=at, owner=owner)
    if state == "completed":
        codes = select(APPROVALS.c.code).where(APPROVALS.c.project_id == project_row(tx, ref).id)
        for code in tx.execute(codes.order_by(APPROVALS.c.code)).scalars().all():
            walk(tx, ref, code, ("deliver",), owner=owner)
    return ref


def _recent(tx: Connection) -> Iterator[str]:
    """Projects of the last months with approvals in every state that a queue shows."""
    days = [TODAY - timedelta(days=back) for back in range(1, 60) if (TODAY - timedelta(days=back)).weekday() < 5]
    for number, day in enumerate(days):
        owner = OWNERS[number % len(OWNERS)]
        ref = a_project(tx, "registered", at=when(day.isoformat()), owner=owner)
        moves = ("submit", *IN_HAND[number % len(IN_HAND)])
        walk(tx, ref, "A01", moves, owner=owner)
        if moves[-1] == "grant":
            walk(tx, ref, "A02", ("submit", "accept"), owner=owner)
        yield ref


def grown_sqlite(approvals: int, since: int = SINCE) -> str:
    """A grown SQLite database, made once and kept for the next run; nobody may write to it."""
    sources = [
        Path(__file__),
        Path(__file__).parents[1] / "support/project_copies.py",
        *sorted((MIGRATIONS / "versions").glob("*.py")),
    ]
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"guahao-growth-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{approvals}-since-{since}-{mark}.db"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as half:
            new = Path(half) / path.name
            upgrade(f"sqlite:///{new}")
            grow(f"sqlite:///{new}", approvals, since=since)
            new.rename(path)
    return f"sqlite:///{path}"
