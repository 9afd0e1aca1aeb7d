"""The plan of the programme's items: tasks by county, nodes, quantities and fund lines, and how far each came."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from approvals.demo.programme.days import PERMIT, ProgrammeDays, StreetDays
from approvals.demo.programme.funds import DemoFund, Sources, funds_of, shares
from approvals.demo.source_data import ProgrammeRow, quantities
from workflows.config.city import load_city

CODES = {county: code for code, county in load_city().county_codes.items()}
WEIGHTS = {"510402": 5, "510403": 3, "510411": 4, "510421": 4, "510422": 4}
ALL, RURAL, URBAN = tuple(WEIGHTS), ("510411", "510421", "510422"), ("510402", "510403", "510411")
SEVERAL = {
    **dict.fromkeys(("013", "016", "022", "029", "054"), ALL),
    **dict.fromkeys(("017", "056", "064", "066"), RURAL),
    **dict.fromkeys(("033", "053"), URBAN),
}
MONTHLY_SERVICES = frozenset({"002", "008", "013"})  # the other services are reported by quarter
PAID_OUT = ("补贴", "补助", "免除", "减免", "资助", "奖学金", "低保", "供养", "救助", "保障", "小额")
LAST_MONTH = 11  # of what is known of items that are under way
CONCLUDED = {"service": (6, 9), "works": (8, 9, 10)}  # months of the last entry of items that are done
CLAIMED_AFTER = 4  # working days from the close of that month to the claim, at most
SETTLED_EARLIER = 0.12  # the chance that a task of an item under way has nothing new in November


@dataclass(frozen=True, slots=True)
class DemoTarget:
    """A quantity of one task."""

    code: str
    name: str
    unit: str
    target: Decimal | None
    reached: Decimal


@dataclass(frozen=True, slots=True)
class DemoNode:
    """A node of one task; `reached_on` is None for one that is open, and for what an approval reaches."""

    code: str
    name: str
    planned_on: date
    reached_on: date | None = None
    approval: str = ""


@dataclass(frozen=True, slots=True)
class DemoItem:
    """An item with its plan; `last` is the month of its last entry, `slope` how late in the year it gathers pace."""

    row: ProgrammeRow
    kind: str
    rhythm: str
    codes: tuple[str, ...]
    nodes: tuple[DemoNode, ...]
    targets: tuple[DemoTarget, ...]
    funds: tuple[DemoFund, ...]
    last: int
    slope: float
    settled: frozenset[str]  # codes of tasks that had nothing new in the last month

    @property
    def is_done(self) -> bool:
        return self.row.status == "completed"

    @property
    def is_suspended(self) -> bool:
        return self.row.status == "suspended"


def item_of(row: ProgrammeRow, sources: Sources, street: StreetDays, days: ProgrammeDays, seed: str) -> DemoItem:
    dice = random.Random(f"{seed}/{row.ref}/programme")
    codes = SEVERAL.get(row.item_no, (CODES[row.county],))
    weights = {code: WEIGHTS[code] for code in codes}
    last = _last_month(row, street, days, dice)
    is_works = row.kind != "service"
    return DemoItem(
        row=row,
        kind=_kind(row),
        rhythm="monthly" if is_works or row.item_no in MONTHLY_SERVICES else "quarterly",
        codes=codes,
        nodes=tuple(_nodes(row, codes, street, days, last, dice)),
        targets=_targets(row, weights),
        funds=funds_of(row, sources, weights),
        last=last,
        slope=dice.uniform(1.3, 2.1) if is_works else dice.uniform(1.0, 1.5),
        settled=frozenset(code for code in codes if row.status == "under_way" and dice.random() < SETTLED_EARLIER),
    )


def _kind(row: ProgrammeRow) -> str:
    if row.kind != "service":
        return "works"
    return "payment" if any(word in row.name for word in PAID_OUT) else "service"


def _last_month(row: ProgrammeRow, street: StreetDays, days: ProgrammeDays, dice: random.Random) -> int:
    """An item of works is claimed done once its project on the street is completed, in November at the latest."""
    if row.status != "completed":
        return LAST_MONTH
    months = CONCLUDED["service" if row.kind == "service" else "works"]
    drawn = dice.choice(months)
    if row.kind == "service" or street.granted is None:
        return drawn
    completed = days.count(street.granted)
    return next((m for m in months if m >= drawn and days.closed(m) > completed), LAST_MONTH)


def _targets(row: ProgrammeRow, weights: Mapping[str, int]) -> tuple[DemoTarget, ...]:
    targets = []
    for quantity in quantities():
        if quantity.item_no == row.item_no:
            parts = shares(quantity.reached, list(weights.values()), Decimal(1))
            planned = shares(quantity.target, list(weights.values()), Decimal(1)) if quantity.target else None
            for n, code in enumerate(weights):
                target = planned[n] if planned else None
                targets.append(DemoTarget(code, quantity.name, quantity.unit, target, parts[n]))
    return tuple(targets)


# Nodes. Those of works whose project has its permit follow it; else a first part was begun, and a second one waits.


def _nodes(
    row: ProgrammeRow,
    codes: tuple[str, ...],
    street: StreetDays,
    days: ProgrammeDays,
    last: int,
    dice: random.Random,
) -> list[DemoNode]:
    latest = days.day(days.due(last) - 7)  # what was reached by then is in the last entry
    course = _Course(row, days.year, latest, dice)
    nodes = []
    for code in codes:
        if row.kind == "service":
            nodes += course.service(code)
        elif street.permitted is not None and code == CODES[row.county]:
            nodes += course.permitted(code, street.begun or street.permitted, street.finished)
        else:
            nodes += course.waiting(code, has_project=code == CODES[row.county] and row.status != "completed")
    return nodes


@dataclass(frozen=True)
class _Course:
    row: ProgrammeRow
    year: int
    latest: date
    dice: random.Random

    def service(self, code: str) -> list[DemoNode]:
        final = "资金发放到位" if _kind(self.row) == "payment" else "年度任务完成"
        ends = date(self.year, self.latest.month if self.row.status == "completed" else 12, 15)
        planned = ends + timedelta(days=self.dice.randint(-12, 20))
        return [
            self._node(code, "实施方案印发", self._day(2, 10, 35), (-10, 10)),
            DemoNode(code, final, min(planned, date(self.year, 12, 25)), self._final(planned)),
        ]

    def permitted(self, code: str, start: date, finish: date | None) -> list[DemoNode]:
        permit = self._day(4, 10, 75)
        begun = min(max(start, date(self.year, 3, 2)), self.latest)
        framed = begun + (min(max(finish or self.latest, begun), self.latest) - begun) / 2
        is_done = self.row.status == "completed"
        return [
            self._node(code, "招标完成", self._day(2, 25, 40), (-8, 20)),
            DemoNode(code, "施工许可", permit, approval=PERMIT),
            DemoNode(code, "开工", permit + timedelta(days=12), begun),
            DemoNode(code, "主体完工", self._day(8 if is_done else 11, 5, 50), framed if is_done else None),
            DemoNode(code, "竣工验收", self._end(), self._final(date(self.year, 10, 31))),
        ]

    def waiting(self, code: str, *, has_project: bool) -> list[DemoNode]:
        is_planned_late = self.dice.random() < 0.8
        permit = self._day(12, 5, 20) if is_planned_late else self._day(8, 10, 70)
        follow_up = [DemoNode(code, "续建施工许可", permit, approval=PERMIT)] if has_project else []
        framed = self._node(code, "首批主体完工", self._day(9, 10, 60), (-10, 25))
        if self.dice.random() < 0.15 and self.row.status != "completed":
            framed = DemoNode(code, framed.name, framed.planned_on)
        return [
            self._node(code, "招标完成", self._day(2, 25, 40), (-8, 20)),
            self._node(code, "首批开工", self._day(4, 5, 45), (-8, 30)),
            framed,
            *follow_up,
            DemoNode(code, "全部完工", self._end(), self._final(date(self.year, 10, 31))),
        ]

    def _day(self, month: int, day: int, spread: int) -> date:
        """A planned day, so many days at most after this one, within the year."""
        planned = date(self.year, month, day) + timedelta(days=self.dice.randint(0, spread))
        return min(planned, date(self.year, 12, 28))

    def _end(self) -> date:
        return self._day(10, 15, 45) if self.row.status == "completed" else self._day(11, 28, 28)

    def _node(self, code: str, name: str, planned: date, off: tuple[int, int]) -> DemoNode:
        reached = planned + timedelta(days=self.dice.randint(*off))
        return DemoNode(code, name, planned, min(max(reached, date(self.year, 2, 1)), self.latest))

    def _final(self, planned: date) -> date | None:
        """The day of the last node of an item that is done: near the planned one, and in its last entry."""
        reached = planned + timedelta(days=self.dice.randint(-8, 8))
        return min(reached, self.latest) if self.row.status == "completed" else None
