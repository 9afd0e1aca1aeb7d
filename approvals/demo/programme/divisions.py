"""Whose the days of the example's late nodes were: proposed once the month is closed, confirmed two days later."""

import random
from collections.abc import Iterator

from approvals.demo.programme.days import ProgrammeDays
from approvals.demo.programme.entries import IN_SUSPENSION
from approvals.demo.programme.plan import LAST_MONTH, DemoItem, DemoNode
from approvals.demo.supervision import OFFICE, Line, feed_line

LEFT = 3  # one item in so many leaves its days undivided
DECLINED = 0.2  # the chance that the office asks for another division
MORNING, AFTERNOON = 11 * 60, 15 * 60
PARTIES = ("county", "owner", "higher_level")
AT_WORKS = ("contractor", "weather")
NOTE = "逾期天数据现场记录和往来文件划分。"
REASON = "天数划分依据不足，请补充后再报。"


def divided_days(item: DemoItem, on: str, lead: str, days: ProgrammeDays, seed: str) -> Iterator[Line]:
    """The division of the days of nodes that were reached late; those of suspended items are left to the record."""
    late = [node for node in item.nodes if _late_days(node) > 0]
    last = max((node.reached_on.month for node in late if node.reached_on), default=0)
    number = int(item.row.item_no)
    if not 0 < last < LAST_MONTH or number % LEFT == 0 or item.is_suspended or item.row.item_no in IN_SUSPENSION:
        return
    dice = random.Random(f"{seed}/{on}/days")
    day = days.closed(last) + 1
    if dice.random() < DECLINED:
        yield feed_line(days.at(day, MORNING), lead, "divide_days", on, _given(item, late, dice))
        yield feed_line(days.at(day + 1, AFTERNOON), OFFICE, "decline_days", on, {"reason": REASON})
        day += 3
    yield feed_line(days.at(day, MORNING), lead, "divide_days", on, _given(item, late, dice))
    yield feed_line(days.at(day + 2, AFTERNOON), OFFICE, "confirm_days", on, {})


def _given(item: DemoItem, late: list[DemoNode], dice: random.Random) -> Line:
    parties = PARTIES + AT_WORKS if item.kind == "works" else PARTIES
    return {"days": [row for node in late for row in _rows(node, dice.choice(parties))], "note": NOTE}


def _rows(node: DemoNode, party: str) -> Iterator[Line]:
    """Two thirds of the days are one party's, the rest another's or the lead unit's own."""
    days = _late_days(node)
    main = max(days * 2 // 3, 1)
    for name, part in ((party, main), ("unit", days - main)):
        if part:
            yield {"task": node.code, "name": node.name, "party": name, "days": part}


def _late_days(node: DemoNode) -> int:
    return (node.reached_on - node.planned_on).days if node.reached_on and not node.approval else 0
