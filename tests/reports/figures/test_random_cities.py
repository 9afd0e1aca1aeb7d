"""Random cities through the real feed: whatever happens on whichever day, each month is what a naive count says."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from approvals.base.database import Database
from approvals.base.moments import start_of
from approvals.imports.feed import Feed
from approvals.reports.figures.compilation import compile_month
from approvals.supervision.sweep import sweep
from tests.conftest import MakeDatabase
from tests.support.builders import GIVEN, a_database, head, when, window
from tests.support.extent import effort
from tests.support.figures.checks import CHECKS, cases_in, tallied, with_other_lists
from tests.support.figures.recount import Recount, naive_calendar
from tests.support.servers import Postgres
from workflows.config.catalogue import load_catalogue

BEGINS = when("2026-03-20")  # Qingming and Labour Day lie ahead, with a make-up Saturday before the latter
DAYS = 80
ENDS = BEGINS + timedelta(days=DAYS + 30)
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
CALENDAR = naive_calendar()
OWNER, OFFICE, CENTRE = "owner1", "office1", "centre1"
COURSE = {  # what may follow in each state, by whom, and which state the course goes on from
    "ready": [(OWNER, "submit", "received")],
    "received": [
        ("window", "accept", "accepted"),
        ("window", "notify_once", "correcting"),
        ("window", "accept", "accepted"),
        ("window", "accept", "accepted"),
        ("window", "reject_intake", "refused"),
        ("head", "notify_again", "correcting"),
    ],
    "correcting": [(OWNER, "resubmit", "received")],
    "accepted": [
        ("window", "grant", "granted"),
        ("window", "start_special", "paused"),
        ("window", "start_special", "paused"),
        ("window", "refuse", "refused"),
        ("head", "extend", "accepted"),
        ("window", "grant", "granted"),
        (OWNER, "withdraw_approval", "withdrawn"),
    ],
    "paused": [("window", "end_special", "accepted")],
    "granted": [("window", "deliver", "delivered")],
    "refused": [("window", "deliver", "refused"), (OWNER, "reapply", "ready")],
    "delivered": [],
    "withdrawn": [(OWNER, "reapply", "ready")],
}
FIRST, LATER = "A01", ("A02", "A03", "A05")  # the others open once the first is granted; A03 has a calendar limit
ELSE = [(OFFICE, "suspend"), (OFFICE, "resume"), (OFFICE, "resume"), (OWNER, "withdraw"), (OWNER, "ask"),
        ("window", "answer"), (CENTRE, "answer"), (OFFICE, "answer"), ("head", "appeal")]  # fmt: skip
LEVEL = {"window": 1, CENTRE: 2, OFFICE: 3}
steps = st.tuples(
    st.integers(0, 14), st.integers(0, 23 * 60), st.sampled_from(range(42))
)  # days after, minute, which move
courses = st.lists(st.lists(steps, min_size=3, max_size=8), min_size=4, max_size=4)
beside_items = st.lists(st.tuples(st.integers(0, DAYS), st.integers(0, 1400), st.sampled_from(ELSE)), max_size=6)
beginnings = st.sampled_from([*["registered"] * 8, "filed", "returned", "declined", "diverted"])
projects = st.tuples(beginnings, st.sampled_from(["", "key", "urgent"]), st.integers(0, 25), courses, beside_items)
orders = st.lists(
    st.tuples(st.integers(0, DAYS), st.sampled_from(["open", "answered", "accepted", "sent_back"])), max_size=3
)
sweeps = st.sets(st.integers(1, DAYS), max_size=4)
EVERYTHING = (  # a city in which each move happens at least once
    [
        (
            *("registered", "key", 2),
            [
                [(1, 600, 0), (1, 600, 0), (2, 600, 1), (2, 600, 0), (1, 600, 4), (2, 600, 0), (1, 600, 0)],
                [(1, 600, 0), (1, 600, 0), (3, 600, 3), (2, 600, 1), (1, 600, 0), (9, 600, 0), (1, 600, 0)],
                [(1, 610, 0), (1, 610, 1), (3, 600, 0), (1, 600, 0), (5, 600, 6)],
                [(1, 620, 0), (1, 620, 4), (2, 600, 1), (1, 600, 0), (14, 600, 0)],
            ],
            [(20, 700, (OWNER, "ask")), (30, 600, (OFFICE, "suspend")), (33, 600, (OFFICE, "resume"))],
        ),
        ("registered", "urgent", 3, [[(1, 600, 0)], [], [], []], [(60, 600, (OWNER, "withdraw"))]),
        ("returned", "", 4, [], []),
    ],
    [(3, "accepted"), (8, "sent_back"), (20, "answered"), (30, "open")],
    {20, 40},
)
cities = st.tuples(st.lists(projects, min_size=1, max_size=3), orders, sweeps)


def lines_of(drawn: Any) -> list[dict[str, Any]]:
    """All that happens, as lines of the feed in the order of time."""
    lines = [line for number, project in enumerate(drawn[0]) for line in of_project(f"r{number}", *project)]
    lines += order_lines(drawn[1])
    lines.sort(key=lambda line: line["at"])
    return [line | {"id": f"line-{number}", "at": line["at"].isoformat()} for number, line in enumerate(lines)]


def of_project(ref: str, becomes: str, kind: str, late: int, drawn: Any, beside_items: Any) -> list[dict[str, Any]]:
    """A project from its draft on; of a registered one what happens to its items and beside them."""
    begins = BEGINS + timedelta(days=late)
    sort = (OFFICE, "classify", GIVEN["classify"] | {"key": kind == "key", "urgent": kind == "urgent"})
    register = (CENTRE, "register", {"liaison": "liaison1" if late % 2 else "liaison2"})
    moves = [(OWNER, "draft", GIVEN["draft"]), (OWNER, "file", {})]
    moves += {
        "filed": [],
        "returned": [(OFFICE, "return_filing", GIVEN["return_filing"])],
        "declined": [(OFFICE, "decline", GIVEN["decline"])],
        "diverted": [sort, (OFFICE, "divert", GIVEN["divert"])],
        "registered": [sort, register],
    }[becomes]
    lines = [a_line(begins + timedelta(minutes=n), by, move, ref, facts) for n, (by, move, facts) in enumerate(moves)]
    if becomes == "registered":
        first, granted = of_item(ref, FIRST, begins, drawn[0])
        lines += first
        for item, steps_ in zip(LATER, drawn[1:], strict=True):
            lines += of_item(ref, item, granted, steps_)[0] if granted else []
        lines += [beside(ref, *happening) for happening in beside_items]
    return lines


def of_item(ref: str, item: str, at: datetime, drawn: Any) -> tuple[list[dict[str, Any]], datetime | None]:
    """One item's course, and when it was granted; what the product refuses by then it leaves out by itself."""
    lines, state, granted = [], "ready", None
    for days, minute, which in drawn:
        if not COURSE[state]:
            break
        by, move, state = COURSE[state][which % len(COURSE[state])]
        later = at.replace(hour=0, minute=0) + timedelta(days=days, minutes=minute)
        at = max(later, at + timedelta(minutes=1))
        lines.append(a_line(at, at_desk(by, item), move, f"{ref}/{item}", given_for(move, item)))
        granted = at if move == "grant" else granted
    return lines, granted


