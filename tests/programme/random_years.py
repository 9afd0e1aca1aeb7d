"""Random years of the programme as lines of the feed: plans, entries late, sent back, amended, missing, closings."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
COUNTIES = {"510402": "东区", "510403": "西区", "510421": "米易县"}
CATEGORIES = ("道路通畅", "生态环境", "教育助学")
SOURCES = ("centre", "province", "city", "bond", "own")
LEAD, OFFICE, FINANCE = "owner1", "office1", "finance1"
Line = dict[str, Any]


class RandomYear:
    """The lines of one year, in the order of their times. What is not possible the product refuses."""

    def __init__(self, year: int, random: Random) -> None:
        self.year, self.random = year, random
        self.events: list[tuple[datetime, int, Line]] = []

    def lines(self) -> list[Line]:
        for number in range(self.random.randint(1, 3)):
            self._item(f"{number + 1:03}")
        for month in range(1, 12):
            if self.random.random() < 0.5:
                given = {"month": f"{self.year}-{month:02}"}
                self.add(date(self.year, month + 1, 8), OFFICE, "close_month", "", given)
        ordered = sorted(self.events, key=lambda event: event[:2])
        return [line | {"id": f"{self.year}-{number}"} for number, (_, _, line) in enumerate(ordered)]

    def add(self, day: date, by: str, move: str, on: str, given: dict[str, Any] | None = None) -> None:
        number = len(self.events)
        at = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE) + timedelta(seconds=number)
        line = {"at": at.isoformat(), "by": by, "move": move, "on": f"programme/{self.year}{on}", "with": given or {}}
        self.events.append((at, number, line))

    def day(self, month: int, first: int = 1, last: int = 28) -> date:
        return date(self.year, month, self.random.randint(first, last))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _item(self, no: str) -> None:
        on, begins = f"/{no}", self.random.choice((1, 1, 2, 4))
        codes = self.random.sample([*COUNTIES, "city"], self.random.randint(1, 3))
        plan = self._plan(codes)
        fields: dict[str, Any] = {
            "name": f"分项{no}",
            "category": self.random.choice(CATEGORIES),
            "level": "city",
            "kind": self.random.choice(("service", "payment")),
            "lead_unit": "市教育局",
            "practical_matter": self.chance(0.5),
        }
        if not plan["funds"]:
            fields["planned_10k_yuan"] = "120.50"
        if self.chance(0.4):
            fields |= {"starts_on": f"{self.year}-02-10", "finishes_on": f"{self.year}-11-20"}
        self.add(self.day(begins, 1, 5), OFFICE, "propose", on, fields)
        self.add(self.day(begins, 6, 9), LEAD, "assign", on, plan)
        if self.chance(0.9):
            self.add(self.day(begins, 10, 15), OFFICE, "adopt", on)
        for task in plan["tasks"]:
            for month in range(begins, 13):
                self._entry(f"{on}/{task['code']}/{self.year}-{month:02}", task, month, plan)
        self._fate(on, plan)
        for month in self.random.sample(range(begins, 13), 3) if plan["nodes"] else ():
            days = [self._days_of(self.random.choice(plan["nodes"]), self.random.randint(1, 40)) for _ in range(3)]
            self.add(self.day(month, 20), LEAD, "divide_days", on, {"days": days, "note": "据实"})
            decision = self.random.choice((("confirm_days", {}), ("decline_days", {"reason": "不实"})))
            self.add(self.day(min(month + 1, 12), 20), OFFICE, decision[0], on, decision[1])

    def _days_of(self, node: dict[str, Any], days: int) -> dict[str, Any]:
        party = self.random.choice(("unit", "county", "owner", "weather", "suspension"))
        return {"task": node["task"], "name": node["name"], "party": party, "days": days}

    def _plan(self, codes: list[str]) -> dict[str, Any]:
        random = self.random
        tasks = [
            {
                "code": code,
                "unit": COUNTIES.get(code, "市教育局"),
                "person": f"county-{code}" if code in COUNTIES else LEAD,
                "rhythm": random.choice(("monthly", "monthly", "quarterly")),
            }
            for code in codes
        ]
        indicators = [self._indicator(name, codes) for name in ("里程", "户数")[: random.randint(0, 2)]]
        has_nodes, has_funds = self.chance(0.6), self.chance(0.8)
        nodes = [
            {"name": name, "task": code, "planned_on": self.day(random.randint(1, 12)).isoformat()}
            for code in codes
            for name in ("开工", "主体", "竣工")[: random.randint(0, 3)]
            if has_nodes
        ]
        funds = [
            {"source": source, "task": code, "planned_10k_yuan": f"{random.randint(0, 50000) / 100:.2f}"}
            for code in codes
            for source in random.sample(SOURCES, random.randint(0, 2))
            if has_funds
        ]
        return {"tasks": tasks, "indicators": indicators, "nodes": nodes, "funds": funds}

    def _indicator(self, name: str, codes: list[str]) -> dict[str, Any]:
        own = [code for code in codes if code == codes[0] or self.chance(0.8)]
        return {
            "name": name,
            "unit": "公里",
            "decimals": 1,
            "adds_up": self.random.choice(("sum", "last", "max", "ratio")),
            "direction": self.random.choice(("more", "more", "less")),
            "targets": {code: self.random.choice((None, "0", "12.5", "7")) for code in own},
        }

    def _entry(self, on: str, task: dict[str, Any], month: int, plan: dict[str, Any]) -> None:
        if self.chance(0.15) or (task["rhythm"] == "quarterly" and month % 3):
            return
        day = self.day(month, 18) if self.chance(0.7) else self.day(min(month + 1, 12), 1, 20)
        by, step = task["person"], timedelta(days=self.random.randint(0, 3))
        self.add(day, by, "report", on, self._report(task["code"], day, plan))
        if self.chance(0.2):
            self.add(day, LEAD, "send_back", on, {"reasons": "数据有误"})
            self.add(day + step, by, "report", on, self._report(task["code"], day, plan))
        if self.chance(0.8):
            self.add(day + 2 * step, LEAD, "confirm", on)
        if self.chance(0.8):
            self.add(day + self.random.randint(0, 20) * timedelta(days=1), FINANCE, "confirm_money", on)
        if self.chance(0.4):
            amended = self.day(min(month + 2, 12), 9)
            given = self._report(task["code"], day, plan) | {"reason": "更正"}
            self.add(amended, by, "amend_entry", on, given)
            self.add(amended + step, OFFICE, "confirm_amendment", on)

    def _report(self, code: str, day: date, plan: dict[str, Any]) -> dict[str, Any]:
        report: dict[str, Any] = {"quantities": {}, "funds": [], "no_figure": {}, "reason": "按实更正"}
        for row in plan["indicators"]:
            if code in row["targets"] and self.chance(0.85):
                report["quantities"][row["name"]] = f"{self.random.randint(0, 150) / 10}"
            elif code in row["targets"]:
                report["no_figure"][row["name"]] = "尚未统计"
        for row in plan["funds"]:
            if row["task"] == code and self.chance(0.85):
                report["funds"].append({"source": row["source"], **self._amounts()})
            elif row["task"] == code:
                report["no_figure"][row["source"]] = "来源未报"
        return report | self._days([row["name"] for row in plan["nodes"] if row["task"] == code], day)

    def _amounts(self) -> dict[str, str]:
        return {kind: f"{self.random.randint(0, 30000) / 100:.2f}" for kind in ("allocated", "received", "paid")}

    def _days(self, nodes: list[str], day: date) -> dict[str, Any]:
        """Which nodes were reached, and when those are expected that were not."""
        reached, expected = [], []
        for name in nodes:
            back, ahead = self.random.randint(0, min(90, day.timetuple().tm_yday - 1)), self.random.randint(1, 120)
            if self.chance(0.15):
                reached.append({"name": name, "reached_on": (day - timedelta(days=back)).isoformat()})
            elif self.chance(0.5):
                expected.append({"name": name, "expected_on": (day + timedelta(days=ahead)).isoformat()})
        return {"nodes": reached, "forecast": {"nodes": expected}}

    def _fate(self, on: str, plan: dict[str, Any]) -> None:
        month = self.random.randint(5, 11)
        match self.random.randint(0, 4):
            case 0:
                day = self.day(month)
                given = {
                    "cause": "policy",
                    "restart_steps": "等待",
                    "review_on": (day + timedelta(days=60)).isoformat(),
                }
                self.add(day, OFFICE, "suspend", on, given)
                if self.chance(0.7):
                    self.add(self.day(month + 1), OFFICE, "resume", on, {"reason": "恢复"})
            case 1:
                day = self.day(month)
                self.add(day, LEAD, "claim_done", on, {"finished_on": day.isoformat(), "note": "已完成"})
                if self.chance(0.5):
                    self.add(day + timedelta(days=3), OFFICE, "verify_done", on, {"note": "属实"})
                    if self.chance(0.4):
                        self.add(day + timedelta(days=9), OFFICE, "reopen", on, {"reason": "未完"})
            case 2:
                self.add(self.day(month), OFFICE, "drop", on, {"reason": "取消"})
            case 3 if plan["nodes"]:
                self._replan(on, plan["nodes"][0])

    def _replan(self, on: str, row: dict[str, Any]) -> None:
        new = {"name": row["name"], "task": row["task"], "planned_on": f"{self.year}-12-20"}
        asked = {"nodes": [new], "cause": self.random.choice(("weather", "error")), "reason": "暴雨"}
        moved = date.fromisoformat(new["planned_on"]) - date.fromisoformat(row["planned_on"])
        if moved.days > 1 and self.chance(0.6):
            asked["days"] = [self._days_of(row, 1), self._days_of(row, moved.days - 1)]
        self.add(self.day(3, 16), LEAD, "replan", on, asked)
        self.add(self.day(4), OFFICE, "confirm_replan", on)
