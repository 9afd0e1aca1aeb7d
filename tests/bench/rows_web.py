"""Rows 1 to 4: a move over JSON, beside a bare POST and beside what people would pick instead."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from approvals.accounts.actions import create_token
from approvals.base.database import Database
from tests.bench.clients import Run, a_post, send
from tests.bench.measuring import Bench, Finding, Target, compared, interleaved
from tests.bench.peering import PEERS, peer_env, peer_python
from tests.bench.stock import CODE, Waiting, a_sqlite_city, a_stock
from tests.support.builders import NOW
from tests.support.servers import ROOT, a_server

CLIENTS = 4
CROWD, CROWD_WORKERS = 16, 2
MOVE = "a move over JSON"


@dataclass(slots=True)
class Served:
    """A running server and the requests that wait for it."""

    port: int
    requests: Iterator[bytes]
    clients: int = CLIENTS

    def run(self, each: int) -> Run:
        """Send the next of them; every one is answered with 200, else an AssertionError."""
        run = send(self.port, islice(self.requests, each), self.clients)
        assert len(run.statuses) == each and set(run.statuses) == {200}, f"{len(run.statuses)}: {set(run.statuses)}"
        return run


Peer = Callable[[Path, int], AbstractContextManager[Served]]  # with a folder and so many cases that wait for a move


@contextmanager
def product(folder: Path, number: int, *, workers: int = 1, clients: int = CLIENTS) -> Iterator[Served]:
    """This product on SQLite as it is installed, with so many cases that wait for a move."""
    url = a_sqlite_city(folder)
    waiting = a_stock(url, number)
    database = Database(url)
    with database.write() as tx:
        tokens = {name: create_token(tx, name, "benchmark", now=NOW) for name in {case.by for case in waiting}}
    database.close()
    env = {"GUAHAO_DATABASE_URL": url, "GUAHAO_DATA_DIR": str(folder), "GUAHAO_NOW": NOW.isoformat()}
    with a_server("wsgi:app", ROOT, env, workers=workers) as port:
        yield Served(port, map(_move, waiting, (tokens[case.by] for case in waiting)), clients)


def _move(case: Waiting, token: str) -> bytes:
    path = f"/api/v1/approvals/{case.ref}/{CODE}/moves/{case.move}"
    return a_post(path, {"with": case.given}, {"Authorization": f"Bearer {token}"})


@contextmanager
def bare_flask(number: int) -> Iterator[Served]:
    """Flask that answers and does nothing."""
    with a_server("bare_flask:app", PEERS, {}) as port:
        yield Served(port, (a_post(f"/moves/{case}", {"move": "submit"}) for case in range(number)))


def peer_site(peer: str) -> Peer:
    """A peer in its own environment on the same server software, with so many cases that wait for a move."""
    python = peer_python()

    @contextmanager
    def site(folder: Path, number: int) -> Iterator[Served]:
        env = peer_env(folder)
        command = [python, "-m", "django", "cases", peer, str(number)]
        filled = subprocess.run(command, cwd=PEERS, env=os.environ | env, capture_output=True, text=True, check=False)
        assert filled.returncode == 0, filled.stderr[-500:]
        requests = [a_post(path, body) for path, body in json.loads(filled.stdout)]
        with a_server("django_site:application", PEERS, env, python=python) as port:
            yield Served(port, iter(requests))

    return site


def beside_bare_flask(bench: Bench) -> Iterator[Finding]:
    """Row 1."""
    note = "sign-in by token, chart, clock, history with chain, notices and commit beside nothing but JSON"
    beside, target = "a bare Flask POST", Target("≥", 0.2)
    yield _beside(bench, "1", beside, target, bench.many(2000), lambda _folder, number: bare_flask(number), note)


def beside_fsm(bench: Bench) -> Iterator[Finding]:
    """Row 2b."""
    note, peer = "the peer makes a bare transition with an audit row, without sign-in, clock or chain", peer_site("fsm")
    yield _beside(bench, "2b", "django-fsm-2", Target("≥", 1.5), bench.many(300), peer, note)


def beside_viewflow(bench: Bench) -> Iterator[Finding]:
    """Row 3."""
    note = "the peer carries out a task by a bare view without its form (UpdateProcessView), sign-in, clock or chain"
    yield _beside(bench, "3", "viewflow.workflow", Target("≥", 4), bench.many(60), peer_site("flow"), note)


def _beside(bench: Bench, row: str, name: str, target: Target, each: int, peer: Peer, note: str) -> Finding:
    """A move over JSON beside a peer that gets `each` requests a round."""
    folder, mine, turns = bench.new_folder(f"web{row}"), bench.many(300), bench.rounds + 1
    with product(folder, mine * turns) as ours, peer(folder, each * turns) as theirs:
        sides = (lambda: ours.run(mine).rate, lambda: theirs.run(each).rate)
        return compared(bench, row, MOVE, name, target, "moves/s", *sides, note)


def in_a_crowd(bench: Bench) -> Iterator[Finding]:
    """Row 4: how much longer the slowest wait when many come at once."""
    each = bench.many(1000, CROWD)
    runs: list[Run] = []

    def side() -> float:
        runs.append(ours.run(each))
        return runs[-1].rate

    with product(bench.new_folder("crowd"), each * (bench.rounds + 1), workers=CROWD_WORKERS, clients=CROWD) as ours:
        interleaved(bench, side)
    slow, usual = (tuple(run.latency(share) for run in runs[1:] or runs) for share in (0.99, 0.5))
    note = f"{CROWD} clients, {CROWD_WORKERS} workers, {runs[-1].rate:,.0f} moves a second in the last round"
    yield Finding("4", "p99 of a move over JSON", "its p50", Target("≤", 3), "ms", slow, usual, note)
