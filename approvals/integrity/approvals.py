"""Approvals: their stored days, and one decision a round."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import day_of
from approvals.calendar.queries import as_step, calendars, limits_of, stored_days
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from workflows.charts.approval import HANDLING, UNASSIGN
from workflows.clock.timeline import CORRECT, NEW_ROUNDS

SUSPENSIONS = ("suspend", "resume")


def stored_days_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """Replaying the history gives the limits, days and lights stored in the rows."""
    steps = defaultdict(list)
    suspensions = defaultdict(list)
    for row in tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        if row.subject == "approval" or row.move == CORRECT:
            steps[row.approval_id].append(as_step(row.move, day_of(row.at), row.facts, seq=row.seq))
        elif row.subject == "project" and row.move in SUSPENSIONS:
            suspensions[row.project_id].append(as_step(row.move, day_of(row.at), row.facts, seq=row.seq))
    calendar_of = calendars(tx)
    for approval in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        timeline = sorted(steps[approval.id] + suspensions[approval.project_id], key=lambda step: step.seq)
        days = stored_days(timeline, limits_of(approval), calendar_of(approval))
        days.pop("alarm_on")  # moves on with each sweep
        for name, value in days.items():
            if getattr(approval, name) != value:
                text = f"{name} is {getattr(approval, name)}, its history says {value}"
                yield Violation("days", f"approval {approval.id}", text)


def struck_by_the_record(tx: Connection) -> Iterator[Violation]:
    """A struck approval has the ground that its record gives, and no other approval has one."""
    moves = ENTRY.c.subject == "approval", ENTRY.c.move.in_(("strike", "restore"))
    recorded: dict[int, str | None] = {}
    for entry in tx.execute(select(ENTRY).where(*moves).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        recorded[entry.approval_id] = orjson.loads(entry.facts).get("ground")
    for row in tx.execute(select(APPROVALS.c.id, APPROVALS.c.struck_ground).order_by(APPROVALS.c.id)):
        if row.struck_ground != recorded.get(row.id):
            yield Violation("plans", f"approval {row.id}", "is not struck as its history says")


def handlers_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """An approval has the handler that its record gives, and lacks one since the record says that one left."""
    ids = {row.username: row.id for row in tx.execute(select(PERSON.c.id, PERSON.c.username).order_by(PERSON.c.id))}
    moves = ENTRY.c.subject == "approval", ENTRY.c.move.in_((*HANDLING, UNASSIGN, *NEW_ROUNDS))
    recorded: dict[int, tuple[int | None, datetime | None]] = {}
    for entry in tx.execute(select(ENTRY).where(*moves).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        username = orjson.loads(entry.facts).get("handler")
        recorded[entry.approval_id] = (ids.get(username), entry.at if entry.move == UNASSIGN else None)
    columns = APPROVALS.c.id, APPROVALS.c.handler_id, APPROVALS.c.handler_left_at
    for row in tx.execute(select(*columns).order_by(APPROVALS.c.id)):
        handler, left_at = recorded.get(row.id, (None, None))
        if (row.handler_id, row.handler_left_at) != (handler, left_at):
            text = (
                f"is handled by {row.handler_id} (left {row.handler_left_at}), its history says {handler} ({left_at})"
            )
            yield Violation("handlers", f"approval {row.id}", text)


def plans_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """The approvals of a project are those planned at its registration and those added since."""
    moves = ENTRY.c.subject == "project", ENTRY.c.move.in_(("register", "add_approval"))
    recorded: dict[int, set[str]] = defaultdict(set)
    for entry in tx.execute(select(ENTRY).where(*moves).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        recorded[entry.project_id].update(facts.get("planned", ()) if entry.move == "register" else (facts["code"],))
    stored: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(APPROVALS.c.project_id, APPROVALS.c.code).order_by(APPROVALS.c.id)):
        stored[row.project_id].add(row.code)
    for project_id in sorted(recorded.keys() | stored.keys()):
        if difference := recorded[project_id] ^ stored[project_id]:
            yield Violation(
                "plans", f"project {project_id}", f"{sorted(difference)} stand in the record or in the rows alone"
            )


def decided_once(tx: Connection) -> Iterator[Violation]:
    """An approval is decided at most once a round."""
    decisions = ENTRY.c.subject == "approval", ENTRY.c.move.in_(("grant", "refuse", "reject_intake"))
    rows = tx.execute(select(ENTRY.c.approval_id, ENTRY.c.round).where(*decisions).order_by(ENTRY.c.id))
    for (approval_id, round_), times in Counter(tuple(row) for row in rows).items():
        if times > 1:
            yield Violation("decisions", f"approval {approval_id}, round {round_}", f"was decided {times} times")
