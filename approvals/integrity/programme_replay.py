"""What the rows of an item should be by its chain: columns, plan, replans, people, entries and what counts of them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON, UNIT
from approvals.accounts.units import unit_ids
from approvals.base.hashing import canonical
from approvals.history.record import ENTRY
from approvals.integrity.programme_plan_changes import asked_division, asked_replan, plan_change_rows
from approvals.programme.entries.cells import CellsDue
from approvals.programme.entries.counting import amount_rows, quantity_rows
from approvals.programme.entries.recorded import without_recorded
from approvals.programme.items.actions import item_columns
from approvals.programme.items.plan import indicator_values, line_values, node_values

Rows = dict[str, Counter[tuple[Any, ...]]]  # by what they are
Facts = Mapping[str, Any]
Columns = dict[str, Any]  # as they should stand


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Ids by the names and user names that the record uses; `successors` of merged units."""

    units: Mapping[str, int]
    people: Mapping[str, int]
    successors: Mapping[int, int]


def names_of(tx: Connection) -> KnownNames:
    people = tx.execute(select(PERSON.c.username, PERSON.c.id).order_by(PERSON.c.id))
    units = tx.execute(select(UNIT.c.id, UNIT.c.successor_id).order_by(UNIT.c.id))
    successors = {row.id: row.successor_id or row.id for row in units}
    return KnownNames(unit_ids(tx), {row.username: row.id for row in people}, successors)


@dataclass
class Due:
    """A row of the plan as an entry's cells ask for it: its key stands in place of its id."""

    id: Any


def _new_entry() -> Columns:
    """The columns of an entry as they stand before its first report."""
    texts = dict.fromkeys(("reported", "amendment", "amended_by"), "")
    return texts | dict.fromkeys(("first_reported_at", "confirmed_at", "money_confirmed_at"))


@dataclass
class ItemReplay:
    """One item as its chain tells it."""

    names: KnownNames
    columns: Columns = field(default_factory=dict)
    plan: Facts = field(default_factory=dict)
    people: list[list[Any]] = field(default_factory=list)
    replans: list[dict[str, Any]] = field(default_factory=list)
    divisions: list[dict[str, Any]] = field(default_factory=list)
    entries: dict[int, Columns] = field(default_factory=dict)  # by their ids
    counted: Rows = field(default_factory=lambda: defaultdict(Counter))

    def unit(self, name: str) -> int | None:
        return self.names.units.get(name)


def replay_items(tx: Connection, names: KnownNames) -> Iterator[tuple[int, ItemReplay]]:
    """Each item that has a chain, with what the chain says of it."""
    query = select(ENTRY).where(ENTRY.c.subject.in_(("item", "entry"))).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for chain, rows in groupby(tx.execute(query), key=lambda row: row.project_id):
        replay = ItemReplay(names)
        for row in rows:
            step = _STEPS.get((row.subject, row.move))
            if step:
                step(replay, row, orjson.loads(row.facts))
        yield -chain, replay


# Moves of the item.


def _propose(item: ItemReplay, _row: Any, facts: Facts) -> None:
    days = {name: date.fromisoformat(facts[name]) for name in ("starts_on", "finishes_on") if facts.get(name)}
    planned = facts.get("planned_10k_yuan")
    amount = {"planned_10k_yuan": None if planned is None else Decimal(planned)}
    item.columns = item_columns({**facts, **days, **amount}) | {
        "year": facts["year"],
        "item_no": facts["item_no"],
        "lead_unit_id": item.unit(facts["lead_unit"]),
        "is_taken_over": False,
        "adopted_at": None,
        "in_use_asked": 0,
    }


def _assign(item: ItemReplay, row: Any, facts: Facts) -> None:
    item.plan = facts
    item.people = [[code, username, row.at, None, ""] for code, username in facts.get("responsible", {}).items()]


def _adopt(item: ItemReplay, row: Any, _facts: Facts) -> None:
    item.columns["adopted_at"] = row.at


def _take_over(item: ItemReplay, row: Any, facts: Facts) -> None:
    _propose(item, row, facts)
    _assign(item, row, facts)
    item.columns |= {"is_taken_over": True, "adopted_at": row.at}


def _verify_done(item: ItemReplay, _row: Any, _facts: Facts) -> None:
    item.columns["in_use_asked"] = 0


def _ask_in_use(item: ItemReplay, _row: Any, _facts: Facts) -> None:
    item.columns["in_use_asked"] += 1


def _replan(item: ItemReplay, row: Any, facts: Facts) -> None:
    item.replans.append(asked_replan(row.at, facts))


def _divide_days(item: ItemReplay, row: Any, facts: Facts) -> None:
    item.divisions.append(asked_division(row.at, facts))


def _decided(rows: str, state: str) -> Callable[[ItemReplay, Any, Facts], None]:
    """The step of a move that decides what was asked for last."""

    def decide(item: ItemReplay, row: Any, _facts: Facts) -> None:
        getattr(item, rows)[-1] |= {"state": state, "decided_at": row.at}

    return decide


def _hand_over(item: ItemReplay, row: Any, facts: Facts) -> None:
    for person in item.people:
        if person[0] == facts["task"] and person[3] is None:
            person[3] = row.at
    item.people.append([facts["task"], facts["responsible"], row.at, None, facts["note"]])


# Moves of its entries.


def _report(item: ItemReplay, row: Any, facts: Facts) -> None:
    entry = item.entries.setdefault(row.subject_id, _new_entry())
    code, _slash, month = facts["entry"].rpartition("/")
    first = entry["first_reported_at"] or row.at
    entry |= {"reported": canonical(without_recorded(facts)), "first_reported_at": first}
    entry |= {"code": code, "month": month, "money_confirmed_at": None}
    item.counted["report"][row.subject_id, not facts.get("no_figure"), row.at] += 1


