"""The sweep: makes every system move and escalation that is due, project by project."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from approvals.base.database import Transactions
from approvals.base.errors import Refused
from approvals.base.moments import day_of
from approvals.base.texts import N_
from approvals.liaisons.actions import climb_requests
from approvals.liaisons.queries import projects_with_due_requests
from approvals.supervision.actions import keep_sweep, sweep_project
from approvals.supervision.order_queries import chains_with_due_orders
from approvals.supervision.orders import lift_orders
from approvals.supervision.queries import due_projects


def sweep(database: Transactions, to: datetime, now: Callable[[], datetime], *, keep: bool = True) -> Counter[str]:
    """Do everything that is due by `to`, each in its own transaction; what was done, by move.

    Running it twice, or several at once, has one effect: each project is locked and looked at afresh. `keep` records
    that it ran.
    """
    begun_at = now()
    if to > begun_at:
        raise Refused(N_("The time lies in the future."), field="at")
    with database.read() as tx:
        due, unanswered = due_projects(tx, day_of(to)), projects_with_due_requests(tx, to)
        overdue = chains_with_due_orders(tx, day_of(to))
    done = Counter[str]()
    for project_id in due:
        with database.write() as tx:
            done += sweep_project(tx, project_id, to, now())
    for project_id in unanswered:
        with database.write() as tx:
            done["climb"] += climb_requests(tx, project_id, to, now())
    for chain in overdue:
        with database.write() as tx:
            done += lift_orders(tx, chain, to, now())
    if keep:
        with database.write() as tx:
            keep_sweep(tx, to, begun_at, now(), done)
    return +done
