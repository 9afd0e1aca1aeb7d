"""Runs the job that is due: taken by a lease, done, settled; and enqueues the regular jobs that have become due."""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.exc import DBAPIError

from approvals.base.database import Transactions
from approvals.base.errors import Problem
from approvals.base.jobs import AGAIN_AFTER, Claim, JobFailed, LeaseLost, Now, Running, is_due, take
from approvals.jobs.kinds import KINDS, WAITS, Do
from approvals.jobs.schedule import is_planned, plan

_log = structlog.get_logger(__name__)


def look(database: Transactions, now: Now) -> None:
    """Enqueue the jobs that have become due."""
    with database.read() as tx:
        is_done = is_planned(tx, now())
    if not is_done:
        with database.write() as tx:
            plan(tx, now())


def run(
    database: Transactions,
    which: ColumnElement[bool],
    worker: str,
    now: Now,
    kinds: Mapping[str, Do] = KINDS,
) -> str:
    """Do one of these jobs; how that ended. “idle” when none is due, “taken” when another worker was faster, “lost”
    when another took it meanwhile.
    """
    with database.read() as tx:  # mostly nothing is due, and nothing is written then
        if not is_due(tx, which, now()):
            return "idle"
    with database.write() as tx:
        claim = take(tx, which, worker, now())
    return _do(database, claim, now, kinds) if claim else "taken"


def _do(database: Transactions, claim: Claim, now: Now, kinds: Mapping[str, Do]) -> str:
    job = Running(database, claim, now)
    try:
        result = kinds[claim.kind](job)
        if not job.is_done:
            with job.finishing(result):
                pass
    except LeaseLost:
        _log.warning("a job was lost to another worker", kind=claim.kind, period=claim.period)
        return "lost"
    except Exception as error:
        return _failed(job, error)
    if any(result.values()):
        _log.info("job", kind=claim.kind, period=claim.period, **result)
    return "done"


def _failed(job: Running, error: Exception) -> str:
    claim = job.claim
    log = (
        _log.info if isinstance(error, JobFailed) else _log.exception
    )  # a trace may hold addresses of people from a server's answer
    log("a job failed", kind=claim.kind, period=claim.period, tries=claim.tries)
    is_final = isinstance(error, JobFailed) and error.is_final
    try:
        job.fail(_reason(error), None if is_final else _wait_after(claim))
    except (LeaseLost, DBAPIError):  # whoever has it by now says how it ended; a lost database ends the lease
        return "lost"
    return "failed"


def _wait_after(claim: Claim) -> timedelta:
    return WAITS[claim.kind](claim.tries) if claim.kind in WAITS else AGAIN_AFTER * 2 ** (claim.tries - 1)


def _reason(error: Exception) -> str:
    """The reason for the administrator: the message of a problem, of another error its class alone."""
    return str(error) if isinstance(error, (Problem, JobFailed)) else f"a fault of ours: {type(error).__name__}"
