"""What each kind of job does. Each may be killed at any moment and done again: what it did by then stays done."""

from collections.abc import Callable, Mapping
from typing import Any

from approvals.base.jobs import Running
from approvals.jobs.schedule import forget as forget_jobs
from approvals.outbox.fan_out import fan_out, forget, gather
from approvals.supervision.sweep import sweep
from approvals.windows.redating import finish

Result = Mapping[str, Any]  # what is kept of it, as JSON
Do = Callable[[Running], Result]


def sweep_now(job: Running) -> Result:
    """Make what is due by now; a sweep that comes late makes what was missed, each on its proper day."""
    return dict(sweep(job, job.now(), job.now))


def redate(job: Running) -> Result:
    """Date anew what a calendar that was loaded moves."""
    count = 0
    for _redated in finish(job, job.now):
        count += 1
    return {"approvals": count}


def digest(job: Running) -> Result:
    """Make today's digests of what everybody was told by their hour."""
    fan_out(job, job.now)
    made = 0
    while some := gather(job, job.now):
        made += some
    return {"digests": made}


def tidy(job: Running) -> Result:
    """Forget deliveries and jobs that went well long ago."""
    deliveries = forget(job, job.now)
    with job.write() as tx:
        return {"deliveries": deliveries, "jobs": forget_jobs(tx, job.now())}


KINDS: dict[str, Do] = {"sweep": sweep_now, "redate": redate, "digest": digest, "tidy": tidy}
