"""Jobs: those that are done had their effect, and what waits for a job has one."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, not_, select

from approvals.base.jobs import JOB
from approvals.history.queries import Violation
from approvals.notifications.queries import DELIVERING, DELIVERY
from approvals.reports.lifecycle.job_requests import ISSUE
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from approvals.reports.periods import BULLETIN, MONTHLY

COMPILING = {"compile_month": MONTHLY, "compile_bulletin": BULLETIN}


def done_jobs_had_their_effect(tx: Connection) -> Iterator[Violation]:
    """Each report that a job compiled or issued exists and is of its month."""
    columns = [REPORTS.c[name] for name in ("id", "kind", "period", "state", "year", "number")]
    reports = tx.execute(select(*columns).order_by(REPORTS.c.id)).all()
    compiled = {row.id: (row.kind, row.period) for row in reports}
    issued = {f"{row.kind}/{row.period} {row.year}-{row.number}" for row in reports if row.state == "issued"}
    done = JOB.c.kind.in_((*COMPILING, ISSUE)), JOB.c.state == "done"
    for row in tx.execute(select(JOB.c.kind, JOB.c.period, JOB.c.result).where(*done).order_by(JOB.c.id)):
        result, subject = orjson.loads(row.result), f"{row.kind} {row.period}"
        report, ref, of = result.get("report"), result.get("issued"), "/".join(row.period.split("/")[:2])
        if row.kind == ISSUE:
            if ref is not None and f"{of} {ref}" not in issued:
                yield Violation("jobs", subject, f"is done, but {ref} was not issued for it")
        elif report is not None and compiled.get(report) != (COMPILING[row.kind], row.period):
            yield Violation("jobs", subject, f"is done, but its report {report} is not there")


def deliveries_have_jobs(tx: Connection) -> Iterator[Violation]:
    """Each waiting delivery has a job that delivers it, or was given up."""
    has_job = select(JOB.c.id).where(DELIVERING, JOB.c.period == DELIVERY.c.key, JOB.c.state != "done").exists()
    lost = select(DELIVERY.c.id).where(DELIVERY.c.state == "waiting", not_(has_job)).order_by(DELIVERY.c.id)
    for delivery_id in tx.execute(lost).scalars():
        yield Violation("jobs", f"delivery {delivery_id}", "waits, and no job delivers it")
