"""What each kind of job does. Each may be killed at any moment and done again: what it did by then stays done."""

from collections.abc import Callable, Mapping
from typing import Any

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.jobs import Running
from approvals.jobs.schedule import FAN_OUT
from approvals.jobs.schedule import forget as forget_jobs
from approvals.notifications.delivery import deliver, wait_after
from approvals.notifications.fan_out import fan_out, forget, gather
from approvals.notifications.tables import DELIVERY_KINDS
from approvals.recalculation.actions import finish
from approvals.reports.lifecycle.actions import compile_report, newest_entry
from approvals.reports.lifecycle.job_requests import ISSUE, PRINT, ask_print
from approvals.reports.lifecycle.queries import report_in_force
from approvals.reports.lifecycle.renditions import ISSUED_IN, forget_prints
from approvals.reports.lifecycle.tasks import issue_asked, print_asked
from approvals.reports.periods import BULLETIN, MONTHLY, read_period
from approvals.supervision.sweep import sweep

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


def fan_out_notices(job: Running) -> Result:
    """Make the deliveries of what was told since the last time."""
    return {"deliveries": fan_out(job, job.now)}


def digest(job: Running) -> Result:
    """Make today's digests of what everybody was told by their hour."""
    fan_out(job, job.now)
    made = 0
    while some := gather(job, job.now):
        made += some
    return {"digests": made}


def compile_month(job: Running) -> Result:
    """Compile the draft of the month that is over."""
    return _compile(job, MONTHLY)


def compile_bulletin(job: Running) -> Result:
    """Compile the draft of the bulletin whose months are over."""
    return _compile(job, BULLETIN)


def _compile(job: Running, kind: str) -> Result:
    """However many try, one draft is compiled; none of an empty city, and none where the report is issued already.

    Its paper is printed after it without anybody asking.
    """
    period = read_period(kind, job.period)
    with job.read() as tx:
        issued, is_empty = report_in_force(tx, period, kind), newest_entry(tx) == 0
    if issued or is_empty:
        return {"report": issued.id} if issued else {}
    result = {"report": compile_report(job, kind, job.period, SYSTEM_ACTOR, job.now).id}
    with job.finishing(result) as tx:
        ask_print(tx, kind, period, ISSUED_IN, job.now())
    return result


def tidy(job: Running) -> Result:
    """Forget deliveries and jobs that went well long ago, and papers that can be printed anew."""
    deliveries = forget(job, job.now)
    with job.write() as tx:
        return {"deliveries": deliveries, "jobs": forget_jobs(tx, job.now()), "prints": forget_prints(tx, job.now())}


KINDS: dict[str, Do] = {
    "sweep": sweep_now,
    "compile_month": compile_month,
    "compile_bulletin": compile_bulletin,
    "redate": redate,
    "digest": digest,
    "tidy": tidy,
    ISSUE: issue_asked,
    PRINT: print_asked,
    FAN_OUT: fan_out_notices,
    **dict.fromkeys(DELIVERY_KINDS.values(), deliver),
}
WAITS = dict.fromkeys(DELIVERY_KINDS.values(), wait_after)  # before the next try, where it is not a minute doubled
HEAVY = frozenset({ISSUE, PRINT})  # they keep a press busy