def given_for(move: str, item: str) -> dict[str, Any]:
    if move != "start_special":
        return GIVEN[move]
    return GIVEN[move] | {"procedure": next(iter(load_catalogue().items[item].special))}


def beside(ref: str, day: int, minute: int, what: tuple[str, str]) -> dict[str, Any]:
    at, (by, move) = BEGINS.replace(hour=0) + timedelta(days=day, minutes=minute), what
    if move == "answer":
        committed = (at + timedelta(days=20)).date().isoformat()
        given_ = {"reason": "专家出差", "commitment_on": committed, "level": LEVEL[by]}
        return a_line(at, at_desk(by, FIRST), move, f"{ref}/{FIRST}", given_)
    on = {"ask": f"{ref}/requests", "appeal": f"{ref}/{FIRST}"}.get(move, ref)
    return a_line(at, at_desk(by, FIRST), move, on, GIVEN[move])


def at_desk(by: str, item: str) -> str:
    return {"window": window, "head": head}[by](item) if by in ("window", "head") else by


def order_lines(drawn: Any) -> list[dict[str, Any]]:
    """Orders at large, numbered as they are issued."""
    lines = []
    for number, (day, becomes) in enumerate(sorted(drawn), start=1):
        at, ref = BEGINS + timedelta(days=day, minutes=number), f"orders/2026-{number}"
        due = CALENDAR.walk(at.date(), 5)
        lines.append(a_line(at, OFFICE, "issue", "orders", GIVEN["issue"] | {"due_on": due.isoformat()}))
        if becomes != "open":
            answered = at + timedelta(days=day % 9)
            lines.append(a_line(answered, "head-a01", "answer", ref, {"done": "已逐件核实。"}))
            back = {"reason": "没有责任人", "due_on": CALENDAR.walk(answered.date(), 9).isoformat()}
            end = {"accepted": ("accept_answer", {}), "sent_back": ("send_back", back)}.get(becomes)
            lines += [a_line(answered + timedelta(hours=2), OFFICE, end[0], ref, end[1])] if end else []
    return lines


