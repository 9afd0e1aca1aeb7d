"""Changes of registered projects in the example year: marks, plans, and amendments of filings by two people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from approvals.demo.supervision import CENTRE, OFFICE, Line, evening, feed_line
from workflows.clock.calendar import Calendar

RECENT = timedelta(days=200)  # before the end of the year: a project that is still under way
MARKED_AFTER = timedelta(days=12)  # days after the registration
MARKED = {"practical_matter": True, "reason": "列入本年度民生实事，按月通报进展。"}
ADDRESS = {"county": "仁和区", "reason": "选址论证后调整至仁和区，用地预审同步变更。"}
# Of each project in turn what its owner proposes, and what becomes of it.
AMENDMENTS: tuple[tuple[str, Line], ...] = (
    ("confirm_amendment", {}),
    ("decline_amendment", {"reason": "选址意见书未变更，仍以原址为准。"}),
    ("take_back_amendment", {}),
    ("", {}),  # it still waits
)


# What is struck from one plan and added to it, in turn; D04 waits for the construction permit for months.
PLAN_CHANGES = (
    ("strike_approval", "D04", "小型项目竣工档案由业主自行归档备查，免于验收。"),
    ("add_approval", "D04", "项目规模调整，恢复竣工档案验收。"),
    ("strike_approval", "D04", "规模复核后仍属小型项目，免于验收。"),
)


def change_lines(lines: list[Line], calendar: Calendar, ends_at: datetime) -> Iterator[Line]:
    """The lines of changes beside the projects' own; some lie after the end of the year."""
    owners = {line["on"]: line["by"] for line in lines if line["move"] == "draft"}
    registered = _registered(lines, ends_at)
    yield _mark(lines, registered, calendar)
    begun = {line["on"] for line in lines}
    yield from _plan_lines(*next(pair for pair in registered if f"{pair[0]}/D04" not in begun), calendar)
    for (move, facts), (ref, at) in zip(AMENDMENTS, registered[-len(AMENDMENTS) :], strict=True):
        on = calendar.next_working_day(at.date() + timedelta(days=1))
        yield feed_line(evening(on, 15), owners[ref], "amend", ref, ADDRESS)
        by = owners[ref] if move == "take_back_amendment" else CENTRE
        if move:
            yield feed_line(evening(calendar.nth_working_day_after(on, 1), 20), by, move, ref, facts)


def _plan_lines(ref: str, at: datetime, calendar: Calendar) -> Iterator[Line]:
    for number, (move, code, ground) in enumerate(PLAN_CHANGES, 1):
        on = calendar.nth_working_day_after(at.date(), number)
        yield feed_line(evening(on, 30), CENTRE, move, ref, {"code": code, "ground": ground})


def _mark(lines: list[Line], registered: list[tuple[str, datetime]], calendar: Calendar) -> Line:
    """The first of these projects that is no practical matter becomes one."""
    marks = {line["on"]: line["with"] for line in lines if line["move"] == "classify"}
    ref, at = next((ref, at) for ref, at in registered if not marks[ref]["practical_matter"])
    unchanged: dict[str, Any] = {name: marks[ref][name] for name in ("key", "urgent")}
    on = calendar.next_working_day((at + MARKED_AFTER).date())
    return feed_line(evening(on), OFFICE, "mark", ref, unchanged | MARKED)


def _registered(lines: list[Line], ends_at: datetime) -> list[tuple[str, datetime]]:
    """The projects that were registered lately and neither stopped nor withdrawn, by the day; the last weeks aside."""
    over = {line["on"] for line in lines if line["move"] in ("withdraw", "suspend")}
    registered = [(line["on"], line["at"]) for line in lines if line["move"] == "register" and line["on"] not in over]
    lately = [(ref, at) for ref, at in registered if ends_at - RECENT < at < ends_at - timedelta(days=14)]
    return sorted(lately, key=lambda pair: (pair[1], pair[0]))
