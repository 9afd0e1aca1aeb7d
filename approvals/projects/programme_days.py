"""Whose the days of late nodes of the programme are: those of approvals by their clock, and the move that divides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, select

from approvals.base.errors import Invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, end_of
from approvals.calendar.queries import STEP_FACTS, as_step
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import ENTRY, Subject
from approvals.history.tables import HALTS, OF_CLOCK
from approvals.programme.items.actions import move_item
from approvals.programme.queries import ITEMS, NODES, item_key
from approvals.projects.programme_figures import approvals_of_nodes, year_facts
from approvals.registration.queries import APPROVALS
from workflows.charts.item import ITEM
from workflows.clock.time_accounting import holders
from workflows.clock.timeline import Step, known_steps
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import days_late
from workflows.rules.programme_whose_days import Changes, Hands, NodeDays, late_days

_STEP = ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at


def days_of_nodes(tx: Connection, items: Iterable[ItemFacts], sight: Sight) -> list[NodeDays]:
    """The late nodes of these items with their days by party, those of approvals by their clock."""
    items = list(items)
    waiting = [node.id for item in items for node in item.nodes if node.approval and days_late(node, sight)]
    return list(late_days(items, sight, hands_of_nodes(tx, waiting, sight.known)))


def hands_of_nodes(tx: Connection, node_ids: list[int], known: date) -> Hands:
    """Who held the approval that reaches each of these nodes, as known; where there are several, the latest one."""
    if not node_ids:
        return {}
    query = select(NODES.c.id, APPROVALS.c.id.label("approval_id"), APPROVALS.c.project_id)
    query = query.select_from(approvals_of_nodes()).where(NODES.c.id.in_(node_ids))
    approvals = {row.id: row for row in tx.execute(query.order_by(NODES.c.id, APPROVALS.c.id))}
    own = _steps(tx, ENTRY.c.approval_id, [row.approval_id for row in approvals.values()], OF_CLOCK, known)
    halts = _steps(tx, ENTRY.c.project_id, [row.project_id for row in approvals.values()], HALTS, known)
    return {
        node_id: _hands([*own[row.approval_id], *halts.get(row.project_id, ())], known)
        for node_id, row in approvals.items()
        if own.get(row.approval_id)
    }


def _hands(steps: Iterable[Step], known: date) -> Changes:
    return holders(known_steps(sorted(steps, key=lambda step: step.seq), known))


def _steps(
    tx: Connection, key: ColumnElement[Any], ids: Iterable[int], where: TextClause, known: date
) -> Mapping[int, list[Step]]:
    """The steps of these approvals or projects up to the close of the day, by their ids."""
    entries = select(key, *_STEP, STEP_FACTS).where(key.in_(list(ids)), where, ENTRY.c.at <= end_of(known))
    rows = tx.execute(entries.order_by(key, ENTRY.c.seq))
    return {
        of: [as_step(row.move, day_of(row.at), row.facts, seq=row.seq) for row in group]
        for of, group in groupby(rows, key=lambda row: row[0])
    }


# The move.


def divide_days(tx: Connection, command: Command) -> Subject:
    """Propose whose the days are; Invalid for more days than clock and record leave of a node that is late."""
    case = move_item(tx, command)
    year, item_no = item_key(command.ref.key)
    on = day_of(command.at or command.now)
    items = year_facts(tx, year, command.actor, ITEMS.c.item_no == item_no).values()
    days = check_input(ITEM, command.move, command.input)["days"]
    _check_days(days, {(node.code, node.name): node for node in days_of_nodes(tx, items, Sight(on, on))})
    return case


def _check_days(days: list[dict[str, Any]], late: Mapping[tuple[str, str], NodeDays]) -> None:
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {}
    divided: dict[tuple[str, str], int] = defaultdict(int)
    for index, row in enumerate(days):
        key = row["task"], row["name"]
        divided[key] += row["days"]
        if key not in late:
            faults[f"days.{index}.name"] = [(N_("is not a late node of this item"), {})]
        elif divided[key] > late[key].to_divide:
            left = {"node": row["name"], "days": late[key].to_divide}
            faults[f"days.{index}.days"] = [(N_("exceed the %(days)s days of “%(node)s” that can be divided"), left)]
    if faults:
        raise Invalid(faults)
