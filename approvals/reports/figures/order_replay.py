"""Replays each supervision order up to a moment, from its entries alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast

import orjson
from sqlalchemy import Connection, or_

from approvals.base.moments import day_of
from approvals.history.record import CITY_CHAIN, ENTRY
from approvals.reports.figures.former_units import FormerUnits
from approvals.reports.figures.source_data import EntryRow, by_id
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER, WITH_NAMES, ref_of_order
from workflows.charts.office_moves import STATEMENTS
from workflows.charts.order import ORDER

_EVENT = [ENTRY.c[name] for name in ("project_id", "subject_id", "move", "to_state", "role", "at", "facts")]


class _OrderRow(Protocol):
    id: int
    year: int
    serial: int
    project_id: int | None
    department_id: int
    number: str | None
    uid: str | None
    project_name: str | None
    catalogue_sha256: str | None
    code: str | None


@dataclass(slots=True)
class OrderReplay:
    """An order as it stood; `facts` are those of its issue."""

    ref: str
    project_id: int | None
    project_ref: str  # as the project's row has it; its replay knows better
    project: str
    code: str
    catalogue_sha256: str | None  # of its project's edition
    department_id: int
    entries: list[EntryRow]  # at least the issue, in their order
    facts: dict[str, Any]
    issued_on: date
    due_on: date
    state: str = ""
    lifted_to: int | None = None
    answer: str = ""
    answered_on: date | None = None
    commitment_on: date | None = None
    returned: str = ""

    @property
    def is_open(self) -> bool:
        return self.state not in ORDER.final_states

    def is_overdue(self, on: date) -> bool:
        """Whether an answer was owed at the close of `on`, and its day had passed."""
        return self.state in TO_ANSWER and self.due_on < on


def read_orders(tx: Connection, since: datetime, until: datetime, former: FormerUnits) -> tuple[OrderReplay, ...]:
    """The orders that moved after `since` or were open then or later, as they stood at `until`, in order of issue."""
    rows = _rows(tx, since, until)
    ids = {row.id for row in rows}
    chains = sorted({row.project_id or CITY_CHAIN for row in rows})
    entries: dict[int, list[EntryRow]] = defaultdict(list)
    for entry in by_id(tx, _EVENT, ENTRY.c.project_id, chains, ENTRY.c.seq, subjects=[ORDER.name]):
        if entry.subject_id in ids and entry.at <= until and entry.move not in STATEMENTS:
            entries[entry.subject_id].append(entry)
    return tuple(_replay(row, entries[row.id], former) for row in rows if entries[row.id])


def _rows(tx: Connection, since: datetime, until: datetime) -> Sequence[_OrderRow]:
    """Rows serve as an index only: what was accepted before `since` had no move later."""
    is_unfinished = or_(ORDERS.c.state.not_in(ORDER.final_states), ORDERS.c.state_since >= since)
    issued = ORDERS.c.issued_on <= day_of(until)
    statement = WITH_NAMES.where(issued, is_unfinished).order_by(ORDERS.c.id)
    return cast("Sequence[_OrderRow]", tx.execute(statement).all())


def _replay(row: _OrderRow, entries: list[EntryRow], former: FormerUnits) -> OrderReplay:
    facts = orjson.loads(entries[0].facts)
    order = OrderReplay(
        ref=ref_of_order(row),
        project_id=row.project_id,
        project_ref=row.number or row.uid or "",
        project=row.project_name or "",
        code=row.code or "",
        catalogue_sha256=row.catalogue_sha256,
        department_id=former.department("order", row.id, row.department_id),
        entries=entries,
        facts=facts,
        issued_on=day_of(entries[0].at),
        due_on=date.fromisoformat(facts["due_on"]),
    )
    for entry in entries:
        _apply(order, entry)
    return order


def _apply(order: OrderReplay, entry: EntryRow) -> None:
    order.state, facts = entry.to_state, orjson.loads(entry.facts)
    if entry.move == "answer":
        order.answer, order.answered_on = facts["done"], day_of(entry.at)
        order.commitment_on = date.fromisoformat(facts["commitment_on"]) if facts.get("commitment_on") else None
    elif entry.move == "send_back":
        order.returned, order.due_on, order.lifted_to = facts["reason"], date.fromisoformat(facts["due_on"]), None
    elif entry.move == "lift_order":
        order.lifted_to = facts["level"]
