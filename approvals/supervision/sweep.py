"""The sweep: every system move and escalation that is due, project by project."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import Connection, delete, insert

from approvals.accounts.units import apply_names, due_names
from approvals.base.database import Transactions
from approvals.base.errors import Refused
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.jobs import LeaseLost
from approvals.base.moments import day_of
from approvals.liaisons.actions import climb_requests
from approvals.liaisons.queries import projects_with_due_requests
from approvals.programme.items.in_use import ask_in_use, due_questions
from approvals.programme.years.reminders import due_reminders, remind
from approvals.recalculation.preview import in_batches
from approvals.supervision.escalations.actions import sweep_project
from approvals.supervision.office_statements import chains_with_due_statements, last_swept_on, state_due_steps
from approvals.supervision.orders.actions import lift_orders
from approvals.supervision.orders.queries import chains_with_due_orders
from approvals.supervision.queries import SWEEPS, due_projects
from approvals.supervision.sweep_log import FAILED

TOGETHER = 25  # projects in one transaction: a tenth of a second in which others wait on SQLite
RUNS_KEPT = timedelta(days=90)
_log = structlog.get_logger(__name__)
T = TypeVar("T")  # what is swept: the id of a project, of a chain or of an item, or a reminder
Step = Callable[[Connection, T], Counter[str]]


def sweep(database: Transactions, to: datetime, now: Callable[[], datetime], *, keep: bool = True) -> Counter[str]:
    """Do everything that is due by `to`, some projects in a transaction; what was done, by move.

    Running it twice, or several at once, has one effect: each project is locked and looked at afresh. `keep` records
    that it ran. A project that fails is left out; its error is raised when all others are done.
    """
    begun_at = now()
    if to > begun_at:
        raise Refused(N_("The time is in the future."), field="at")
    with database.read() as tx:
        due, unanswered = due_projects(tx, day_of(to)), projects_with_due_requests(tx, to)
        overdue, reminders = chains_with_due_orders(tx, day_of(to)), due_reminders(tx, day_of(to))
        in_use = due_questions(tx, day_of(to))
        owed_by_offices, swept_on = chains_with_due_statements(tx, day_of(to)), last_swept_on(tx)
        has_new_names = bool(due_names(tx, day_of(begun_at)))
    if has_new_names:
        with database.write() as tx:
            apply_names(tx, day_of(begun_at))
    batches = _Batches(database)
    batches.run(due, lambda tx, project_id: sweep_project(tx, project_id, to, now()))
    batches.run(unanswered, lambda tx, project_id: Counter(climb=climb_requests(tx, project_id, to, now())))
    batches.run(overdue, lambda tx, chain: lift_orders(tx, chain, to, now()))
    batches.run(owed_by_offices, lambda tx, chain: state_due_steps(tx, chain, to, now(), swept_on))
    batches.run(reminders, lambda tx, reminder: Counter(remind=remind(tx, reminder, now())))
    batches.run(in_use, lambda tx, item_id: Counter(ask_in_use=ask_in_use(tx, item_id, day_of(to), now())))
    if keep:
        counts = canonical(dict(batches.done + Counter({FAILED: len(batches.errors)})))
        ended_at = now()
        with database.write() as tx:
            tx.execute(insert(SWEEPS), {"swept_to": to, "begun_at": begun_at, "ended_at": ended_at, "counts": counts})
            tx.execute(delete(SWEEPS).where(SWEEPS.c.begun_at < ended_at - RUNS_KEPT))
    if batches.errors:
        raise batches.errors[0]
    return +batches.done


class _Batches:
    """Some projects in one transaction, since the commit is what costs; `done` counts moves, `errors` are in order."""

    def __init__(self, database: Transactions) -> None:
        self._database = database
        self.done = Counter[str]()
        self.errors: list[Exception] = []

    def run(self, due: list[T], step: Step[T]) -> None:
        """Do the step for each of these. One that fails takes nothing of the others with it."""
        for batch in in_batches(due, TOGETHER):
            try:
                self._run(batch, step)
            except LeaseLost:
                raise
            except Exception:
                self._run_singly(batch, step)

    def _run(self, batch: list[T], step: Step[T]) -> None:
        with self._database.write() as tx:
            counts = [step(tx, one) for one in batch]
        self.done.update(sum(counts, Counter[str]()))

    def _run_singly(self, batch: list[T], step: Step[T]) -> None:
        for one in batch:
            try:
                self._run([one], step)
            except LeaseLost:
                raise
            except Exception as error:
                _log.exception("a project could not be swept", project=one)
                self.errors.append(error)
