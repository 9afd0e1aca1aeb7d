"""Supervision in the example year: joint responsibility for urgent projects, and orders to departments."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from approvals.base.moments import CITY_ZONE
from approvals.demo.people import head_of
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue

Line = dict[str, Any]
OFFICE = "office1"
UNITS = (("市自然资源局", "市水利局"), ("市住房城乡建设局", "市生态环境局"), ("市发展改革委", "市人防办"))
AFTER_HOURS = time(17, 25)  # no other line of a project is dated between this and the evening
BEGUN_AFTER = timedelta(days=7)  # days after the registration
ENDED_AFTER = timedelta(days=60)  # the last of them is joint for two months only
LONGEST_AGO = timedelta(days=270)  # before the end of the year: a project that is still under way
WRITTEN_ON = 22  # day of the month, or the first working day after it
SIGNED_AFTER = 2  # working days
JOINT_REASON = "急难险重项目，两家单位共同负责、共同推进。"
WORDS = (
    "本月审批按计划推进，用地与设计两项并联办理；主要困难是地下管线资料不全，下月由两家联合踏勘。",
    "本月完成初步设计评审，意见已修改到位；资金已到位六成，下月重点督促招标准备。",
    "本月受雨季影响进度略慢，已与施工单位商定赶工安排；需协调的事项有一件，已报督查办。",
)


def joint_lines(lines: list[Line], calendar: Calendar, catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    """The lines of joint responsibility beside the projects' own; some lie after the end of the year."""
    for number, (ref, registered_at) in enumerate(_chosen(lines, ends_at)):
        units = UNITS[number]
        heads = tuple(head_of(catalogue, unit) for unit in units)
        begins = evening(calendar.next_working_day(registered_at.date() + BEGUN_AFTER))
        units_and_reason = {"first_unit": units[0], "second_unit": units[1], "reason": JOINT_REASON}
        yield feed_line(begins, OFFICE, "manage_jointly", ref, units_and_reason)
        ends = begins + ENDED_AFTER if number == len(UNITS) - 1 else ends_at
        yield from _words(ref, heads, begins, ends, calendar, is_slow=number == 1)
        if ends < ends_at:
            ended = evening(calendar.next_working_day(ends.date()))
            yield feed_line(ended, OFFICE, "end_joint", ref, {"reason": "难点已解决，转入正常办理。"})
    yield from _by_hand(lines, catalogue, ends_at)


def _chosen(lines: list[Line], ends_at: datetime) -> list[tuple[str, datetime]]:
    """The first urgent projects that were registered within the last months and never withdrawn."""
    urgent = {line["on"] for line in lines if line["move"] == "classify" and line["with"]["urgent"]}
    over = {line["on"] for line in lines if line["move"] == "withdraw"}
    registered = [
        (line["on"], line["at"])
        for line in sorted(lines, key=lambda line: (line["at"], line["on"]))
        if line["move"] == "register" and line["on"] in urgent - over and line["at"] > ends_at - LONGEST_AGO
    ]
    return registered[: len(UNITS)]


def _words(
    ref: str, heads: tuple[str, ...], begins: datetime, ends: datetime, calendar: Calendar, *, is_slow: bool
) -> Iterator[Line]:
    """The word of each month, written by the heads in turn; of the slow ones the last is not signed."""
    for number, month in enumerate(_months(begins.date(), ends.date())):
        on = calendar.next_working_day(month.replace(day=WRITTEN_ON))
        signed_on = calendar.nth_working_day_after(on, SIGNED_AFTER)
        if evening(signed_on) >= ends or on <= begins.date():
            continue
        writer, signer = heads[number % 2], heads[1 - number % 2]
        word = f"{ref}/words/{month:%Y-%m}"
        yield feed_line(evening(on), writer, "write_word", word, {"text": WORDS[number % len(WORDS)]})
        if is_slow and number % 3 == 2:
            continue
        if number == 1:
            text = {"text": WORDS[number] + "另：消防意见已回复。"}
            yield feed_line(evening(on, 5), signer, "rewrite_word", word, text)
            writer, signer = signer, writer
        yield feed_line(evening(signed_on), signer, "sign_word", word, {})


def _by_hand(lines: list[Line], catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    """Of each joint project the first approval that was accepted later and not decided for a day is escalated."""
    for number, (ref, registered_at) in enumerate(_chosen(lines, ends_at)[:2]):
        moves: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if line["on"].startswith(f"{ref}/") and line["at"] > registered_at + 3 * BEGUN_AFTER:
                moves[line["on"]].append(line)
        raised = [(at, on) for on, group in sorted(moves.items()) if (at := _raised_at(group))]
        for at, on in raised[:1]:
            head = head_of(catalogue, UNITS[number][0])
            yield feed_line(at, head, "raise_jointly", on, {"reason": "两家意见不一，需上一级协调。"})


def _raised_at(lines: list[Line]) -> datetime | None:
    """The evening of the acceptance, where the decision comes later and nobody answers for it besides."""
    lines = sorted(lines, key=lambda line: line["at"])
    if any(line["move"] == "answer" for line in lines):
        return None
    for line, following in pairwise(lines):
        if line["move"] == "accept" and following["at"].date() > line["at"].date():
            return evening(line["at"].date(), 10)
    return None


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def evening(day: date, minutes: int = 0) -> datetime:
    return datetime.combine(day, AFTER_HOURS, CITY_ZONE) + timedelta(minutes=minutes)


def feed_line(at: datetime, by: str, move: str, on: str, facts: Line) -> Line:
    return {"id": "", "at": at, "by": by, "move": move, "on": on, "with": dict(facts)}


# Orders.

CENTRE = "centre1"
DUE_AFTER = 7  # working days
SENT_BACK_REASON = "只说明了原因，没有责任人和完成时间。"
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
    numbers: Counter[int] = Counter()
    for number, order in enumerate(ORDERS):
        at = time(11, 10 + number)  # no two of them share a minute
        issued_on = calendar.next_working_day(date.fromordinal(ends_at.date().toordinal() - order.days_ago))
        numbers[issued_on.year] += 1
        ref = f"orders/{issued_on.year}-{numbers[issued_on.year]}"
        for day, by, move, facts in _order_steps(order, issued_on, calendar, head_of(catalogue, order.department)):
            when = datetime.combine(day, at, CITY_ZONE)
            about = "orders" if move == "issue" else ref
            yield feed_line(when, by, move, about, facts)


def _order_steps(
    order: OrderScenario, issued_on: date, calendar: Calendar, head: str
) -> Iterator[tuple[date, str, str, Line]]:
    def after(days: int) -> date:
        return calendar.nth_working_day_after(issued_on, days)

    answer = ANSWERS[order.days_ago % len(ANSWERS)]
    content = {"department": order.department, "subject": order.subject, "demands": order.demands}
    yield issued_on, order.by, "issue", content | {"due_on": after(DUE_AFTER).isoformat()}
    if order.course == "open":
        return
    yield after(4), head, "answer", {"done": answer}
    if order.course == "sent_back":
        yield after(5), order.by, "send_back", {"reason": SENT_BACK_REASON, "due_on": after(12).isoformat()}
        yield after(9), head, "answer", {"done": f"{answer}责任人：窗口首席代表。"}
        yield after(10), order.by, "accept_answer", {}
    if order.course == "accepted":
        yield after(6), order.by, "accept_answer", {}
