"""Whether jobs that are done had their effect, and what waits for a job has one: for `flask verify`."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, not_, select

from approvals.base.jobs import JOB
from approvals.history.queries import Fault
from approvals.notifications.queries import DELIVERING, DELIVERY
from approvals.reports.lifecycle.job_requests import ISSUE
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from approvals.reports.periods import BULLETIN, MONTHLY

COMPILING = {"compile_month": MONTHLY, "compile_bulletin": BULLETIN}


def done_jobs_had_their_effect(tx: Connection) -> Iterator[Fault]:
    """Whatever report a job says it compiled or issued is there, and is of its month."""
    yield from _compiled(tx)
    yield from _issued(tx)


def deliveries_have_jobs(tx: Connection) -> Iterator[Fault]:
    """Whatever waits to be delivered has a job that delivers it, or was given up."""
    has_one = select(JOB.c.id).where(DELIVERING, JOB.c.period == DELIVERY.c.key, JOB.c.state != "done").exists()
    lost = select(DELIVERY.c.id).where(DELIVERY.c.state == "waiting", not_(has_one)).order_by(DELIVERY.c.id)
    for delivery_id in tx.execute(lost).scalars():
        yield Fault("jobs", f"delivery {delivery_id}", "waits, and no job delivers it")


def _issued(tx: Connection) -> Iterator[Fault]:
    columns = [REPORTS.c[name] for name in ("kind", "period", "year", "number")]
    known = {
        f"{row.kind}/{row.period} {row.year}-{row.number}"
        for row in tx.execute(select(*columns).where(REPORTS.c.state == "issued").order_by(REPORTS.c.id))
    }
    done = JOB.c.kind == ISSUE, JOB.c.state == "done"
    for row in tx.execute(select(JOB.c.period, JOB.c.result).where(*done).order_by(JOB.c.id)):
        ref, of = orjson.loads(row.result).get("issued"), "/".join(row.period.split("/")[:2])
        if ref is not None and f"{of} {ref}" not in known:
            yield Fault("jobs", f"{ISSUE} {row.period}", f"is done, but {ref} was not issued for it")


def _compiled(tx: Connection) -> Iterator[Fault]:
    known = {
        row.id: (row.kind, row.period)
        for row in tx.execute(select(REPORTS.c.id, REPORTS.c.kind, REPORTS.c.period).order_by(REPORTS.c.id))
    }
    wanted = JOB.c.kind.in_(COMPILING), JOB.c.state == "done"
    for row in tx.execute(select(JOB.c.kind, JOB.c.period, JOB.c.result).where(*wanted).order_by(JOB.c.id)):
        report = orjson.loads(row.result).get("report")
        if report is not None and known.get(report) != (COMPILING[row.kind], row.period):
            yield Fault("jobs", f"{row.kind} {row.period}", f"is done, but its report {report} is not there")
