"""The worker's part within a test: what waits is done at once, one after the other."""

from flask_openapi3 import OpenAPI

from approvals.base.jobs import due_jobs
from approvals.http.application import KEY, Running
from approvals.jobs.running import run

MOST = 50  # rounds


def work(app: OpenAPI) -> list[str]:
    """Do all jobs that wait, and those that they ask for; how each ended."""
    held: Running = app.extensions[KEY]
    ends: list[str] = []
    with app.app_context():
        for _ in range(MOST):
            with held.database.read() as tx:
                waiting = due_jobs(tx, held.clock.now())
            if not waiting:
                return ends
            ends += [run(held.database, job_id, "the worker", held.clock.now) for job_id in waiting]
    raise AssertionError("there is always more to do")