def _confirm(item: ItemReplay, row: Any, _facts: Facts) -> None:
    entry = item.entries[row.subject_id]
    entry["confirmed_at"] = row.at
    _count_quantities(item, row, entry["reported"])


def _confirm_money(item: ItemReplay, row: Any, _facts: Facts) -> None:
    entry = item.entries[row.subject_id]
    entry["money_confirmed_at"] = row.at
    _count_amounts(item, row, entry["reported"])


def _amend(item: ItemReplay, row: Any, facts: Facts) -> None:
    changes = {"amendment": canonical(without_recorded(facts)), "amended_by": row.actor}
    item.entries[row.subject_id] |= changes


def _confirm_amendment(item: ItemReplay, row: Any, _facts: Facts) -> None:
    columns = item.entries[row.subject_id]
    _count_quantities(item, row, columns["amendment"], columns["reported"])
    _count_amounts(item, row, columns["amendment"])
    columns |= {"reported": columns["amendment"], "amendment": "", "amended_by": ""}


def _decline_amendment(item: ItemReplay, row: Any, _facts: Facts) -> None:
    item.entries[row.subject_id] |= {"amendment": "", "amended_by": ""}


def _take_over_entry(item: ItemReplay, row: Any, facts: Facts) -> None:
    _report(item, row, facts)
    item.entries[row.subject_id]["confirmed_at"] = row.at
    _confirm_money(item, row, facts)


def _count_quantities(item: ItemReplay, row: Any, reported: str, before: str = "") -> None:
    facts, month = (orjson.loads(reported), orjson.loads(before) if before else {}), _month(item, row)
    for table, rows in quantity_rows(_due(item, row.subject_id), *facts):
        for counted in rows:
            item.counted[table.name][row.subject_id, *counted.values(), row.at, month, True] += 1


def _count_amounts(item: ItemReplay, row: Any, reported: str) -> None:
    for counted in amount_rows(_due(item, row.subject_id), orjson.loads(reported)):
        item.counted["programme_amounts"][row.subject_id, *counted.values(), row.at, _month(item, row), True] += 1


def _month(item: ItemReplay, row: Any) -> Any:
    return item.entries[row.subject_id]["month"]


def _due(item: ItemReplay, entry_id: int) -> CellsDue:
    """The cells of the entry's task, by the plan."""
    code = item.entries[entry_id]["code"]
    indicators = [row["name"] for row in item.plan.get("indicators", ()) if code in row["targets"]]
    sources = [row["source"] for row in item.plan.get("funds", ()) if row["task"] == code]
    nodes = [row["name"] for row in item.plan.get("nodes", ()) if row["task"] == code]
    return CellsDue(*({name: Due(name) for name in names} for names in (indicators, sources, nodes)))


_STEPS: Mapping[tuple[str, str], Callable[[ItemReplay, Any, Facts], None]] = {
    ("item", "propose"): _propose,
    ("item", "assign"): _assign,
    ("item", "adopt"): _adopt,
    **{("item", name): _take_over for name in ("take_over", "take_over_done", "take_over_suspended")},
    ("item", "replan"): _replan,
    ("item", "confirm_replan"): _decided("replans", "confirmed"),
    ("item", "refuse_replan"): _decided("replans", "refused"),
    ("item", "divide_days"): _divide_days,
    ("item", "confirm_days"): _decided("divisions", "confirmed"),
    ("item", "decline_days"): _decided("divisions", "declined"),
    ("item", "hand_over"): _hand_over,
    ("item", "verify_done"): _verify_done,
    ("item", "ask_in_use"): _ask_in_use,
    ("entry", "report"): _report,
    ("entry", "confirm"): _confirm,
    ("entry", "confirm_money"): _confirm_money,
    ("entry", "amend_entry"): _amend,
    ("entry", "confirm_amendment"): _confirm_amendment,
    ("entry", "decline_amendment"): _decline_amendment,
    ("entry", "take_over_entry"): _take_over_entry,
}


# The rows of the plan.


def plan_rows(item: ItemReplay) -> Rows:
    """Tasks, indicators, targets, nodes, fund lines, people, replans and divided days as they should be, by table."""
    plan = item.plan
    codes: Mapping[str, Any] = {row["code"]: row["code"] for row in plan.get("tasks", ())}
    reporters = plan.get("reporters", {})
    rows: dict[str, list[tuple[Any, ...]]] = {
        "programme_tasks": [
            (row["code"], item.unit(row["unit"]), row["rhythm"], item.names.people.get(reporters.get(row["code"], "")))
            for row in plan.get("tasks", ())
        ],
        "programme_indicators": [tuple(indicator_values(row).values()) for row in plan.get("indicators", ())],
        "programme_targets": [
            (row["name"], code, None if target is None else Decimal(target))
            for row in plan.get("indicators", ())
            for code, target in row["targets"].items()
        ],
        "programme_nodes": [
            tuple((node_values(row, codes) | {"planned_on": date.fromisoformat(row["planned_on"])}).values())
            for row in plan.get("nodes", ())
        ],
        "programme_fund_lines": [
            tuple((line_values(row, codes) | {"planned_10k_yuan": Decimal(row["planned_10k_yuan"])}).values())
            for row in plan.get("funds", ())
        ],
        "programme_task_people": [(code, item.names.people.get(name), *rest) for code, name, *rest in item.people],
        **plan_change_rows(item.replans, item.divisions),
    }
    return {table: Counter(rows_) for table, rows_ in rows.items()}
