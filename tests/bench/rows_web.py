"""Rows 1 to 4: a move over JSON, beside a bare POST and beside what people would pick instead."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from approvals.accounts.actions import create_token
from approvals.base.database import Database
from tests.bench.clients import Run, a_post, a_server, send
from tests.bench.measuring import Bench, Finding, Side, Target, at_least, at_most, interleaved
from tests.bench.peering import PEERS, peer_env, peer_python
from tests.bench.stock import CODE, Waiting, a_sqlite_city, a_stock
from tests.support.builders import NOW
from tests.support.servers import PYTHON, ROOT

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
    with a_server(PYTHON, "wsgi:app", ROOT, env, workers=workers) as port:
        yield Served(port, _moves(waiting, tokens), clients)


def _moves(waiting: Iterable[Waiting], tokens: dict[str, str]) -> Iterator[bytes]:
    for case in waiting:
        path = f"/api/v1/approvals/{case.ref}/{CODE}/moves/{case.move}"
        yield a_post(path, {"with": case.given}, {"Authorization": f"Bearer {tokens[case.by]}"})


@contextmanager
def bare_flask(number: int) -> Iterator[Served]:
    """Flask that answers and does nothing."""
    with a_server(PYTHON, "bare_flask:app", PEERS, {}) as port:
        yield Served(port, (a_post(f"/moves/{case}", {"move": "submit"}) for case in range(number)))


@contextmanager
def peer_site(peer: str, folder: Path, number: int) -> Iterator[Served]:
    """A peer in its own environment on the same server software, with so many cases that wait for a move."""
    python, env = peer_python(), peer_env(folder)
    command = [python, "-m", "django", "fill", peer, str(number)]
    filled = subprocess.run(command, cwd=PEERS, env=os.environ | env, capture_output=True, text=True, check=False)
    assert filled.returncode == 0, filled.stderr[-500:]
    requests = [a_post(path, body) for path, body in json.loads(filled.stdout)]
    with a_server(python, "django_site:application", PEERS, env) as port:
        yield Served(port, iter(requests))


def beside_bare_flask(bench: Bench) -> Iterator[Finding]:
    """Row 1."""
    folder, each, bare = bench.new_folder("web1"), bench.many(300), bench.many(2000)
    turns = bench.rounds + 1
    with product(folder, each * turns) as ours, bare_flask(bare * turns) as theirs:
        sides: dict[str, Side] = {"ours": lambda: ours.run(each).rate, "theirs": lambda: theirs.run(bare).rate}
        figures = interleaved(sides, bench)
    note = "sign-in by token, chart, clock, history with chain, notices and commit beside nothing but JSON"
    yield Finding("1", MOVE, "a bare Flask POST", at_least(0.2), "moves/s", figures["ours"], figures["theirs"], note)


def beside_fsm(bench: Bench) -> Iterator[Finding]:
    """Row 2b."""
    note = "the peer makes a bare transition with an audit row, without sign-in, clock or chain"
    yield _beside(bench, "2b", "fsm", "django-fsm-2", at_least(1.5), bench.many(300), note)


def beside_viewflow(bench: Bench) -> Iterator[Finding]:
    """Row 3."""
    note = "the peer carries out a task by a bare view without its form (UpdateProcessView), sign-in, clock or chain"
    yield _beside(bench, "3", "flow", "viewflow.workflow", at_least(4), bench.many(60), note)


def _beside(bench: Bench, row: str, peer: str, name: str, target: Target, each: int, note: str) -> Finding:
    folder, mine, turns = bench.new_folder(f"web{row}"), bench.many(300), bench.rounds + 1
    peer_python()
    with product(folder, mine * turns) as ours, peer_site(peer, folder, each * turns) as theirs:
        sides: dict[str, Side] = {"ours": lambda: ours.run(mine).rate, "theirs": lambda: theirs.run(each).rate}
        figures = interleaved(sides, bench)
    return Finding(row, MOVE, name, target, "moves/s", figures["ours"], figures["theirs"], note)


def in_a_crowd(bench: Bench) -> Iterator[Finding]:
    """Row 4: how much longer the slowest wait when many come at once."""
    each = bench.many(1000, CROWD)
    runs: list[Run] = []
    with product(bench.new_folder("crowd"), each * (bench.rounds + 1), workers=CROWD_WORKERS, clients=CROWD) as ours:
        interleaved({"ours": lambda: _counted(runs, ours.run(each))}, bench)
    slow, usual = (tuple(run.latency(share) for run in runs[1:] or runs) for share in (0.99, 0.5))
    note = f"{CROWD} clients, {CROWD_WORKERS} workers, {runs[-1].rate:,.0f} moves a second in the last round"
    yield Finding("4", "p99 of a move over JSON", "its p50", at_most(3), "ms", slow, usual, note)


def _counted(runs: list[Run], run: Run) -> float:
    runs.append(run)
    return run.rate
