"""Supervision orders of the example year: what the two levels demanded of departments, and what came of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from approvals.base.moments import CITY_ZONE
from approvals.demo.people import head_of
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue

Line = dict[str, Any]
OFFICE, CENTRE = "office1", "centre1"
DUE_AFTER = 7  # working days
REASON = "只说明了原因，没有责任人和完成时间。"
ANSWERS = (
    "已逐件核实，责任到人；积压件本周内全部办结。",
    "已抽调两名业务骨干充实窗口，午间安排值守。",
    "已与业主当面沟通，意见一次性告知，后续材料容缺受理。",
)


@dataclass(frozen=True, slots=True)
class OrderScenario:
    """An order issued so many calendar days before the end of the year; `course` says what came of it."""

    days_ago: int
    by: str
    department: str
    subject: str
    demands: str
    course: str = "accepted"  # or sent_back, answered, open


ORDERS = (
    OrderScenario(310, OFFICE, "市自然资源局", "用地预审积压件清零", "逐件说明原因，明确责任人和办结时间。"),
    OrderScenario(262, CENTRE, "市住房城乡建设局", "施工图联合审查提速", "各专业并联审查，不得互为前置。", "sent_back"),
    OrderScenario(205, OFFICE, "市生态环境局", "环评专家评审排期过长", "评审会每周不少于一次，排期向业主公开。"),
    OrderScenario(150, OFFICE, "市水利局", "水土保持方案退件偏多", "所缺材料一次告知，不得二次退件。", "sent_back"),
    OrderScenario(96, CENTRE, "市发展改革委", "可行性研究报告评估超期", "评估机构超期的予以更换，并书面报告。"),
    OrderScenario(44, OFFICE, "市人防办", "人防易地建设费核定滞后", "五个工作日内核定完毕。"),
    OrderScenario(24, OFFICE, "市自然资源局", "规划许可送达不及时", "核实未送达件，说明原因。", "open"),
    OrderScenario(9, CENTRE, "市住房城乡建设局", "年底前集中办理消防审查", "列出清单，逐件明确办结日期。", "answered"),
    OrderScenario(3, OFFICE, "市发展改革委", "年度项目建议书收口", "汇总未批项目建议书，提出处理意见。", "open"),
)


def order_lines(calendar: Calendar, catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    """The lines of these orders, which are about no project; some lie after the end of the year."""
    given: Counter[int] = Counter()
    for number, told in enumerate(ORDERS):
        at = time(11, 10 + number)  # no two of them share a minute
        issued_on = calendar.next_working_day(date.fromordinal(ends_at.date().toordinal() - told.days_ago))
        given[issued_on.year] += 1
        ref = f"orders/{issued_on.year}-{given[issued_on.year]}"
        for on, by, move, facts in _course(told, issued_on, calendar, head_of(catalogue, told.department)):
            when = datetime.combine(on, at, CITY_ZONE)
            about = "orders" if move == "issue" else ref
            yield {"id": "", "at": when, "by": by, "move": move, "on": about, "with": facts}


def _course(
    told: OrderScenario, issued_on: date, calendar: Calendar, head: str
) -> Iterator[tuple[date, str, str, Line]]:
    def after(days: int) -> date:
        return calendar.nth_working_day_after(issued_on, days)

    answer = ANSWERS[told.days_ago % len(ANSWERS)]
    given = {"department": told.department, "subject": told.subject, "demands": told.demands}
    yield issued_on, told.by, "issue", given | {"due_on": after(DUE_AFTER).isoformat()}
    if told.course == "open":
        return
    yield after(4), head, "answer", {"done": answer}
    if told.course == "sent_back":
        yield after(5), told.by, "send_back", {"reason": REASON, "due_on": after(12).isoformat()}
        yield after(9), head, "answer", {"done": f"{answer}责任人：窗口首席代表。"}
        yield after(10), told.by, "accept_answer", {}
    if told.course == "accepted":
        yield after(6), told.by, "accept_answer", {}
