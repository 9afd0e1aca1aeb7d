"""Row 7: a whole case, ten approvals with three moves each, beside two workflow engines in process."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, product

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from tests.bench.measuring import Bench, CannotBeHad, Finding, Target, compared, rate
from tests.bench.peering import a_counter, peer_env, peer_python
from tests.bench.stock import a_sqlite_city
from tests.support.builders import START, TO_REGISTERED, a_database, an_actor, do, maker
from workflows.config.catalogue import load_catalogue

CODES, MOVES = sorted(load_catalogue().items)[:10], ("submit", "accept", "grant")  # in an order that can be granted
MINUTE = timedelta(minutes=1)
COMMITS = 1 + len(CODES) * len(MOVES)
WORK = "a whole case in process: 10 approvals, 3 moves each"
NOTE = f"{COMMITS} commits with the same durability on either side; ours files, classifies and registers as well"


class Office:
    """Takes projects through the office: the filing and registration in one transaction, then each move in its own."""

    def __init__(self, url: str) -> None:
        self.database = a_database(url)
        self.actors: dict[str, Actor] = {}
        self.refs = (f"case-{number}" for number in count())

    def whole_case(self) -> None:
        ref, at = next(self.refs), START
        with self.database.write() as tx:
            for by, name in TO_REGISTERED:
                self._make(tx, name, ref, by, at)
                at += MINUTE
        for code, name in product(CODES, MOVES):
            with self.database.write() as tx:
                self._make(tx, name, f"{ref}/{code}", maker(name, code), at)
            at += MINUTE

    def _make(self, tx: Connection, name: str, on: str, by: str, at: datetime) -> None:
        if by not in self.actors:
            self.actors[by] = an_actor(tx, by, START.date())
        do(tx, self.actors[by], name, on, at=at)


def whole_case(bench: Bench) -> Iterator[Finding]:
    """Row 7."""
    yield _beside(bench, "SpiffWorkflow", Target("≥", 3), "spiff_cases.py")
    yield _beside(bench, "viewflow.workflow", Target("≥", 6), "-m", "django", "cases", "whole")


def _beside(bench: Bench, name: str, target: Target, *arguments: str) -> Finding:
    folder, each = bench.new_folder(name), bench.many(10, 1)
    try:
        command = [peer_python(), *arguments]
    except CannotBeHad as reason:
        return Finding("7", WORK, name, target, note=f"cannot be had: {reason}")
    office = Office(a_sqlite_city(folder))
    with a_counter(command, peer_env(folder)) as theirs:
        sides = (lambda: rate(office.whole_case, each), lambda: theirs()[0])
        finding = compared(bench, "7", WORK, name, target, "cases/s", *sides, NOTE)
    office.database.close()
    return finding
