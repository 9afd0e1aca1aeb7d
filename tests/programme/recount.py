"""The figures of a programme's year, counted a second time from the lines of the feed alone.

Written from the specification without a look at the product's own rules: nothing of `workflows.rules.programme_*` is
imported here. Amounts are whole hundredths, shares are fractions, and each figure is counted where it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
REPORT_DAY, TOLERANCE = 28, 10
LEADS_TO = {
    "propose": "proposed", "adopt": "adopted", "begin": "under_way", "suspend": "suspended", "resume": "under_way",
    "claim_done": "claimed", "verify_done": "done", "reject_done": "under_way", "reopen": "under_way",
    "drop": "dropped",
}  # fmt: skip
ALL_STATES = ("proposed", "adopted", "under_way", "suspended", "claimed", "done", "dropped")
FISCAL = {"centre", "province", "city", "county"}


@dataclass
class Statement:
    """What an entry says of one cell from a day on; `value` is None where it says nothing any more."""

    month: str
    day: date
    value: Any


@dataclass
class Entry:
    reports: list[tuple[date, bool]] = field(default_factory=list)
    confirmed: date | None = None
    report: dict[str, Any] = field(default_factory=dict)
    amendment: dict[str, Any] = field(default_factory=dict)


@dataclass
class Task:
    code: str
    quarterly: bool
    nodes: dict[str, date] = field(default_factory=dict)
    lines: dict[str, tuple[int, bool]] = field(default_factory=dict)
    targets: dict[str, int | None] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=lambda: defaultdict(Entry))
    reached: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    expected: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    figures: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    money: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    plans: dict[str, list[tuple[date, date]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # known on, planned for
    whose: dict[str, list[tuple[date, bool, list[str]]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Item:
    no: str
    fields: dict[str, Any]
    states: list[tuple[date, str]] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    adopted: date | None = None
    moves: list[date] = field(default_factory=list)  # of the plan; the correction of an error is none
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)  # what waits, by the move that asked for it

    def state(self, on: date) -> str | None:
        last = None
        for day, state in self.states:
            if day <= on:
                last = state
        return last

    def counts(self, on: date) -> bool:
        return self.state(on) not in (None, "proposed", "dropped")

    def in_hand(self, on: date) -> bool:
        return self.state(on) in ("adopted", "under_way", "claimed")


def hundredths(value: object) -> int:
    return int(Decimal(str(value)) * 100)


def text(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def share(part: int | Fraction, whole: int | Fraction) -> str:
    """Four decimals, half up."""
    tenths = (Fraction(part) * 20000 / Fraction(whole) + 1) // 2
    return f"{tenths // 10000}.{tenths % 10000:04}"


def tenths(value: Fraction) -> str:
    """One decimal, half up."""
    whole = (value * 20 + 1) // 2
    return f"{whole // 10}.{whole % 10}"


class Recount:
    """All that the lines say, and the figures of any day."""

    def __init__(self, year: int, lines: Iterable[Mapping[str, Any]]) -> None:
        self.year, self.items = year, {}
        for line in lines:
            self._read(line)

    def _read(self, line: Mapping[str, Any]) -> None:
        day = datetime.fromisoformat(line["at"]).astimezone(ZONE).date()
        parts, given, move = line["on"].split("/")[1:], line.get("with", {}), line["move"]
        if int(parts[0]) != self.year or len(parts) == 1:
            return
        if move == "propose":
            self.items[parts[1]] = Item(parts[1], dict(given))
        item = self.items[parts[1]]
        if len(parts) == 2:
            self._item_line(item, move, given, day)
        else:
            self._entry_line(item, item.tasks[parts[2]], parts[3], move, given, day)

    def _item_line(self, item: Item, move: str, given: Mapping[str, Any], day: date) -> None:
        if move in LEADS_TO:
            item.states.append((day, LEADS_TO[move]))
        if move == "adopt":
            item.adopted = day
        if move in ("replan", "divide_days"):
            item.asked[move] = dict(given)
        if move in ("confirm_replan", "confirm_days"):
            self._plan_change(item, item.asked["replan" if move == "confirm_replan" else "divide_days"], move, day)
        if move == "assign":
            item.tasks = {row["code"]: Task(row["code"], row.get("rhythm") == "quarterly") for row in given["tasks"]}
            item.indicators = list(given.get("indicators", ()))
            for row in given.get("nodes", ()):
                item.tasks[row["task"]].nodes[row["name"]] = date.fromisoformat(row["planned_on"])
            for row in given.get("funds", ()):
                fiscal = row.get("fiscal", row["source"] in FISCAL)
                item.tasks[row["task"]].lines[row["source"]] = hundredths(row["planned_10k_yuan"]), fiscal

    def _plan_change(self, item: Item, asked: Mapping[str, Any], move: str, day: date) -> None:
        if asked.get("nodes") and asked["cause"] != "error":
            item.moves.append(day)
        for row in asked.get("nodes", ()):
            item.tasks[row["task"]].plans[row["name"]].append((day, date.fromisoformat(row["planned_on"])))
        parties: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in asked.get("days", ()):
            parties[row["task"], row["name"]] += [row["party"]] * int(row["days"])
        for (code, name), days in parties.items():
            item.tasks[code].whose[name].append((day, move == "confirm_days", days))

    def _entry_line(self, item: Item, task: Task, month: str, move: str, given: Mapping[str, Any], day: date) -> None:
        entry = task.entries[month]
        if move == "report":
            if item.states[-1][1] == "adopted":
                item.states.append((day, "under_way"))
            entry.report = dict(given)
            entry.reports.append((day, not given.get("no_figure")))
        elif move == "confirm":
            entry.confirmed = day
            self._count(task, month, entry.report, {}, day)
        elif move == "confirm_money":
            self._count_money(task, month, entry.report, day)
        elif move == "amend_entry":
            entry.amendment = dict(given)
        elif move == "confirm_amendment":
            self._count(task, month, entry.amendment, entry.report, day)
            self._count_money(task, month, entry.amendment, day)
            entry.report = entry.amendment

    def _count(self, task: Task, month: str, new: Mapping[str, Any], old: Mapping[str, Any], day: date) -> None:
        for name in new.get("no_figure", {}):
            if name not in task.lines:
                task.figures[name].append(Statement(month, day, None))
        for name, value in new.get("quantities", {}).items():
            task.figures[name].append(Statement(month, day, Fraction(str(value))))
        gone = {row["name"] for row in old.get("nodes", ())} - {row["name"] for row in new.get("nodes", ())}
        for name in gone:
            task.reached[name].append(Statement(month, day, None))
        for row in new.get("nodes", ()):
            task.reached[row["name"]].append(Statement(month, day, date.fromisoformat(row["reached_on"])))
        for row in new.get("forecast", {}).get("nodes", ()):
            task.expected[row["name"]].append(Statement(month, day, date.fromisoformat(row["expected_on"])))

    def _count_money(self, task: Task, month: str, new: Mapping[str, Any], day: date) -> None:
        sent = {row["source"]: row for row in new.get("funds", ())}
        for source in task.lines:
            row = sent.get(source)
            value = tuple(hundredths(row[kind]) for kind in ("allocated", "received", "paid")) if row else None
            task.money[source].append(Statement(month, day, value))

    # What is known of a cell.

    def last(self, statements: list[Statement], known: date, until: str) -> Statement | None:
        months: dict[str, Statement] = {}
        for statement in statements:
            if statement.day <= known and statement.month <= until:
                months[statement.month] = statement
        for month in sorted(months, reverse=True):
            if months[month].value is not None:
                return months[month]
        return None

    def reached(self, task: Task, name: str, on: date, known: date) -> date | None:
        found = self.last(task.reached[name], known, "9999")
        return found.value if found and found.value <= on else None

    # Figures.

    def figures(self, on: date, known: date) -> dict[str, Any]:
        everything = [(item, list(item.tasks.values())) for item in self.items.values()]
        whole = self.group(everything, on, known)
        by_category: dict[str, list[Any]] = defaultdict(list)
        by_county: dict[str, list[Any]] = defaultdict(list)
        for item, tasks in everything:
            if item.state(on) is not None:
                by_category[item.fields["category"]].append((item, tasks))
            for task in tasks if item.counts(on) else ():
                by_county[task.code].append((item, [task]))
        return {
            **whole,
            "by_category": {name: self.group(rows, on, known) for name, rows in by_category.items()},
            "by_county": {code: self.group(rows, on, known) for code, rows in by_county.items()},
            "by_source": self.by_source(everything, on, known),
            "of_no_county": text(sum(self.named(item, on) for item in self.items.values() if len(item.tasks) != 1)),
            "quarters": self.quarters(everything, on, known),
        }

    def group(self, rows: list[tuple[Item, list[Task]]], on: date, known: date) -> dict[str, Any]:
        states = [item.state(on) for item, _ in rows]
        matters = [item.state(on) for item, _ in rows if item.fields.get("practical_matter") and item.counts(on)]
        counted = [(item, task) for item, tasks in rows if item.counts(on) for task in tasks]
        return {
            "items": {
                "all": sum(state not in (None, "proposed", "dropped") for state in states),
                **{name: states.count(name) for name in ALL_STATES},
                "behind": sum(self.behind(item, tasks, on, known) for item, tasks in rows),
                "will_be_late": sum(self.will_be_late(item, tasks, on, known) for item, tasks in rows),
            },
            "practical_matters": {"all": len(matters), "done": matters.count("done")},
            "money": self.money(
                [(task, source) for _, task in counted for source in task.lines],
                on,
                known,
                sum(self.named(item, on) for item, tasks in rows if len(tasks) == len(item.tasks)),
            ),
            "nodes": self.nodes([(task, name) for _, task in counted for name in task.nodes], on, known),
            "entries": self.entries([(item, task) for item, tasks in rows for task in tasks], on, known),
            "coverage": self.coverage(counted, on, known),
        }

    def behind(self, item: Item, tasks: list[Task], on: date, known: date) -> bool:
        if not item.in_hand(on):
            return False
        nodes = [(task, name) for task in tasks for name in task.nodes]
        if nodes:
            planned = sum(task.nodes[name] <= on for task, name in nodes)
            actual = sum(self.reached(task, name, on, known) is not None for task, name in nodes)
            return Fraction(planned - actual, len(nodes)) > Fraction(TOLERANCE, 100)
        return self.behind_by_quantity(item, tasks, on, known)

    def behind_by_quantity(self, item: Item, tasks: list[Task], on: date, known: date) -> bool:
        own = [row for row in item.indicators if any(task.code in row["targets"] for task in tasks)]
        if not own or own[0].get("direction", "more") != "more":
            return False
        first = own[0]
        cells = [(task, first["targets"][task.code]) for task in tasks if task.code in first["targets"]]
        target = self.together(first, [None if goal is None else Fraction(str(goal)) for _, goal in cells])
        statements = [self.last(task.figures[first["name"]], known, f"{on:%Y-%m}") for task, _ in cells]
        actual = self.together(first, [found.value if found else None for found in statements])
        if not target:
            return False
        return self.evenly(item, on) - (actual or 0) / target > Fraction(TOLERANCE, 100)

    def together(self, indicator: Mapping[str, Any], values: list[Fraction | None]) -> Fraction | None:
        given, how = [value for value in values if value is not None], indicator.get("adds_up", "sum")
        if not given or (how in ("ratio", "none") and len(values) > 1):
            return None
        return max(given) if how == "max" else sum(given, Fraction(0))

    def evenly(self, item: Item, on: date) -> Fraction:
        """The months from start to finish, and how many of them are over at the close of the day."""
        first = date.fromisoformat(item.fields.get("starts_on", f"{self.year}-01-01")).replace(day=1)
        last = date.fromisoformat(item.fields.get("finishes_on", f"{self.year}-12-31")).replace(day=1)
        months, month = [], first
        while month <= last:
            month = (month + timedelta(days=31)).replace(day=1)
            months.append(month - timedelta(days=1))
        return Fraction(sum(end <= on for end in months), len(months))

    def will_be_late(self, item: Item, tasks: list[Task], on: date, known: date) -> bool:
        for task in tasks if item.in_hand(on) else ():
            for name, planned in task.nodes.items():
                found = self.last(task.expected[name], known, f"{on:%Y-%m}")
                if self.reached(task, name, on, known) is None and found and found.value > planned:
                    return True
        return False

    def named(self, item: Item, on: date) -> int:
        """The amount that was named with an item without fund lines."""
        has_lines = any(task.lines for task in item.tasks.values())
        return hundredths(item.fields.get("planned_10k_yuan", 0)) if item.counts(on) and not has_lines else 0

    def money(self, lines: list[tuple[Task, str]], on: date, known: date, named: int = 0) -> dict[str, Any]:
        planned = sum(task.lines[source][0] for task, source in lines) + named
        fiscal = sum(task.lines[source][0] for task, source in lines if task.lines[source][1])
        sums = [0, 0, 0]
        for task, source in lines:
            if found := self.last(task.money[source], known, f"{on:%Y-%m}"):
                sums = [total + amount for total, amount in zip(sums, found.value, strict=True)]
        named = dict(zip(("allocated", "received", "paid"), map(text, sums), strict=True))
        executed = share(sums[2], planned) if planned else None
        return {"planned": text(planned), **named, "fiscal_planned": text(fiscal), "execution_rate": executed}

    def nodes(self, nodes: list[tuple[Task, str]], on: date, known: date) -> dict[str, int]:
        counts = {"due": 0, "met": 0, "met_late": 0, "late": 0}
        for task, name in nodes:
            planned, reached = task.nodes[name], self.reached(task, name, on, known)
            counts["due"] += planned <= on
            if reached is None:
                counts["late"] += planned <= on
            else:
                counts["met" if reached <= planned else "met_late"] += 1
        return counts

    def due(self, item: Item, task: Task, on: date) -> list[str]:
        months = []
        for number in (3, 6, 9, 12) if task.quarterly else range(1, 13):
            day = date(self.year, number, REPORT_DAY)
            if item.adopted and day <= on and f"{item.adopted:%Y-%m}" <= f"{day:%Y-%m}" and item.in_hand(day):
                months.append(f"{day:%Y-%m}")
        return months

    def entries(self, rows: list[tuple[Item, Task]], on: date, known: date) -> dict[str, int]:
        counts = {"due": 0, "reported": 0, "complete": 0, "on_time": 0, "confirmed": 0, "missing": 0}
        for item, task in rows:
            for month in self.due(item, task, on):
                counts["due"] += 1
                entry = task.entries.get(month) or Entry()
                sent = [report for report in entry.reports if report[0] <= known]
                if not sent:
                    counts["missing"] += 1
                    continue
                counts["reported"] += 1
                counts["complete"] += sent[-1][1]
                counts["on_time"] += sent[0][0] <= date.fromisoformat(f"{month}-{REPORT_DAY}")
                counts["confirmed"] += entry.confirmed is not None and entry.confirmed <= known
        return counts

    def coverage(self, rows: list[tuple[Item, Task]], on: date, known: date) -> dict[str, int]:
        counts = {"expected": 0, "current": 0, "older": 0, "none": 0}
        for item, task in rows:
            due = self.due(item, task, on)
            if not due:
                continue
            counts["expected"] += 1
            confirmed = [
                month
                for month, entry in task.entries.items()
                if entry.confirmed and entry.confirmed <= known and month <= f"{on:%Y-%m}"
            ]
            counts["none" if not confirmed else "current" if max(confirmed) >= due[-1] else "older"] += 1
        return counts

    def by_source(self, rows: list[tuple[Item, list[Task]]], on: date, known: date) -> dict[str | None, Any]:
        lines: dict[str, list[tuple[Task, str]]] = defaultdict(list)
        for item, tasks in rows:
            for task in tasks if item.counts(on) else ():
                for source in task.lines:
                    lines[source].append((task, source))
        of_sources = {source: self.money(own, on, known) for source, own in lines.items()}
        named = sum(self.named(item, on) for item, _ in rows)
        return of_sources | ({None: self.money([], on, known, named)} if named else {})

    # Whose days, day by day.

    def whose_days(self, on: date, known: date) -> dict[str, int]:
        """The days of all late nodes by party; `none` are those that nobody was given."""
        counts: dict[str, int] = defaultdict(int)
        for item in self.items.values():
            for task in item.tasks.values() if item.counts(on) else ():
                for name, planned in task.nodes.items():
                    given = iter(self.given_days(task, name, known))
                    day, end = planned + timedelta(1), self.reached(task, name, on, known) or on
                    while day <= end:
                        counts["suspension" if item.state(day) == "suspended" else next(given, "none")] += 1
                        day += timedelta(1)
        return dict(counts)

    def given_days(self, task: Task, name: str, known: date) -> list[str]:
        given: list[str] = []
        for day, is_whole, days in task.whose[name]:
            if day <= known:
                given = days if is_whole else given + days
        return given

    # What is ahead, and how well it was foreseen.

    def outlook(self, on: date, known: date) -> dict[str, Any]:
        counted = [item for item in self.items.values() if item.counts(on)]
        cells = [(item, task, name) for item in counted for task in item.tasks.values() for name in task.nodes]
        missed = [days for _, task, name in cells for days in self.missed_by(task, name, on, known)]
        late = [
            (task, name) for _, task, name in cells if (self.reached(task, name, on, known) or on) > task.nodes[name]
        ]
        return {
            "late": len(late),
            "unforeseen": sum(not self.was_foreseen(task, name, known) for task, name in late),
            "forecasts": (len(missed), tenths(Fraction(sum(missed), len(missed))) if missed else None),
            "waiting": sum(self.waits(task, name, on, known) for _, task, name in cells),
            "money": text(
                int(sum((self.late_money(item, on, known) for item in counted), Fraction(0)) + Fraction(1, 2))
            ),
            "tight": sorted(item.no for item in self.items.values() if self.is_tight(item, on)),
            "moved": self.moved(counted, known),
        }

    def missed_by(self, task: Task, name: str, on: date, known: date) -> list[int]:
        """By how many days the last forecast missed that counted when the node was reached; nothing without one."""
        reached = self.reached(task, name, on, known)
        if reached is None:
            return []
        found = self.last(task.expected[name], min(reached, known), f"{reached:%Y-%m}")
        return [abs((found.value - reached).days)] if found else []

    def was_foreseen(self, task: Task, name: str, known: date) -> bool:
        return any(row.day <= known and row.value > task.nodes[name] for row in task.expected[name])

    def plan(self, task: Task, name: str, known: date) -> date:
        plans = [day for counted, day in task.plans[name] if counted <= known]
        return plans[-1] if plans else task.nodes[name]

    def waits(self, task: Task, name: str, on: date, known: date) -> bool:
        planned = f"{self.plan(task, name, known):%Y-%m}"
        return self.reached(task, name, on, known) is None and planned in (f"{self.year}-11", f"{self.year}-12")

    def late_money(self, item: Item, on: date, known: date) -> Fraction:
        """In hundredths: with open nodes of November and December, evenly where a task has none."""
        ends = date(self.year, 12, 31), max(date(self.year, 10, 31), on)
        even = max(self.evenly(item, ends[0]) - self.evenly(item, ends[1]), Fraction(0))
        total = Fraction(self.named(item, on)) * even
        for task in item.tasks.values():
            waiting = sum(self.waits(task, name, on, known) for name in task.nodes)
            part = Fraction(waiting, len(task.nodes)) if task.nodes else even
            total += sum(planned for planned, _ in task.lines.values()) * part
        return total

    def is_tight(self, item: Item, on: date) -> bool:
        days = [day for task in item.tasks.values() for day in task.nodes.values()]
        if not item.tasks or item.state(on) in (None, "dropped"):
            return False
        if not days:
            return 1 - self.evenly(item, date(self.year, 9, 30)) >= Fraction(2, 3)
        return sum(day >= date(self.year, 10, 1) for day in days) * 3 >= 2 * len(days)

    def moved(self, items: list[Item], known: date) -> list[tuple[str, int, int]]:
        """Number, times and days of the items of which a plan was moved."""
        rows = []
        for item in items:
            tasks = item.tasks.values()
            days = sum((self.plan(task, name, known) - task.nodes[name]).days for task in tasks for name in task.nodes)
            times = sum(day <= known for day in item.moves)
            rows += [(item.no, times, days)] if times or days else []
        return sorted(rows)

    def quarters(self, rows: list[tuple[Item, list[Task]]], on: date, known: date) -> list[dict[str, Any]]:
        nodes = [
            (task.nodes[name], self.reached(task, name, on, known))
            for item, tasks in rows
            if item.counts(on)
            for task in tasks
            for name in task.nodes
        ]
        quarters = []
        for number in range(1, 5):
            months = [(self.year, month) for month in range(number * 3 - 2, number * 3 + 1)]
            planned = sum((day.year, day.month) in months for day, _ in nodes)
            actual = sum(day is not None and (day.year, day.month) in months for _, day in nodes)
            told = [share(count, len(nodes)) if nodes else "0.0000" for count in (planned, actual)]
            quarters.append({"quarter": number, "planned": told[0], "actual": told[1]})
        return quarters
