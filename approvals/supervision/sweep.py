"""The sweep: makes every system move and escalation that is due, project by project."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from approvals.base.database import Transactions
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.jobs import LeaseLost
from approvals.base.moments import day_of
from approvals.liaisons.actions import climb_requests
from approvals.liaisons.queries import projects_with_due_requests
from approvals.recalculation.preview import in_lots
from approvals.supervision.escalations.actions import keep_sweep, sweep_project
from approvals.supervision.orders.actions import lift_orders
from approvals.supervision.orders.queries import chains_with_due_orders
from approvals.supervision.queries import due_projects
from approvals.supervision.sweep_log import FAILED

TOGETHER = 25  # projects in one transaction: a tenth of a second in which others wait on SQLite
_log = structlog.get_logger(__name__)
Step = Callable[[Connection, int], Counter[str]]


def sweep(database: Transactions, to: datetime, now: Callable[[], datetime], *, keep: bool = True) -> Counter[str]:
    """Do everything that is due by `to`, some projects in a transaction; what was done, by move.

    Running it twice, or several at once, has one effect: each project is locked and looked at afresh. `keep` records
    that it ran. A project that fails is left out; its error is raised when all others are done.
    """
    begun_at = now()
    if to > begun_at:
        raise Refused(N_("The time lies in the future."), field="at")
    with database.read() as tx:
        due, unanswered = due_projects(tx, day_of(to)), projects_with_due_requests(tx, to)
        overdue = chains_with_due_orders(tx, day_of(to))
    lots = _Lots(database)
    lots.make(due, lambda tx, project_id: sweep_project(tx, project_id, to, now()))
    lots.make(unanswered, lambda tx, project_id: Counter(climb=climb_requests(tx, project_id, to, now())))
    lots.make(overdue, lambda tx, chain: lift_orders(tx, chain, to, now()))
    if keep:
        with database.write() as tx:
            keep_sweep(tx, to, begun_at, now(), lots.done + Counter({FAILED: len(lots.faults)}))
    if lots.faults:
        raise lots.faults[0]
    return +lots.done


class _Lots:
    """Some projects in one transaction, since the commit is what costs; what was `done`, and `faults` on the way."""

    def __init__(self, database: Transactions) -> None:
        self._database = database
        self.done = Counter[str]()
        self.faults: list[Exception] = []

    def make(self, projects: list[int], step: Step) -> None:
        """Do the step for each project. One that fails takes nothing of the others with it."""
        for lot in in_lots(projects, TOGETHER):
            try:
                self._make(lot, step)
            except LeaseLost:
                raise
            except Exception:
                self._make_singly(lot, step)

    def _make(self, lot: list[int], step: Step) -> None:
        with self._database.write() as tx:
            done = [step(tx, project_id) for project_id in lot]
        for one in done:
            self.done += one

    def _make_singly(self, lot: list[int], step: Step) -> None:
        for project_id in lot:
            try:
                self._make([project_id], step)
            except LeaseLost:
                raise
            except Exception as error:
                _log.exception("a project could not be swept", project=project_id)
                self.faults.append(error)
