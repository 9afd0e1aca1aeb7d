"""Whether jobs that are done had their effect: for `flask verify`."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.base.jobs import JOB
from approvals.history.queries import Fault
from approvals.reports.months import BULLETIN, MONTHLY
from approvals.reports.queries import TABLE as REPORTS

COMPILING = {"compile_month": MONTHLY, "compile_bulletin": BULLETIN}


def done_jobs_had_their_effect(tx: Connection) -> Iterator[Fault]:
    """Whatever report a job says it compiled is there, and is of its month."""
    known = {
        row.id: (row.kind, row.period)
        for row in tx.execute(select(REPORTS.c.id, REPORTS.c.kind, REPORTS.c.period).order_by(REPORTS.c.id))
    }
    wanted = JOB.c.kind.in_(COMPILING), JOB.c.state == "done"
    for row in tx.execute(select(JOB.c.kind, JOB.c.period, JOB.c.result).where(*wanted).order_by(JOB.c.id)):
        report = orjson.loads(row.result).get("report")
        if report is not None and known.get(report) != (COMPILING[row.kind], row.period):
            yield Fault("jobs", f"{row.kind} {row.period}", f"is done, but its report {report} is not there")
