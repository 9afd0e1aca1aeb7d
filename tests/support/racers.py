"""What the racing processes do: importable, so that another process can be told its name."""

from collections.abc import Callable
from itertools import count
from time import sleep
from typing import Any

from approvals.appraisal.proposals import propose_deductions
from approvals.base.database import Database
from approvals.base.errors import Problem
from approvals.imports.programme_plan import read_plan, take_plan
from approvals.programme.sheets.plan_preview import preview_plan
from approvals.programme.sheets.previews import Seen
from approvals.recalculation.actions import apply
from tests.support.builders import GIVEN, NOW, an_actor, do, when
from tests.support.trying import Undone

Wait = Callable[[], Any]


def attempt(database: Database, by: str, move: str, on: str, **more: Any) -> str:
    """The state after the move, or the name of the refusal; any other error ends the race."""
    try:
        with database.write() as tx:
            return do(tx, by, move, on, **more).state
    except Problem as problem:
        return type(problem).__name__


def decide(database: Database, wait: Wait, by: str, move: str, refs: list[str]) -> list[str]:
    """The same move on each approval, together with the other deciders."""
    outcomes = []
    for ref in refs:
        wait()
        outcomes.append(attempt(database, by, move, ref))
    return outcomes


def register(database: Database, wait: Wait, refs: list[str]) -> list[str]:
    """Register each project; every third one is taken back at first."""
    wait()
    for number, ref in enumerate(refs):
        if number % 3 == 0:
            take_back(database, ref)
        assert attempt(database, "centre1", "register", ref) == "registered"
    return refs


def take_back(database: Database, ref: str) -> None:
    """A registration whose transaction is rolled back when it was done already."""
    try:
        with database.write() as tx:
            do(tx, "centre1", "register", ref)
            raise Undone
    except Undone:
        return


def work(database: Database, wait: Wait, turns: int, *moves: tuple[str, str, str]) -> int:
    """These moves over and over, whether they are allowed at that time or not; how many were."""
    wait()
    done = 0
    for _ in range(turns):
        for by, move, on in moves:
            content = GIVEN[move] | ({"procedure": "技术评审"} if move == "start_special" else {})
            done += attempt(database, by, move, on, given=content) not in ("Refused", "Stale", "Invalid")
    return done


def redate(database: Database, tell: Callable[[Any], Any], notices: str) -> None:
    """Load these notices, without haste; each approval that was dated anew is told when it was committed."""
    for redated in apply(database, notices, by="sysadmin1", now=lambda: NOW):
        tell((redated.ref,))
        sleep(0.002)


def take_plan_sheet(database: Database, content: bytes, year: int, by: str) -> int:
    """Preview a plan's sheet and take all of it; how many items were taken."""
    with database.read() as tx:
        actor = an_actor(tx, by)
        sheet = read_plan(content, year, actor)
        entries = preview_plan(tx, actor, year, sheet.lines, NOW.date()).entries
    seen = {entry.key: Seen(entry.version, entry.cells) for entry in entries}
    return take_plan(database, actor, sheet, seen, lambda: NOW).count


def move_once(database: Database, by: str, move: str, on: str) -> None:
    with database.write() as tx:
        do(tx, by, move, on)


def move_for_ever(database: Database, tell: Any, name: str) -> None:
    """Whole cases one after another; each move is told when it was committed."""
    for number in count():
        ref = f"{name}-{number}"
        for by, move, on in (
            ("owner1", "draft", ref),
            ("owner1", "file", ref),
            ("office1", "classify", ref),
            ("centre1", "register", ref),
            ("owner1", "submit", f"{ref}/A01"),
            ("window-a01", "accept", f"{ref}/A01"),
            ("window-a01", "grant", f"{ref}/A01"),
            ("office1", "suspend", ref),
        ):
            move_once(database, by, move, on)
            tell((ref, move))


def propose(database: Database, wait: Wait, day: str) -> int:
    """Propose the deductions that are due on a day, together with the other runs; how many were."""
    wait()
    return propose_alone(database, day)


def propose_alone(database: Database, day: str) -> int:
    return propose_deductions(database, lambda: when(day))["propose_deduction"]
