"""The monthly entries of one task: reported, confirmed, paid for; late, sent back, amended, made good, or missing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Any

from approvals.demo.people import county_of, owner_of
from approvals.demo.programme.days import MONTHS, ProgrammeDays
from approvals.demo.programme.funds import FEN, DemoFund
from approvals.demo.programme.plan import LAST_MONTH, DemoItem, DemoNode
from approvals.demo.supervision import OFFICE, Line, feed_line

FINANCE = "finance1"
QUARTER_ENDS = (3, 6, 9, 12)
CHANCES = {"missing": 0.03, "late": 0.07, "sent_back": 0.04, "amended": 0.02}
NOVEMBER = ("missing", "waiting", "rejected")  # what becomes of the last entry of tasks that had nothing new in it
TOO_HIGH = {("010", 6): Decimal("1.5")}  # a figure that falls in the next entry, which says why
LEFT_OUT = Decimal("0.9")  # of a figure that was closed too low, and amended
IN_SUSPENSION = {"059": (5,)}  # months of an item that was suspended on their report day
MADE_GOOD_UNTIL = 5  # month: the first entry that is missing up to then is made good once its month is opened again
FORECAST_FROM = 9  # month
SLOW = 0.3  # the chance that an open node is expected late
LATER = Decimal("0.6")  # of what is left of the plan is paid in December
WHY_LOWER = "上月部分农户重复统计，已核减。"
REASONS = ("佐证材料与填报数量不一致，请核对后重报。", "资金到位数与财政台账不符，请核实。")
AMENDED = "关账后发现漏报一个乡镇，予以更正。"
NEXT = (
    "按计划推进，加快资金拨付。",
    "抓紧扫尾，做好验收准备。",
    "倒排工期，加强现场调度。",
    "督促施工单位增加作业面。",
)
PROBLEM = "部分时间节点滞后，正在赶工。"
MORNING, NOON, AFTERNOON = range(9 * 60, 12 * 60), range(13 * 60 + 30, 15 * 60 + 30), range(15 * 60 + 40, 17 * 60)


@dataclass(frozen=True)
class TaskYear:
    """One task through its year; `lines()` are those of its entries, in order of time for each entry."""

    item: DemoItem
    code: str
    days: ProgrammeDays
    seed: str

    @property
    def ref(self) -> str:
        return f"programme/{self.days.year}/{self.item.row.item_no}"

    @cached_property
    def months(self) -> tuple[int, ...]:
        last = MONTHS if self.item.row.status == "under_way" else self.item.last
        months = QUARTER_ENDS if self.item.rhythm == "quarterly" else range(self.days.first_month, last + 1)
        left_out = IN_SUSPENSION.get(self.item.row.item_no, ())
        return tuple(month for month in months if month <= last and month not in left_out)

    @property
    def full(self) -> int:
        """The month by which the figures of November are reached."""
        return self.item.last - (self.code in self.item.settled)

    @cached_property
    def courses(self) -> dict[int, str]:
        """How the entry of each month goes."""
        dice = random.Random(f"{self.seed}/{self.ref}/{self.code}/courses")
        return {month: self._course(month, dice) for month in self.months}

    def _course(self, month: int, dice: random.Random) -> str:
        roll, settled = dice.random(), dice.choice(NOVEMBER)
        if month == LAST_MONTH:
            return settled if self.code in self.item.settled else "reported"
        if month >= self.full or (self.item.row.item_no, month) in TOO_HIGH or month == MONTHS:
            return "reported"
        for course, chance in CHANCES.items():
            roll -= chance
            if roll < 0:
                return course
        return "reported"

    @property
    def missed(self) -> int | None:
        """The first month that was not reported and might still be made good."""
        months = (month for month, course in self.courses.items() if course == "missing" and month <= MADE_GOOD_UNTIL)
        return next(months, None)

    def lines(self) -> Iterator[Line]:
        told: set[str] = set()
        before: dict[str, int] = {}
        for month, course in self.courses.items():
            entry = _Entry(self, month, random.Random(f"{self.seed}/{self.ref}/{self.code}/{month}"))
            if course == "missing":
                continue
            facts = entry.facts(told, before)
            yield from entry.lines(course, facts)
            told |= {node["name"] for node in facts.get("nodes", ())}
            before = facts.get("quantities", {})

    def made_good(self, month: int) -> Iterator[Line]:
        """The month that is opened again for this task alone, reported then and confirmed."""
        entry = _Entry(self, month, random.Random(f"{self.seed}/{self.ref}/{self.code}/made-good"))
        opened = self.days.closed(month) + 1
        facts = {
            "task": f"{self.item.row.item_no}/{self.code}",
            "month": entry.month_text,
            "until": self.days.day(opened + 6).isoformat(),
            "reason": "经办人调整，漏报当月数据，同意补报。",
        }
        year = f"programme/{self.days.year}"
        yield feed_line(self.days.at(opened, 16 * 60), OFFICE, "open_exception", year, facts)
        yield from entry.sent(opened + 2, entry.facts(set(), {}, with_nodes=False))
        yield from entry.confirmed(opened + 3, opened + 4)


@dataclass(frozen=True)
class _Entry:
    task: TaskYear
    month: int
    dice: random.Random

    @property
    def month_text(self) -> str:
        return f"{self.task.days.year}-{self.month:02}"

    @property
    def on(self) -> str:
        return f"{self.task.ref}/{self.task.code}/{self.month_text}"

    @property
    def lead(self) -> str:
        return owner_of(self.task.item.row.owner_unit)

    def lines(self, course: str, facts: Line) -> Iterator[Line]:
        days, due = self.task.days, self.task.days.due(self.month)
        first = due - (6 if self._is_last_of_november else self.dice.randint(3, 6))
        if course == "late":
            first = due + self.dice.randint(1, 3)
        yield from self.sent(first, _lower(facts) if course == "amended" else facts)
        if course in ("sent_back", "rejected"):
            reasons = {"reasons": self.dice.choice(REASONS)}
            yield self._line(first + 1, NOON, self.lead, "send_back", reasons)
        if course == "sent_back":
            yield from self.sent(first + 2, facts)
        if course not in ("waiting", "rejected"):
            confirm = first + (3 if course == "sent_back" else 1)
            paid = confirm + 1 if course == "late" or self._is_last_of_november else days.last(self.month)
            yield from self.confirmed(confirm, paid)
        if course == "amended":
            amended = days.closed(self.month) + 1
            yield self._line(amended, MORNING, self._reporter, "amend_entry", facts | {"reason": AMENDED})
            yield self._line(amended + 1, NOON, self.lead, "confirm_amendment", {})

    @property
    def _is_last_of_november(self) -> bool:
        """Whether the item is claimed done still in this month."""
        return self.task.item.is_done and self.month == LAST_MONTH

    @property
    def _reporter(self) -> str:
        return county_of(self.task.code)

    def sent(self, number: int, facts: Line) -> Iterator[Line]:
        yield self._line(number, MORNING, self._reporter, "report", facts)

    def confirmed(self, number: int, paid: int) -> Iterator[Line]:
        """The quantities by the lead unit, the money by finance, from its sheet of the month."""
        yield self._line(number, NOON, self.lead, "confirm", {})
        yield self._line(paid, AFTERNOON, FINANCE, "confirm_money", {})

    def _line(self, number: int, minutes: range, by: str, move: str, facts: Line) -> Line:
        return feed_line(self.task.days.at(number, self.dice.choice(minutes)), by, move, self.on, facts)

    # What the entry says.

    def facts(self, told: set[str], before: dict[str, int], *, with_nodes: bool = True) -> Line:
        day = self.task.days.day(self.task.days.due(self.month) - 7)
        quantities = self._quantities()
        facts: dict[str, Any] = {
            "quantities": quantities,
            "nodes": [
                {"name": node.name, "reached_on": node.reached_on.isoformat()}
                for node in self._nodes()
                if with_nodes and node.reached_on and node.reached_on <= day and node.name not in told
            ],
            "funds": [self._money(fund) for fund in self.task.item.funds if fund.code == self.task.code],
        }
        if any(quantities[name] < value for name, value in before.items()):
            facts["reason"] = WHY_LOWER
        facts |= self._outlook(day) if with_nodes else {}
        return {name: value for name, value in facts.items() if value}

    def _share(self) -> float:
        full = self.task.full
        return 1 if self.month >= full else ((self.month - 1) / (full - 1)) ** self.task.item.slope

    def _quantities(self) -> dict[str, int]:
        factor = TOO_HIGH.get((self.task.item.row.item_no, self.month), Decimal(1)) * Decimal(str(self._share()))
        targets = [target for target in self.task.item.targets if target.code == self.task.code]
        return {t.name: int((t.reached * factor).quantize(Decimal(1), ROUND_DOWN)) for t in targets}

    def _money(self, fund: DemoFund) -> dict[str, str]:
        paid = (fund.paid * Decimal(str(self._share()))).quantize(FEN, ROUND_DOWN)
        if self.month > LAST_MONTH:
            paid += ((fund.planned - fund.paid) * LATER).quantize(FEN, ROUND_DOWN)
        passed = Decimal(0 if self.task.item.is_suspended else self.month) / MONTHS
        left = fund.planned - paid
        received = paid + (left * passed * Decimal("0.7")).quantize(FEN, ROUND_DOWN)
        allocated = paid + (left * passed * Decimal("0.95")).quantize(FEN, ROUND_DOWN)
        return {"source": fund.source, "allocated": f"{allocated}", "received": f"{received}", "paid": f"{paid}"}

    def _nodes(self) -> list[DemoNode]:
        return [node for node in self.task.item.nodes if node.code == self.task.code]

    def _outlook(self, day: date) -> Line:
        """What is expected of nodes that will be late, what hinders, and what comes next."""
        if self.task.item.row.status != "under_way":
            return {}
        still_open = [node for node in self._nodes() if node.reached_on is None]
        late = [node for node in still_open if node.planned_on <= day]
        outlook: dict[str, Any] = {"next": self.dice.choice(NEXT)} | ({"problems": [PROBLEM]} if late else {})
        if self.month >= FORECAST_FROM and self._is_slow:
            latest = date(self.task.days.year, 12, 31)
            expected = [(n.name, max(n.planned_on + timedelta(days=15), day + timedelta(days=20))) for n in still_open]
            nodes = [{"name": name, "expected_on": min(on, latest).isoformat()} for name, on in expected]
            outlook["forecast"] = {"nodes": nodes}
        return outlook

    @property
    def _is_slow(self) -> bool:
        return random.Random(f"{self.task.seed}/{self.task.ref}/{self.task.code}/slow").random() < SLOW


def _lower(facts: Line) -> Line:
    """The same before a part that was left out was found: quantities and money too low."""
    quantities = {name: int(value * LEFT_OUT) for name, value in facts.get("quantities", {}).items()}
    funds = [row | {"paid": f"{(Decimal(row['paid']) * LEFT_OUT).quantize(FEN, ROUND_DOWN)}"} for row in facts["funds"]]
    return facts | {"quantities": quantities, "funds": funds}
