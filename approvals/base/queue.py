"""The queue that calls workers to jobs: huey, in a file beside a SQLite database, or in PostgreSQL.

A message says “run job 17”, nothing else. One that is lost is sent again, one that comes twice finds the job taken.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import psycopg
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.engine import URL, make_url

NAME = "guahao"
PATIENCE = 5.0  # seconds that a message waits for other writers of the file
_log = logging.getLogger(__name__)
Run = Callable[[int], None]
Tick = Callable[[], None]


class Plain(Serializer):
    """Messages as JSON: whoever may write into the queue must not thereby run programs."""

    def _serialize(self, data: Any) -> bytes:
        return orjson.dumps([data.id, data.name, data.args])

    def _deserialize(self, data: Any) -> Any:
        id_, name, args = orjson.loads(bytes(data))
        return Message(id=id_, name=name, args=tuple(args), kwargs={}, retries=0, retry_delay=0)


def _nobody(*_: Any) -> None:
    raise RuntimeError("only a worker runs jobs")


class Queue:
    """The queue of one database. A worker gives it what to do: `run` a job, and look for work at each `tick`."""

    def __init__(self, url: str, run: Run = _nobody, tick: Tick = _nobody) -> None:
        self.huey = _huey(make_url(url))

        def run_job(job_id: int) -> None:
            run(job_id)

        def look() -> None:
            tick()

        self._run = self.huey.task(name="run")(run_job)
        self.huey.periodic_task(crontab(minute="*"), name="look")(look)

    def call(self, jobs: Iterable[int]) -> None:
        """Have workers take up these jobs now. When the queue does not answer, they find them at their next look."""
        try:
            for job_id in jobs:
                self.huey.enqueue(self._run.s(job_id))
        except (sqlite3.Error, psycopg.Error):
            _log.warning("the queue does not answer; the jobs wait for the workers' next look", exc_info=True)

    def close(self) -> None:
        self.huey.storage.close()


def _huey(url: URL) -> Huey:
    common = {"results": False, "serializer": Plain()}
    if url.get_backend_name() == "sqlite":
        # The machine's own SQLite may be one that corrupts a WAL file, hence the other journal.
        file = {"filename": f"{url.database}.queue", "journal_mode": "truncate", "timeout": PATIENCE}
        return SqliteHuey(NAME, **common, **file)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = {"options": "-c search_path=queue -c lock_timeout=20s", "application_name": "guahao-queue"}
    return PostgresHuey(NAME, **common, dsn=dsn, create_tables=False, **options)
