"""The pace of the windows, read off what they decided in the last twelve months."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, literal_column, or_, select, union_all

from approvals.accounts.queries import UNIT
from approvals.base.moments import day_of
from approvals.base.prepared import Prepared
from approvals.deadlines.queries import as_step, calendars
from approvals.history.actions import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import SPECIAL
from workflows.clock import Step
from workflows.pace import Paces, used_by, year_before

_STATES = [literal_column("'granted'"), literal_column("'refused'")]
_LATELY = (
    APPROVALS.c.state.in_(_STATES),
    APPROVALS.c.decided_on >= bindparam("since"),
    APPROVALS.c.decided_on < bindparam("today"),
)
_KEPT = ("id", "code", "accepted_on", "decided_on", "state", "calendar_edition")
_DECIDED = Prepared(
    select(*(APPROVALS.c[name] for name in _KEPT), UNIT.c.name.label("department"))
    .join(UNIT, UNIT.c.id == APPROVALS.c.department_id)
    .where(*_LATELY)
    .order_by(APPROVALS.c.id)
)
_PAUSED = ENTRY.alias("paused")
_STOOD_STILL = or_(
    exists(
        select(_PAUSED.c.id).where(
            _PAUSED.c.approval_id == APPROVALS.c.id, _PAUSED.c.move == literal_column(f"'{SPECIAL}'")
        )
    ),
    exists(select(_PAUSED.c.id).where(_PAUSED.c.project_id == APPROVALS.c.project_id, HALTS)),
)
_STEP = (APPROVALS.c.id.label("approval"), ENTRY.c.seq.label("number"), ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
_OWN = and_(ENTRY.c.approval_id == APPROVALS.c.id, OF_CLOCK)
_OF_PROJECT = ENTRY.c.project_id == APPROVALS.c.project_id
_STEPS = Prepared(
    union_all(
        select(*_STEP).select_from(APPROVALS.join(ENTRY, _OWN)).where(*_LATELY, _STOOD_STILL),
        select(*_STEP).select_from(APPROVALS.join(ENTRY, _OF_PROJECT)).where(*_LATELY, HALTS),
    ).order_by("approval", "number")
)


def paces(tx: Connection, today: date) -> Paces:
    """What each approval decided in the twelve months before today used, by department and item."""
    lately = {"since": year_before(today), "today": today}
    stood_still, calendar_of = _stood_still(tx, lately), calendars(tx)
    used: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in _DECIDED.rows(tx, lately):
        steps, calendar = stood_still.get(row.id), calendar_of(row)
        days = used_by(steps, calendar) if steps else calendar.working_days_between(row.accepted_on, row.decided_on)
        used[row.department, row.code].append(days)
    return Paces({key: sorted(days) for key, days in used.items()})


def _stood_still(tx: Connection, lately: Mapping[str, Any]) -> dict[int, list[Step]]:
    """The steps of those whose clock may have stood still."""
    found: dict[int, list[Step]] = defaultdict(list)
    for row in _STEPS.rows(tx, lately):
        found[row.approval].append(as_step(row.move, day_of(row.at), row.facts, seq=row.number))
    return found
