"""The pace of the windows, read off what they decided in the last twelve months."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from approvals.accounts.queries import UNIT
from approvals.base.prepared import Prepared
from approvals.registration.queries import APPROVALS
from workflows.rules.speed import DecisionSpeeds, year_before

_KEY = (APPROVALS.c.department_id, APPROVALS.c.code, APPROVALS.c.used_days)
_LATELY = (
    select(*_KEY, func.count().label("decided"))
    .where(
        APPROVALS.c.used_days.is_not(None),
        APPROVALS.c.decided_on >= bindparam("since"),
        APPROVALS.c.decided_on < bindparam("today"),
    )
    .group_by(*_KEY)
    .subquery()
)
_DECIDED = Prepared(
    select(UNIT.c.name.label("department"), _LATELY.c.code, _LATELY.c.used_days, _LATELY.c.decided)
    .join(UNIT, UNIT.c.id == _LATELY.c.department_id)
    .order_by(_LATELY.c.used_days)
)


def paces(tx: Connection, today: date) -> DecisionSpeeds:
    """What each approval decided in the twelve months before today used, by department and item."""
    used: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in _DECIDED.rows(tx, {"since": year_before(today), "today": today}):
        used[row.department, row.code] += [row.used_days] * row.decided
    return DecisionSpeeds(dict(used))
