"""What the system administrator is to look at: jobs that failed or are missing, deliveries that were given up."""

from collections.abc import Iterator

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import OPERATE
from approvals.casefile.worklist.kinds import KINDS
from approvals.casefile.worklist.rows import Moments
from approvals.casefile.worklist.worklist import Duty, DutyList
from approvals.jobs.queries import health
from approvals.notifications.queries import dead_count


def _jobs(tx: Connection, _actor: Actor, at: Moments) -> Iterator[Duty]:
    """Failed jobs as one duty, and each kind that should have run."""
    status = health(tx, at.now)
    if status.failed:
        yield Duty(KINDS["jobs"], 0, "", part=str(status.failed))
    for number, kind in enumerate(status.missing, 1):
        yield Duty(KINDS["jobs"], number, "", text=kind)


def _deliveries(tx: Connection, actor: Actor, at: Moments) -> Iterator[Duty]:
    if count := dead_count(tx, actor, at.now):
        yield Duty(KINDS["deliveries"], 0, "", part=str(count))


LISTS = (DutyList(OPERATE, _jobs), DutyList(OPERATE, _deliveries))