def a_line(at: datetime, by: str, move: str, on: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"at": at, "by": by, "move": move, "on": on, "with": facts}


def live(database: Database, drawn: Any) -> Counter[str]:
    """Feed a day's lines after the sweep of its morning, where there is one; what was taken, by move."""
    lines, taken, feed = lines_of(drawn), Counter[str](), Feed(database, lambda: ENDS)
    for number in range(DAYS + 20):
        day = (BEGINS + timedelta(days=number)).date()
        if number in drawn[2]:
            sweep(database, start_of(day), lambda: ENDS, keep=False)
        of_day = [line for line in lines if line["at"][:10] == day.isoformat()]
        for line, outcome in zip(of_day, feed.take(orjson.dumps(line) for line in of_day), strict=True):
            taken[line["move"]] += outcome.problem is None
    sweep(database, ENDS, lambda: ENDS, keep=False)
    return taken


def ties_out(url: str, drawn: Any) -> Counter[str]:
    """Every figure of every line of every month is the independent count, and as long as its list; what was taken."""
    database = a_database(url)
    taken = live(database, drawn)
    with database.read() as tx:
        recount = Recount(tx)
        for month in MONTHS:
            figures = compile_month(tx, month)
            for check in CHECKS:
                check(figures, recount, month)
            assert with_other_lists(figures, tallied(tx, month), cases_in(tx, month)) == []
    database.close()
    return taken


def test_the_figures_of_random_cities_are_an_independent_count(make_database: MakeDatabase) -> None:
    taken = Counter[str]()

    @settings(max_examples=effort(5, 100))
    @example(drawn=EVERYTHING)
    @given(drawn=cities)
    def tie_out(drawn: Any) -> None:
        taken.update(ties_out(make_database("sqlite"), drawn))

    tie_out()
    moves = {move for moves in COURSE.values() for _, move, _ in moves} - {"notify_again"}
    assert {move for move in moves | {"suspend", "withdraw", "ask", "send_back"} if not taken[move]} == set()


def test_the_figures_of_random_cities_on_postgresql(make_database: MakeDatabase, postgres: Postgres) -> None:
    @settings(max_examples=effort(2, 30))
    @given(drawn=cities)
    def tie_out(drawn: Any) -> None:
        url = make_database("postgresql")
        ties_out(url, drawn)
        postgres.drop(url.rpartition("/")[2])

    tie_out()
