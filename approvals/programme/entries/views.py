"""One monthly entry for its page: its cells, what counts by now, what was reported, and what may be done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.errors import Refused
from approvals.base.moments import read_month
from approvals.history.queries import EntryView, entries_of_case
from approvals.programme.entries.actions import BY_TASK, check_open
from approvals.programme.entries.cells import cells_due, counted_amounts, counted_quantities
from approvals.programme.queries import (
    REACHED,
    TASK_PEOPLE,
    EntryKey,
    chain_of_item,
    entry_ref,
    entry_row,
    item_place,
    task_label,
    task_place,
)
from approvals.programme.seen import seen_item, seen_task
from workflows.charts.model import Move, State, open_moves
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import SOURCES
from workflows.label import Label
from workflows.rules.programme_facts import KINDS_OF_MONEY

DUE = ENTRY.state("due")


@dataclass(frozen=True, slots=True)
class QuantityCell:
    """An indicator of the task; `before` is the figure that counts by now, `reported` the one of this entry."""

    name: str
    unit: str
    decimals: int
    target: Decimal | None
    before: Decimal | None
    reported: Decimal | None


@dataclass(frozen=True, slots=True)
class MoneyCell:
    """A fund line of the task, with its three kinds of money."""

    source: str
    label: Label
    planned: Decimal
    before: Mapping[str, Decimal]
    reported: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class NodeCell:
    """A node of the task; `reached_on` as far as that counts, `reported_on` as this entry says."""

    name: str
    planned_on: date
    reached_on: date | None
    reported_on: date | None
    needs_evidence: bool


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`refusal` is why nothing can be reported now; `reported` is what the last report said."""

    year: int
    item_no: str
    name: str
    code: str
    place: str
    month: date
    unit: UnitName
    lead: UnitName
    person: str
    state: State
    version: int | None
    quantities: tuple[QuantityCell, ...]
    money: tuple[MoneyCell, ...]
    nodes: tuple[NodeCell, ...]
    reported: Mapping[str, Any]
    amendment: Mapping[str, Any]
    is_money_confirmed: bool
    moves: tuple[Move, ...]
    refusal: Refused | None
    entries: tuple[EntryView, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems of the last report, in words."""
        problems = self.reported.get("problems", ())
        return tuple(problem if isinstance(problem, str) else problem["text"] for problem in problems)

    @property
    def next(self) -> str:
        return str(self.reported.get("next", ""))

    @property
    def no_figure(self) -> Mapping[str, str]:
        """Why there is no figure, by indicator or source."""
        return dict(self.reported.get("no_figure", {}))

    @property
    def amendment_reason(self) -> str:
        return str(self.amendment.get("reason", ""))

    @property
    def ref(self) -> str:
        return entry_ref(self, self.code, f"{self.month:%Y-%m}")


def entry_page(tx: Connection, key: EntryKey, actor: Actor, now: datetime) -> EntryPage:
    """The entry at this address, which need not have been begun; NotFound for what the actor may not see."""
    item = seen_item(tx, key.year, key.item_no, actor)
    task = seen_task(tx, item, key.code, actor)
    entry, due = entry_row(tx, task.id, key.month), cells_due(tx, task.id)
    reported = _read(entry.reported) if entry else {}
    unit = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.id == task.unit_id)).one()
    own = entries_of_case(tx, chain_of_item(item.id), ENTRY.name, entry.id) if entry else []
    refusal = refusal_to_report(tx, item, task, key.month, now)
    return EntryPage(
        year=item.year,
        item_no=item.item_no,
        name=item.name,
        code=task.code,
        place=task_label(task.code),
        month=read_month(key.month).first_on,
        unit=UnitName(unit.name, unit.name_en),
        lead=UnitName(item.lead, item.lead_en),
        person=tx.execute(responsible(task.id)).scalar_one_or_none() or "",
        state=ENTRY.state(entry.state) if entry else DUE,
        version=entry.version if entry else None,
        quantities=_quantities(tx, due.indicators.values(), key.month, reported),
        money=_money(tx, due.lines.values(), key.month, reported),
        nodes=_nodes(tx, due.nodes.values(), reported),
        reported=reported,
        amendment=_read(entry.amendment) if entry else {},
        is_money_confirmed=bool(entry and entry.money_confirmed_at),
        moves=entry_moves(item, task, entry, actor, refusal),
        refusal=refusal if task.unit_id in actor.units else None,
        entries=tuple(own),
    )


def responsible(task_id: Any) -> Select[str]:
    """Who is responsible for a task now; `task_id` may be a column, too."""
    person = PERSON.alias("responsible")
    held = TASK_PEOPLE.c.task_id == task_id, TASK_PEOPLE.c.until_at.is_(None)
    query = select(person.c.name).join(TASK_PEOPLE, TASK_PEOPLE.c.person_id == person.c.id).where(*held)
    return query.order_by(TASK_PEOPLE.c.id.desc()).limit(1)


def _read(text: str) -> dict[str, Any]:
    return dict(orjson.loads(text)) if text else {}


def refusal_to_report(tx: Connection, item: Any, task: Any, month: str, now: datetime) -> Refused | None:
    """Why the task cannot report for this month now, None when it can."""
    try:
        check_open(tx, item, task, month, now)
    except Refused as refusal:
        return refusal
    return None


def entry_moves(item: Any, task: Any, entry: Any, actor: Actor, refusal: Refused | None) -> tuple[Move, ...]:
    state = entry.state if entry else DUE.name
    as_task, as_lead = (acting_roles(actor, place) for place in (task_place(task), item_place(item)))
    possible = (
        *(move for move in open_moves(ENTRY, state, as_task) if move.name in BY_TASK),
        *(move for move in open_moves(ENTRY, state, as_lead) if move.name not in BY_TASK),
    )
    return tuple(move for move in possible if _is_possible(move.name, entry, actor, refusal))


def _is_possible(name: str, entry: Any, actor: Actor, refusal: Refused | None) -> bool:
    """What the state alone does not say: an open month, money to confirm, an amendment of somebody else."""
    if name == "report":
        return refusal is None
    if name == "close":
        return False  # a month is closed as a whole
    if name == "confirm_money":
        return entry.money_confirmed_at is None
    if name in ("confirm_amendment", "decline_amendment"):
        return bool(entry.amendment) and entry.amended_by != actor.username
    return name != "amend_entry" or not entry.amendment


# The cells.


def _quantities(
    tx: Connection, rows: Collection[Any], month: str, reported: Mapping[str, Any]
) -> tuple[QuantityCell, ...]:
    counted = counted_quantities(tx, [row.id for row in rows], month)
    values = reported.get("quantities", {})
    return tuple(
        QuantityCell(row.name, row.unit, row.decimals, row.target, counted.get(row.id), _decimal(values.get(row.name)))
        for row in rows
    )


def _money(tx: Connection, rows: Collection[Any], month: str, reported: Mapping[str, Any]) -> tuple[MoneyCell, ...]:
    counted = counted_amounts(tx, [row.id for row in rows], month)
    sent = {row["source"]: row for row in reported.get("funds", ())}
    return tuple(
        MoneyCell(
            source=row.source,
            label=SOURCES[row.source],
            planned=row.planned_10k_yuan,
            before=counted.get(row.id, {}),
            reported={kind: Decimal(str(sent[row.source][kind])) for kind in KINDS_OF_MONEY}
            if row.source in sent
            else {},
        )
        for row in rows
    )


def _nodes(tx: Connection, rows: Collection[Any], reported: Mapping[str, Any]) -> tuple[NodeCell, ...]:
    query = (
        select(REACHED).where(REACHED.c.node_id.in_([row.id for row in rows])).order_by(REACHED.c.month, REACHED.c.id)
    )
    stated = {(row.node_id, row.month): row.reached_on for row in tx.execute(query)}
    reached = {node_id: day for (node_id, _), day in stated.items() if day is not None}
    sent = {row["name"]: date.fromisoformat(row["reached_on"]) for row in reported.get("nodes", ())}
    return tuple(
        NodeCell(row.name, row.planned_on, reached.get(row.id), sent.get(row.name), row.needs_evidence) for row in rows
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
