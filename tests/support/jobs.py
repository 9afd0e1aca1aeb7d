"""The worker's part within a test: what waits is done at once, one after the other."""

from datetime import datetime

from flask_openapi3 import OpenAPI
from sqlalchemy import Connection, select, true

from approvals.base.database import Database
from approvals.base.jobs import JOB, Now, is_due
from approvals.base.service import Service
from approvals.http.application import KEY
from approvals.jobs import running


def run(database: Database, job_id: int, worker: str, now: Now) -> str:
    """Do this job if it is free; how that ended."""
    return running.run(database, JOB.c.id == job_id, worker, now)


def run_all(database: Database, worker: str, now: Now) -> list[str]:
    """Do all jobs that are due, and those that they ask for; how each ended."""
    ends = []
    while (end := running.run(database, true(), worker, now)) != "idle":
        ends.append(end)
    return ends


def due_jobs(tx: Connection, now: datetime) -> list[int]:
    """The jobs that nobody has and that are due."""
    every = tx.execute(select(JOB.c.id).order_by(JOB.c.due_at, JOB.c.id)).scalars().all()
    return [job_id for job_id in every if is_due(tx, JOB.c.id == job_id, now)]


def work(app: OpenAPI) -> list[str]:
    """Do all jobs that wait, and those that they ask for; how each ended."""
    service: Service = app.extensions[KEY]
    with app.app_context():
        return run_all(service.database, "the worker", service.clock.now)
