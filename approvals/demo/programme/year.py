"""The programme of the example city's year as lines of the feed: proposed, planned, adopted, reported, claimed done.

Its days are those of the calendar year in which the city's year ends, whatever day that is: a city that ends earlier
has the same lines up to then.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from approvals.base.moments import CITY_ZONE
from approvals.demo.people import county_of, owner_of
from approvals.demo.programme.days import ProgrammeDays, StreetDays, street_days
from approvals.demo.programme.divisions import divided_days
from approvals.demo.programme.entries import IN_SUSPENSION, TaskYear
from approvals.demo.programme.funds import LAST_YEAR, LAST_YEAR_SOURCE, sources_by_item
from approvals.demo.programme.plan import CLAIMED_AFTER, LAST_MONTH, DemoItem, DemoNode, item_of
from approvals.demo.programme.problems import outcome_lines, problem_lines
from approvals.demo.source_data import programme
from approvals.demo.supervision import OFFICE, Line, feed_line
from workflows.clock.calendar import Calendar
from workflows.config.city import load_city

PROVINCES_MATTERS = 3  # one practical matter in so many is the province's
REJECTED, REOPENED = "011", "031"  # claims of works that needed a second look
REPLANNED = {
    "049": ("demolition", "征地拆迁滞后，完工时间相应顺延。", True),
    "088": ("approval", "环评审批补充论证，完工时间相应顺延。", True),
    "103": ("weather", "汛期影响施工，申请顺延。", False),
}
WHOSE = {"demolition": "county", "approval": "approval_department", "weather": "weather"}  # days by cause
LATEST_PLAN = (12, 31)
SUSPENDED_ON, REVIEW_ON = (10, 12), (12, 31)
POLICY = "国家调整统筹城乡医疗保障政策，待上级实施意见出台后恢复。"
NOON_AT, CLOSING = 14 * 60, 17 * 60 + 5


def programme_year(street: list[Line], calendar: Calendar, ends_at: datetime, seed: str) -> list[Line]:
    """The lines of the programme beside those of the street, in order of time, all at or before `ends_at`."""
    ends_on = ends_at.astimezone(CITY_ZONE).date()
    days = ProgrammeDays(ends_on.year, calendar, date.fromisoformat(street[0]["at"][:10]))
    items = demo_items(street_days(street), days, seed)
    lines = [line for number, item in enumerate(items) for line in _item_lines(item, number, days, seed)]
    lines += _made_good(items, days, seed)
    lines += [*_months(days), *outcome_lines(days)]
    lines = sorted((line for line in lines if line["at"] <= ends_at), key=lambda line: (line["at"], line["on"]))
    for number, line in enumerate(lines, 1):
        line["id"], line["at"] = f"programme-{days.year}-{number:04}", line["at"].isoformat()
    return lines


def demo_items(street: Mapping[str, StreetDays], days: ProgrammeDays, seed: str) -> list[DemoItem]:
    sources = sources_by_item(programme(), seed)
    return [item_of(row, sources[row.item_no], street.get(row.ref, StreetDays()), days, seed) for row in programme()]


# The year itself.


def _months(days: ProgrammeDays) -> Iterator[Line]:
    year = f"programme/{days.year}"
    last_year = {name: f"{amount}" for name, amount in LAST_YEAR.items()} | {"source": LAST_YEAR_SOURCE}
    yield feed_line(days.at(days.adopted, CLOSING), OFFICE, "record_last_year", year, last_year)
    for month in range(days.first_month, LAST_MONTH + 1):
        facts = {"month": f"{days.year}-{month:02}"}
        yield feed_line(days.at(days.closed(month), CLOSING), OFFICE, "close_month", year, facts)


def _made_good(items: list[DemoItem], days: ProgrammeDays, seed: str) -> Iterator[Line]:
    """The first entry that was missed in spring is made good."""
    tasks = (TaskYear(item, code, days, seed) for item in items for code in item.codes)
    for task in tasks:
        if task.missed is not None:
            yield from task.made_good(task.missed)
            return


# One item.


def _item_lines(item: DemoItem, number: int, days: ProgrammeDays, seed: str) -> Iterator[Line]:
    on, lead = f"programme/{days.year}/{item.row.item_no}", owner_of(item.row.owner_unit)
    dice = random.Random(f"{seed}/{on}")
    assigned = days.proposed + dice.randint(1, 5)
    yield feed_line(days.at(days.proposed, 9 * 60 + number), lead, "propose", on, _fields(item, number, days))
    yield feed_line(days.at(assigned, 9 * 60 + number), lead, "assign", on, _plan(item))
    yield feed_line(days.at(days.adopted, 9 * 60 + number), OFFICE, "adopt", on, {})
    for code in item.codes:
        yield from TaskYear(item, code, days, seed).lines()
    yield from _stops(item, on, days)
    yield from _replan(item, on, lead, days)
    yield from divided_days(item, on, lead, days, seed)
    yield from problem_lines(item, days)
    if item.is_done:
        yield from _concluded(item, on, lead, days, dice)


def _fields(item: DemoItem, number: int, days: ProgrammeDays) -> Line:
    row = item.row
    is_of_province = row.is_practical_matter and number % PROVINCES_MATTERS == 0
    flags = {"practical_matter": row.is_practical_matter, "key": row.is_key, "urgent": row.is_urgent}
    return {
        "name": row.name,
        "category": row.category,
        "level": "province" if is_of_province else "city",
        "kind": item.kind,
        "lead_unit": row.owner_unit,
        **{name: value for name, value in flags.items() if value},
        "starts_on": date(days.year, 1, 1).isoformat(),
        "finishes_on": date(days.year, *LATEST_PLAN).isoformat(),
        "planned_10k_yuan": row.planned_10k_yuan,
    }


def _plan(item: DemoItem) -> Line:
    counties = load_city().county_codes
    names = list(dict.fromkeys((target.name, target.unit) for target in item.targets))
    return {
        "tasks": [
            {"code": code, "unit": counties[code], "person": county_of(code), "rhythm": item.rhythm}
            for code in item.codes
        ],
        "indicators": [
            {
                "name": name,
                "unit": unit,
                "targets": {
                    t.code: None if t.target is None else int(t.target) for t in item.targets if t.name == name
                },
            }
            for name, unit in names
        ],
        "nodes": [_node(node) for node in item.nodes],
        "funds": [
            {"source": f.source, "task": f.code, "mode": f.mode, "planned_10k_yuan": f"{f.planned}"} for f in item.funds
        ],
    }


def _node(node: DemoNode) -> Line:
    planned = {"name": node.name, "task": node.code, "planned_on": node.planned_on.isoformat()}
    return planned | ({"approval": node.approval} if node.approval else {})


def _stops(item: DemoItem, on: str, days: ProgrammeDays) -> Iterator[Line]:
    """The item that national policy suspended, and one that waited for its funds in early summer."""
    if item.is_suspended:
        number = days.count(date(days.year, *SUSPENDED_ON))
        steps = {"cause": "policy", "restart_steps": POLICY, "review_on": date(days.year, *REVIEW_ON).isoformat()}
        yield feed_line(days.at(number, NOON_AT), OFFICE, "suspend", on, steps)
    for month in IN_SUSPENSION.get(item.row.item_no, ()):
        number = days.due(month) - 8
        steps = {
            "cause": "funds",
            "restart_steps": "落实配套资金后恢复。",
            "review_on": days.day(number + 30).isoformat(),
        }
        yield feed_line(days.at(number, NOON_AT), OFFICE, "suspend", on, steps)
        yield feed_line(days.at(number + 15, NOON_AT), OFFICE, "resume", on, {"reason": "配套资金已落实。"})


def _replan(item: DemoItem, on: str, lead: str, days: ProgrammeDays) -> Iterator[Line]:
    if item.row.item_no not in REPLANNED:
        return
    cause, reason, is_confirmed = REPLANNED[item.row.item_no]
    node = item.nodes[-1]
    asked = days.count(date(days.year, 9, 8)) + int(item.row.item_no) % 5
    to = {"name": node.name, "task": node.code, "planned_on": date(days.year, *LATEST_PLAN).isoformat()}
    moved = (date.fromisoformat(to["planned_on"]) - node.planned_on).days
    whose = [{"task": node.code, "name": node.name, "party": WHOSE[cause], "days": moved}]
    asked_for = {"nodes": [to], "cause": cause, "reason": reason, "days": whose}
    yield feed_line(days.at(asked, NOON_AT), lead, "replan", on, asked_for)
    move, facts = "confirm_replan", {}
    if not is_confirmed:
        move, facts = "refuse_replan", {"reason": "汛期影响可通过增加作业面弥补，按原计划执行。"}
    yield feed_line(days.at(asked + 3, NOON_AT), OFFICE, move, on, facts)


def _concluded(item: DemoItem, on: str, lead: str, days: ProgrammeDays, dice: random.Random) -> Iterator[Line]:
    """Claimed done and verified after a look; two of them only at the second attempt."""
    claimed = days.closed(item.last) + dice.randint(1, CLAIMED_AFTER)
    if item.last == LAST_MONTH:  # by the end of the month, after finance has confirmed its last entry
        claimed = days.due(LAST_MONTH) - 3
    reached = [node.reached_on for node in item.nodes if node.reached_on]
    claim = {"finished_on": max(reached).isoformat(), "note": _note(item)}
    look = {"note": "督查办现场核验：任务完成，资料齐全。"}
    if item.row.item_no == REJECTED:
        yield feed_line(days.at(claimed - 3, 10 * 60), lead, "claim_done", on, claim)
        shortfall = {"note": "现场核验：部分附属设施未完工，完善后再报。"}
        yield feed_line(days.at(claimed - 2, NOON_AT), OFFICE, "reject_done", on, shortfall)
    yield feed_line(days.at(claimed, 10 * 60), lead, "claim_done", on, claim)
    if item.row.item_no == REOPENED:
        yield feed_line(days.at(claimed, NOON_AT), OFFICE, "verify_done", on, look)
        defect = {"reason": "群众反映一处渗水，责令整改后再核验。"}
        yield feed_line(days.at(claimed + 1, 10 * 60), OFFICE, "reopen", on, defect)
        yield feed_line(days.at(claimed + 2, 10 * 60), lead, "claim_done", on, claim | {"note": "渗水已整改。"})
    yield feed_line(days.at(claimed + dice.randint(2, 3), NOON_AT), OFFICE, "verify_done", on, look)


def _note(item: DemoItem) -> str:
    short = [t.name for t in item.targets if t.target is not None and t.reached < t.target]
    return "年度任务全面完成。" if not short else f"{'、'.join(short)}未达目标，原因已书面说明。"
