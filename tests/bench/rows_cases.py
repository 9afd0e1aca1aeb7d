"""Row 7: a whole case, ten approvals with three moves each, beside two workflow engines in process."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.history.commands import Command
from approvals.moves import execute, read_reference
from approvals.registration.queries import APPROVALS
from tests.bench.measuring import Bench, CannotBeHad, Finding, Side, Target, at_least, interleaved, rate
from tests.bench.peering import a_counter, peer_env, peer_python
from tests.bench.stock import a_sqlite_city
from tests.support.builders import GIVEN, NOW, START, TO_REGISTERED, a_database, an_actor, maker, project_row

MANY, MOVES = 10, ("submit", "accept", "grant")
MINUTE = timedelta(minutes=1)
COMMITS = 1 + MANY * len(MOVES)
WORK = "a whole case in process: 10 approvals, 3 moves each"


class Office:
    """Takes projects through the office: the filing and registration in one transaction, then each move in its own."""

    def __init__(self, url: str) -> None:
        self.database = a_database(url)
        self.actors: dict[str, Actor] = {}
        self.refs = (f"case-{number}" for number in count())
        self.codes = self._order()

    def whole_case(self) -> None:
        ref = next(self.refs)
        self._begin(ref)
        at = START + MINUTE * len(TO_REGISTERED)
        for code in self.codes:
            for name in MOVES:
                with self.database.write() as tx:
                    execute(tx, self._command(name, f"{ref}/{code}", maker(name, code), at))
                at += MINUTE

    def _begin(self, ref: str) -> None:
        with self.database.write() as tx:
            for number, (by, name) in enumerate(TO_REGISTERED):
                execute(tx, self._command(name, ref, by, START + MINUTE * number))

    def _order(self) -> list[str]:
        """The first ten approvals in an order in which they can be granted."""
        ref, done = next(self.refs), list[str]()
        self._begin(ref)
        while len(done) < MANY:
            with self.database.write() as tx:
                code = _first_ready(tx, ref)
                for name in MOVES:
                    at = START + MINUTE * (len(TO_REGISTERED) + len(done))
                    execute(tx, self._command(name, f"{ref}/{code}", maker(name, code), at))
            done.append(code)
        return done

    def _command(self, name: str, on: str, by: str, at: datetime) -> Command:
        if by not in self.actors:
            with self.database.read() as tx:
                self.actors[by] = an_actor(tx, by, START.date())
        return Command(name, read_reference(on, name), GIVEN[name], self.actors[by], NOW, at=at)


def _first_ready(tx: Connection, ref: str) -> str:
    ready = select(APPROVALS.c.code).where(APPROVALS.c.project_id == project_row(tx, ref).id)
    return str(tx.execute(ready.where(APPROVALS.c.state == "ready").order_by(APPROVALS.c.code).limit(1)).scalar_one())


def whole_case(bench: Bench) -> Iterator[Finding]:
    """Row 7."""
    yield _beside(bench, "SpiffWorkflow", at_least(3), "spiff_cases.py")
    yield _beside(bench, "viewflow.workflow", at_least(6), "-m", "django", "whole_cases")


def _beside(bench: Bench, name: str, target: Target, *arguments: str) -> Finding:
    folder, each = bench.new_folder(name), bench.many(10, 1)
    try:
        command = [peer_python(), *arguments]
    except CannotBeHad as reason:
        return Finding("7", WORK, name, target, note=f"cannot be had: {reason}")
    office = Office(a_sqlite_city(folder))
    with a_counter(command, peer_env(folder)) as theirs:
        sides: dict[str, Side] = {"ours": lambda: rate(office.whole_case, each), "theirs": theirs}
        figures = interleaved(sides, bench)
    office.database.close()
    note = f"{COMMITS} commits with the same durability on either side; ours files, classifies and registers as well"
    return Finding("7", WORK, name, target, "cases/s", figures["ours"], figures["theirs"], note)
