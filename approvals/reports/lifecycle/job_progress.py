"""The progress of report jobs for the page: status, warning, steps, failure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from approvals.base.formatting import time_of_day
from approvals.base.hashing import sha256
from approvals.base.i18n import N_, translated
from approvals.base.i18n import gettext as _
from approvals.base.jobs import JOB, JobView, job_view, last_begun
from approvals.reports.lifecycle.job_requests import ISSUE, PRINT

IDLE = timedelta(minutes=3)  # without any job begun: every worker sweeps each minute
SILENT = timedelta(minutes=2, seconds=30)  # without a heartbeat of the worker: longer than any rendering may take
STEPS: Mapping[str, Mapping[str, str]] = {
    ISSUE: {
        "due": N_("Produce the documents due in the period"),
        "figures": N_("Compile figures"),
        "printing": N_("Lay out and print the document"),
        "freezing": N_("Assign the number and issue"),
    },
    PRINT: {
        "figures": N_("Compile figures"),
        "printing": N_("Lay out and print the document"),
        "keeping": N_("Save for download"),
    },
}


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """A step in words."""

    words: str
    is_done: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class JobProgress:
    """A job for the person who requested it: its status, a warning, its steps, or why it failed."""

    is_active: bool
    standing: str
    worry: str
    steps: tuple[ProgressStep, ...]
    failure: str


def progress_by_key(tx: Connection, kind: str, keys: Sequence[str], now: datetime) -> dict[str, JobProgress]:
    """The progress of the jobs of this kind by key, in the language of the answer."""
    rows = tx.execute(JOB.select().where(JOB.c.kind == kind, JOB.c.period.in_(keys)).order_by(JOB.c.id))
    jobs = [job_view(row) for row in rows]
    begun = last_begun(tx) if any(job.state == "waiting" for job in jobs) else None
    return {job.period: progress_of(job, begun, now) for job in jobs}


def progress_of(job: JobView, begun: datetime | None, now: datetime) -> JobProgress:
    """The progress of this job; `begun` is when any worker last began a job."""
    if job.is_over:
        return JobProgress(False, "", "", (), _failure(job))
    warning = _warning_of_waiting(job, begun, now) if job.state == "waiting" else _warning_of_running(job, now)
    return JobProgress(True, _status(job, bool(warning)), warning, _steps(job), "")


def mark(*values: object) -> str:
    """A checksum of what a part of the page shows, to notice changes."""
    return sha256(repr(values))[:16]


def _warning_of_waiting(job: JobView, begun: datetime | None, now: datetime) -> str:
    if begun is None or begun < now - IDLE:
        return _(
            "No worker is running at the moment. Your request is saved and starts as soon as one is "
            "available; the system administrator sees it under Jobs."
        )
    if not job.error:
        return ""
    return _(
        "The first attempt failed. The job is retried automatically at %(time)s; the system "
        "administrator sees the reason under Jobs.",
        time=time_of_day(max(job.due_at, now)),
    )


def _warning_of_running(job: JobView, now: datetime) -> str:
    if job.heard_at is None or job.lease_until is None or job.heard_at >= now - SILENT:
        return ""
    return _(
        "The worker on this job last reported at %(time)s. If it does not report again, another takes "
        "over after %(next)s; nothing is lost or done twice.",
        time=time_of_day(job.heard_at),
        next=time_of_day(job.lease_until),
    )


def _status(job: JobView, has_warning: bool) -> str:
    requested_at = time_of_day(job.made_at)
    if has_warning:
        return _("Requested at %(time)s.", time=requested_at)
    if job.state == "waiting":
        return _("Requested at %(time)s; starting shortly.", time=requested_at)
    return _("Requested at %(time)s; in progress.", time=requested_at)


def _failure(job: JobView) -> str:
    """Why the job was refused or failed; empty when it succeeded."""
    if refused := job.result.get("refused"):
        return _("Not done: %(why)s", why=translated(refused, job.result.get("with", {})))
    if job.state != "failed" or job.ended_at is None:
        return ""
    return _(
        "The job failed; the last attempt ended at %(time)s. Nothing is lost, and you can request it "
        "again. The system administrator sees the reason under Jobs.",
        time=time_of_day(job.ended_at),
    )


def _steps(job: JobView) -> tuple[ProgressStep, ...]:
    steps = STEPS[job.kind]
    at = list(steps).index(job.phase) if job.state == "running" and job.phase in steps else -1
    return tuple(ProgressStep(_(words), n < at, n == at) for n, words in enumerate(steps.values()))
