"""The work of each kind of job. Each may be killed at any moment and run again: completed work stays done."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.accounts.list_files import delete_old_files
from approvals.appraisal.proposals import propose_deductions
from approvals.base.jobs import Running
from approvals.base.service import settings_in_use
from approvals.filing.orphans import remove_orphans
from approvals.jobs.schedule import FAN_OUT
from approvals.jobs.schedule import forget as forget_jobs
from approvals.notifications.account_letters import TELL
from approvals.notifications.account_letters import send as send_account_letter
from approvals.notifications.delivery import deliver, wait_after
from approvals.notifications.fan_out import fan_out, gather_digests, purge_deliveries
from approvals.notifications.root_letters import KEEP, SEND, keep, send
from approvals.notifications.tables import DELIVERY_KINDS
from approvals.recalculation.actions import finish
from approvals.reports.lifecycle.actions import compile_report
from approvals.reports.lifecycle.job_requests import ISSUE, PRINT, request_brief, request_print
from approvals.reports.lifecycle.queries import has_record, report_in_force
from approvals.reports.lifecycle.renditions import ISSUED_IN, delete_old_renditions
from approvals.reports.lifecycle.tasks import issue_requested, print_requested
from approvals.reports.periods import BULLETIN, MONTHLY, read_period
from approvals.supervision.sweep import sweep

Result = Mapping[str, Any]  # stored as JSON
Do = Callable[[Running], Result]


def digest(job: Running) -> Result:
    """Make today's digests of the notices that everybody has by their hour."""
    fan_out(job, job.now)
    digests = 0
    while count := gather_digests(job, job.now):
        digests += count
    return {"digests": digests}


def compile_draft(kind: str, job: Running) -> Result:
    """Compile the draft of the period that is over, and enqueue its rendering.

    There is one draft however many workers try; none of a period before the first record, and none where the report is
    issued already.
    """
    period = read_period(kind, job.period)
    with job.read() as tx:
        issued, is_empty = report_in_force(tx, period, kind), not has_record(tx, period)
    if issued or is_empty:
        return {"report": issued.id} if issued else {}
    result = {"report": compile_report(job, kind, job.period, SYSTEM_ACTOR, job.now).id}
    with job.finishing(result) as tx:
        request_print(tx, kind, period, ISSUED_IN, job.now())
        request_brief(tx, kind, period, job.now())
    return result


def tidy(job: Running) -> Result:
    """Delete old successful deliveries and jobs, renditions that can be made again, and files of lists."""
    deliveries = purge_deliveries(job, job.now)
    with job.read() as tx:  # it walks the store, which takes long: nobody who writes waits for it
        removed = remove_orphans(tx, settings_in_use().files_dir, job.now())
    with job.write() as tx:
        return {
            "orphans": removed,
            "deliveries": deliveries,
            "jobs": forget_jobs(tx, job.now()),
            "prints": delete_old_renditions(tx, job.now()),
            "files": delete_old_files(tx, job.now()),
        }


KINDS: dict[str, Do] = {
    # A sweep that comes late makes what was missed, each on its proper day.
    "sweep": lambda job: dict(sweep(job, job.now(), job.now)),
    "propose_deductions": lambda job: dict(propose_deductions(job, job.now)),
    "compile_month": partial(compile_draft, MONTHLY),
    "compile_bulletin": partial(compile_draft, BULLETIN),
    "redate": lambda job: {"approvals": sum(1 for _ in finish(job, job.now))},
    "digest": digest,
    "tidy": tidy,
    KEEP: keep,
    SEND: send,
    TELL: send_account_letter,
    ISSUE: issue_requested,
    PRINT: print_requested,
    FAN_OUT: lambda job: {"deliveries": fan_out(job, job.now)},
    **dict.fromkeys(DELIVERY_KINDS.values(), deliver),
}
WAITS = dict.fromkeys(DELIVERY_KINDS.values(), wait_after)  # before the next try, where it is not a minute doubled
HEAVY = frozenset({ISSUE, PRINT})  # they render documents
