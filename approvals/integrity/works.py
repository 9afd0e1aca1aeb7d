"""The works: their days as the record tells them, and no acceptance opened before they were completed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.filing.actions import PLANNED_DAYS
from approvals.filing.amendments import WAITS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.projects.works import CONFIRMED, DAY, LIAISON
from approvals.registration.queries import APPROVALS
from workflows.clock.works import FINISH

PLANNING = ("draft", "edit", "amend", "confirm_amendment")  # moves that say how the works are planned
NOTHING: Mapping[str, Any] = dict.fromkeys((*PLANNED_DAYS, *DAY.values())) | dict.fromkeys(CONFIRMED.values(), False)


def works_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """The planned and reported days of each project are those that its record tells last."""
    recorded: dict[int, dict[str, Any]] = defaultdict(lambda: dict(NOTHING))
    statement = select(ENTRY).where(ENTRY.c.subject == "project").order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(statement):
        facts = orjson.loads(entry.facts)
        columns = recorded[entry.project_id]
        if entry.move in PLANNING and not facts.get(WAITS):
            columns |= {name: facts[name] for name in PLANNED_DAYS if name in facts}
        if entry.move in DAY:
            columns |= {DAY[entry.move]: facts["day"], CONFIRMED[entry.move]: entry.role == LIAISON}
    for row in tx.execute(select(PROJECTS).order_by(PROJECTS.c.id)):
        for name, value in recorded[row.id].items():
            stored = getattr(row, name)
            if (stored.isoformat() if hasattr(stored, "isoformat") else stored) != value:
                yield Violation("works", f"project {row.id}", f"{name} is {stored}, its history says {value}")


def acceptance_follows_the_works(tx: Connection) -> Iterator[Violation]:
    """What was planned to wait for the works is marked so, and opened after the report of their completion alone."""
    planned: dict[int, list[str]] = {}
    finished: dict[int, int] = {}
    opened: dict[int, int] = {}
    moves = ENTRY.c.move.in_(("register", "add_approval", FINISH, "open"))
    for entry in tx.execute(select(ENTRY).where(moves).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        if entry.move == "register":
            planned[entry.project_id] = orjson.loads(entry.facts).get("after_works", [])
        elif entry.move == "add_approval":
            facts = orjson.loads(entry.facts)
            planned[entry.project_id] += [facts["code"]] if facts.get("after_works") else []
        elif entry.move == FINISH:
            finished.setdefault(entry.project_id, entry.seq)
        else:
            opened[entry.approval_id] = entry.seq
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        where = f"approval {row.id}"
        if row.after_works != (row.code in planned.get(row.project_id, ())):
            yield Violation("works", where, f"after_works is {row.after_works}, its history says otherwise")
        if row.after_works and row.id in opened and opened[row.id] < finished.get(row.project_id, opened[row.id] + 1):
            yield Violation("works", where, "was opened before the completion of the works was reported")
