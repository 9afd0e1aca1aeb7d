"""Runs one job: taken by a lease, done, settled; and looks what there is to run."""

import structlog
from sqlalchemy.exc import DBAPIError

from approvals.base.database import Database
from approvals.base.errors import Problem
from approvals.base.jobs import Fenced, GivenUp, Now, Running, due_jobs, take
from approvals.jobs.kinds import KINDS
from approvals.jobs.schedule import is_planned, plan

_log = structlog.get_logger(__name__)


def look(database: Database, now: Now) -> list[int]:
    """Plan what has become due; all jobs that wait for somebody."""
    with database.read() as tx:
        is_done = is_planned(tx, now())
    if not is_done:
        with database.write() as tx:
            plan(tx, now())
    with database.read() as tx:
        return due_jobs(tx, now())


def run(database: Database, job_id: int, worker: str, now: Now) -> str:
    """Do this job if it is free; how that ended. “taken” when another has it, “lost” when another took it meanwhile."""
    with database.write() as tx:
        claim = take(tx, job_id, worker, now())
    if claim is None:
        return "taken"
    job = Running(database, claim, now)
    try:
        result = KINDS[claim.kind](job)
        if not job.is_done:
            with job.finishing(result):
                pass
    except Fenced:
        _log.warning("a job was lost to another worker", kind=claim.kind, period=claim.period)
        return "lost"
    except Exception as error:
        return _failed(job, error)
    if any(result.values()):
        _log.info("job", kind=claim.kind, period=claim.period, **result)
    return "done"


def _failed(job: Running, error: Exception) -> str:
    _log.exception("a job failed", kind=job.claim.kind, period=job.claim.period)
    try:
        job.fail(_words(error), is_final=isinstance(error, GivenUp))
    except (Fenced, DBAPIError):  # whoever has it by now says how it ended; a lost database ends the lease
        return "lost"
    return "failed"


def _words(error: Exception) -> str:
    """What the administrator reads: problems speak for themselves, of other faults only the kind is shown."""
    return str(error) if isinstance(error, (Problem, GivenUp)) else f"a fault of ours: {type(error).__name__}"
