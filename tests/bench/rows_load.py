"""The section on load: a mixed profile as people use the service, while a sweep runs and a report is printed."""

import random
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product, zip_longest
from pathlib import Path

from sqlalchemy import Connection, select

from approvals.accounts.actions import create_token
from approvals.base.database import Database
from approvals.base.i18n import LANGUAGES
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS
from approvals.reports.lifecycle.job_requests import request_print
from approvals.reports.periods import MONTHLY, read_month
from approvals.supervision.queries import due_projects
from tests.bench.clients import Run, a_form, a_get, a_post
from tests.bench.measuring import Bench, Finding, Target
from tests.bench.rows_growth import cities, copied_to, poured, refs
from tests.bench.rows_moves import DURABLE
from tests.support.builders import GIVEN, NOW, window
from tests.support.grown_city import MONTH, TODAY
from tests.support.pages import KEY_FOR_TESTS, PASSWORD, give_password
from tests.support.servers import PYTHON, ROOT, a_postgres, a_process, a_server

CLIENTS, WORKERS, READS_PER_MOVE = 16, 2, 4  # 80 of 100 requests read
SECONDS = 20  # that it lasts
RATE, P95, P99 = 100, 300, 800  # requests a second, milliseconds
READERS = (  # who they are, and what they open
    (window("A01"), ("/windows", "/windows?state=accepted", "/approvals/{ref}/A01", "/windows?state=received")),
    ("owner1", ("/projects", "/projects/{ref}", "/", "/projects/{ref}")),
    ("office1", ("/casefiles", "/casefiles/{ref}", "/triage", "/casefiles/{ref}")),
    ("liaison1", ("/casefiles", "/casefiles/{ref}", "/notices", "/")),
)
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(rb"(?im)^set-cookie: ([^;\r]+)")
ABOUT = (
    f"{CLIENTS} clients sign in, open pages (80 %) and make moves over JSON (20 %) against {WORKERS} web processes,"
    " while the worker sweeps a thousand projects and prints reports; all share the machine."
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the clients do: for how long, with which projects, and the moves that are left to make."""

    seconds: float
    refs: list[str]
    moves: Iterator[bytes]
    run: Run = field(default_factory=Run)

    def work(self, number: int, connection: socket.socket) -> None:
        drawn, (name, paths) = random.Random(number), READERS[number % len(READERS)]
        cookie = self._sign_in(connection, name)
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            for _ in range(READS_PER_MOVE):
                path = drawn.choice(paths).format(ref=drawn.choice(self.refs))
                self.run.send(connection, a_get(path, cookie))
            if (move := next(self.moves, None)) is not None:
                self.run.send(connection, move)

    def _sign_in(self, connection: socket.socket, name: str) -> str:
        """The cookie of somebody who has signed in as at a browser: the page, and its form with its token."""
        head, body = self.run.send(connection, a_get("/sign-in"))
        fields = {"csrf_token": _TOKEN.search(body)[1].decode(), "username": name, "password": PASSWORD}  # type: ignore[index]
        head, _ = self.run.send(connection, a_form("/sign-in", fields, _cookies(head)))
        return _cookies(head)


def _cookies(head: bytes) -> str:
    return "; ".join(cookie.decode() for cookie in _COOKIE.findall(head))


def load(bench: Bench) -> Iterator[Finding]:
    """On either engine, in the grown city."""
    with cities(bench, "sqlite") as (_, grown):
        for engine in ("sqlite", "postgresql"):
            folder = bench.new_folder(f"load-{engine}")
            with ExitStack() as open_:
                url = copied_to(grown, folder)
                if engine == "postgresql":
                    url = poured(open_.enter_context(a_postgres(DURABLE)), url, "city")
                run = _crowded(url, folder, bench)
            work, errors = f"mixed load, {engine}", Counter(run.statuses) - Counter({200: 10**9, 303: 10**9})
            note = f"{len(run.statuses):,} requests, {errors.total()} errors {dict(errors) or ''}. {ABOUT}"
            yield Finding("load", work, "one request a second", Target("≥", RATE), "", (run.rate,), (1,), note)
            for share, most in ((0.95, P95), (0.99, P99)):
                latency, name = (run.latency(share),), f"{work}, p{100 * share:.0f}"
                yield Finding("load", name, "one millisecond", Target("≤", most), "ms", latency, (1,))


def _crowded(url: str, folder: Path, bench: Bench) -> Run:
    projects, moves = _prepared(url)
    env = {"GUAHAO_DATABASE_URL": url, "GUAHAO_DATA_DIR": str(folder), "GUAHAO_NOW": NOW.isoformat()}
    env["GUAHAO_SECRET_KEY"] = KEY_FOR_TESTS
    with (  # in one session, as `make serve` has them: what yields, yields to the others
        a_server("wsgi:app", ROOT, env, workers=WORKERS, apart=False) as port,
        a_process([PYTHON, "-m", "approvals", "worker"], env=env, apart=False),
    ):
        crowd = Crowd(SECONDS * bench.scale, projects, iter(moves))
        crowd.run.share(port, CLIENTS, crowd.work)
    return crowd.run


def _prepared(url: str) -> tuple[list[str], list[bytes]]:
    """Projects that all readers may open, and moves that wait to be made; everybody can sign in, reports are wanted."""
    database = Database(url)
    give_password(database, *(name for name, _ in READERS))
    clerk = window("A01")
    with database.write() as tx:
        for month, language in product(range(1, 13), LANGUAGES):
            request_print(tx, MONTHLY, read_month(f"{MONTH[:4]}-{month:02}"), language, NOW)
        bearer = {"Authorization": f"Bearer {create_token(tx, clerk, 'benchmark', now=NOW)}"}
        projects, swept = refs(tx, "owner1", "accepted"), due_projects(tx, TODAY)
        grants = _requests(tx, "accepted", "grant", swept, bearer)
        accepts = _requests(tx, "received", "accept", swept, bearer)
    database.close()
    return projects, [request for both in zip_longest(accepts, grants) for request in both if request]


def _requests(tx: Connection, state: str, move: str, swept: list[int], bearer: dict[str, str]) -> list[bytes]:
    """This move of each A01 in this state, those aside that the sweep may move meanwhile."""
    numbers = select(PROJECTS.c.number).join(APPROVALS, APPROVALS.c.project_id == PROJECTS.c.id)
    clauses = APPROVALS.c.state == state, APPROVALS.c.code == "A01", PROJECTS.c.state == "registered"
    movable = tx.execute(numbers.where(*clauses, PROJECTS.c.id.not_in(swept)).order_by(PROJECTS.c.id)).scalars()
    return [a_post(f"/api/v1/approvals/{ref}/A01/moves/{move}", {"with": GIVEN[move]}, bearer) for ref in movable]
