"""Handlers of approvals in the example year, and reminders of owners and windows: beside the lines of the projects."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from approvals.demo.people import head_of, window_of
from approvals.demo.supervision import CENTRE, Line, evening, feed_line
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue

RECENT = timedelta(days=60)  # before the end of the year: cases that windows still have
GIVEN_BACK = {"reason": "本周外出参加现场踏勘，请另行指派。"}
ASSIGNED = {"note": "请按承诺时限办理。"}
REMIND_OWNER = {"note": "补正材料还差盖章页，请尽快提交。"}
REMIND_WINDOW = {"note": "项目列入本月调度，请按承诺时限办理。"}
REMINDED_AFTER = 3  # working days
MOST_REMINDERS = 6  # of each kind
TURNS = ("assign", "take", "", "assign")  # of the cases in turn; some are nobody's
GIVEN_BACK_OF = 16  # one case of so many, which was taken


def handler_lines(lines: list[Line], calendar: Calendar, catalogue: Catalogue, ends_at: datetime) -> list[Line]:
    """Who handles what came in lately, and the first reminders of the year."""
    occupied = {(_project(line), _minute(line["at"])) for line in lines}
    new = [*_handled(lines, catalogue, ends_at), *_reminders(lines, calendar)]
    return [line | {"at": _free(line, occupied)} for line in new]


def _handled(lines: list[Line], catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    lately = [line for line in lines if line["move"] == "submit" and line["at"] > ends_at - RECENT]
    for number, line in enumerate(sorted(lately, key=lambda line: (line["at"], line["on"]))):
        department = catalogue.item(line["on"].rpartition("/")[2]).department
        window, head = window_of(catalogue, department), head_of(catalogue, department)
        at, on = line["at"] + timedelta(minutes=2), line["on"]
        turn = TURNS[number % len(TURNS)]
        if turn == "take":
            yield feed_line(at, window, "take", on, {})
        elif turn == "assign":
            yield feed_line(at, head, "assign", on, {"handler": window, **ASSIGNED})
        if number % GIVEN_BACK_OF == 1:
            yield feed_line(at + timedelta(minutes=1), window, "give_back", on, GIVEN_BACK)
            yield feed_line(at + timedelta(minutes=2), head, "assign", on, {"handler": head})


def _reminders(lines: list[Line], calendar: Calendar) -> Iterator[Line]:
    """An owner who takes long to correct, and a window that takes long to decide, are reminded once."""
    halted = {_project(line) for line in lines if line["move"] in ("suspend", "withdraw")}
    by_case: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line["at"]):
        if "/" in line["on"] and _project(line) not in halted:
            by_case[line["on"]].append(line)
    kinds = (
        ("notify_once", "resubmit", "remind_owner", REMIND_OWNER),
        ("accept", "grant", "remind_window", REMIND_WINDOW),
    )
    for first, then, move, facts in kinds:
        slow = _slow(by_case, calendar, first, then)
        for at, on in slow[:MOST_REMINDERS]:
            yield feed_line(at, CENTRE, move, on, facts)


def _slow(by_case: dict[str, list[Line]], calendar: Calendar, first: str, then: str) -> list[tuple[datetime, str]]:
    """The cases in which the second move follows the first one at once, and some days later; and when to remind."""
    slow = []
    for on, lines in by_case.items():
        for line, following in pairwise(lines):
            at = evening(calendar.nth_working_day_after(line["at"].date(), REMINDED_AFTER))
            if (line["move"], following["move"]) == (first, then) and at.date() < following["at"].date():
                slow.append((at, on))
    return sorted(slow)


def _free(line: Line, occupied: set[tuple[str, datetime]]) -> datetime:
    """The first minute from the line's on in which nothing else happens in its project."""
    at = _minute(line["at"])
    while (_project(line), at) in occupied:
        at += timedelta(minutes=1)
    occupied.add((_project(line), at))
    return at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _project(line: Line) -> str:
    return str(line["on"].partition("/")[0])
