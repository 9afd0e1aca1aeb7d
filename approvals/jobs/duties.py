"""What the system administrator is to look at: jobs that failed or are missing, deliveries that were given up."""

from collections.abc import Iterator

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import CONFIRM_AS_SECOND, OPERATE
from approvals.casefile.worklist.kinds import KINDS
from approvals.casefile.worklist.rows import Moments
from approvals.casefile.worklist.worklist import Duty, DutyList
from approvals.handover.second_administrator import requests_for
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


def _requests(tx: Connection, actor: Actor, _at: Moments) -> Iterator[Duty]:
    """What another administrator asked for and this one may confirm."""
    if count := requests_for(tx, actor):
        yield Duty(KINDS["second"], 0, "", part=str(count))


LISTS = (DutyList(CONFIRM_AS_SECOND, _requests), DutyList(OPERATE, _jobs), DutyList(OPERATE, _deliveries))
