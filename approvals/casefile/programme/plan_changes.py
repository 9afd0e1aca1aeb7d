"""What was asked for of an item's plan: every new plan, refused ones too, and the division of days that waits."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.base.moments import day_of
from approvals.history.record import ENTRY
from approvals.programme.items.asked import waiting
from approvals.programme.queries import DIVISIONS, REPLANS, chain_of_item, task_label
from workflows.charts.programme_terms import PARTIES, REPLAN_CAUSES, SOURCES
from workflows.label import Label
from workflows.rules.programme_facts import Sight

ASKED, CONFIRMED, REFUSED = Label("待确认", "Waiting"), Label("已同意", "Confirmed"), Label("未同意", "Refused")
STATES: Mapping[str, Label] = {"asked": ASKED, "confirmed": CONFIRMED, "refused": REFUSED}


@dataclass(frozen=True, slots=True)
class AskedDays:
    """Days of one node that are one party's."""

    task: str
    name: str
    party: str
    days: int

    @property
    def place(self) -> str:
        return task_label(self.task)

    @property
    def label(self) -> Label:
        return PARTIES[self.party]


@dataclass(frozen=True, slots=True)
class AskedReplan:
    """A new plan as it was asked for; `is_late` when that was nearer to a planned day than the policy allows."""

    state: str
    cause: str
    reason: str
    nodes: tuple[tuple[str, str, date], ...]  # task, node, new day
    funds: tuple[tuple[str, str, Decimal], ...]  # task, source, new amount
    days: tuple[AskedDays, ...]
    asked_on: date
    decided_on: date | None
    is_late: bool

    @property
    def is_waiting(self) -> bool:
        return self.state == "asked"

    @property
    def label(self) -> Label:
        return STATES[self.state]

    @property
    def cause_label(self) -> Label:
        return REPLAN_CAUSES[self.cause]

    @property
    def node_days(self) -> list[tuple[str, str, date]]:
        """Place, node, new day."""
        return [(task_label(task), name, day) for task, name, day in self.nodes]

    @property
    def amounts(self) -> list[tuple[str, Label, Decimal]]:
        return [(task_label(task), SOURCES[source], amount) for task, source, amount in self.funds]


@dataclass(frozen=True, slots=True)
class AskedDivision:
    note: str
    days: tuple[AskedDays, ...]


def replans_of(tx: Connection, item_id: int, sight: Sight, codes: Container[str]) -> tuple[AskedReplan, ...]:
    """The new plans that were asked for by the day of knowledge, in their order, as far as they are of these tasks."""
    rows = tx.execute(select(REPLANS).where(REPLANS.c.item_id == item_id).order_by(REPLANS.c.id)).all()
    if not rows:
        return ()
    asked = ENTRY.c.project_id == chain_of_item(item_id), ENTRY.c.subject == "item", ENTRY.c.move == "replan"
    facts = tx.execute(select(ENTRY.c.facts).where(*asked).order_by(ENTRY.c.seq)).scalars()
    late = ["is_late" in orjson.loads(text) for text in facts]
    known = [(row, is_late) for row, is_late in zip(rows, late, strict=True) if day_of(row.asked_at) <= sight.known]
    replans = [_replan(row, is_late, sight, codes) for row, is_late in known]
    return tuple(replan for replan in replans if replan.nodes or replan.funds)


def _replan(row: Row[Any], is_late: bool, sight: Sight, codes: Container[str]) -> AskedReplan:
    asked = orjson.loads(row.asked_for)
    plan = {name: [cell for cell in rows if cell["task"] in codes] for name, rows in asked.items()}
    decided_on = day_of(row.decided_at) if row.decided_at and day_of(row.decided_at) <= sight.known else None
    return AskedReplan(
        state=row.state if decided_on else "asked",
        cause=row.cause,
        reason=row.reason,
        nodes=tuple((n["task"], n["name"], date.fromisoformat(n["planned_on"])) for n in plan.get("nodes", ())),
        funds=tuple((f["task"], f["source"], Decimal(f["planned_10k_yuan"])) for f in plan.get("funds", ())),
        days=tuple(_days(plan.get("days", ()))),
        asked_on=day_of(row.asked_at),
        decided_on=decided_on,
        is_late=is_late,
    )


def waiting_days(tx: Connection, item_id: int, codes: Container[str]) -> AskedDivision | None:
    """The division of days that waits for the office, if one does, as far as it is of these tasks."""
    row = waiting(tx, DIVISIONS, item_id)
    days = tuple(_days(orjson.loads(row.asked_for)["days"])) if row else ()
    own = tuple(part for part in days if part.task in codes)
    return AskedDivision(row.note, own) if row and own else None


def _days(rows: Iterable[Mapping[str, Any]]) -> Iterator[AskedDays]:
    return (AskedDays(row["task"], row["name"], row["party"], row["days"]) for row in rows)


def is_waiting(replans: Sequence[AskedReplan]) -> bool:
    return any(replan.is_waiting for replan in replans)
