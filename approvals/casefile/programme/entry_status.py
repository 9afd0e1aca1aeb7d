"""One monthly entry as it stands now: what was reported, what waits, and the moves that are open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UNIT
from approvals.base.errors import NotFound, Refused
from approvals.programme.entries.actions import BY_TASK, check_month, may_report
from approvals.programme.queries import (
    ITEMS,
    entry_key,
    entry_ref,
    entry_row,
    item_place,
    sees_whole_item,
    task_called,
    task_place,
    visible_items,
)
from workflows.charts.model import open_moves
from workflows.charts.monthly_entry import ENTRY
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_entries import report_day_of

DUE, CLOSE, REPORT = "due", "close", "report"


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """`reported` is what the last report said; `version` is 0 while nothing was ever reported."""

    ref: str
    year: int
    item_no: str
    task: str
    month: str
    unit: str
    due_on: date
    state: str
    version: int
    reported_at: datetime | None
    confirmed_at: datetime | None
    money_confirmed_at: datetime | None
    reported: Mapping[str, Any]
    amendment: Mapping[str, Any] | None
    moves: tuple[str, ...]


def entry_status(tx: Connection, key: str, actor: Actor, now: datetime, rules: ProgrammeRules) -> EntryStatus:
    """The entry at this address, begun or not; NotFound when the actor may not see it or it can never be."""
    address = entry_key(key)
    query = select(ITEMS).where(ITEMS.c.year == address.year, ITEMS.c.item_no == address.item_no, visible_items(actor))
    item = tx.execute(query).one_or_none()
    if item is None:
        raise NotFound
    task = task_called(tx, item.id, address.code)
    if not sees_whole_item(actor, item) and task.unit_id not in actor.units:
        raise NotFound
    entry = entry_row(tx, task.id, address.month)
    if entry is None and int(address.month[:4]) != item.year:
        raise NotFound
    return EntryStatus(
        ref=entry_ref(item, task.code, address.month),
        year=item.year,
        item_no=item.item_no,
        task=task.code,
        month=address.month,
        unit=tx.execute(select(UNIT.c.name).where(UNIT.c.id == task.unit_id)).scalar_one(),
        due_on=report_day_of(address.month, rules),
        state=entry.state if entry else DUE,
        version=entry.version if entry else 0,
        reported_at=entry.first_reported_at if entry else None,
        confirmed_at=entry.confirmed_at if entry else None,
        money_confirmed_at=entry.money_confirmed_at if entry else None,
        reported=orjson.loads(entry.reported) if entry and entry.reported else {},
        amendment=orjson.loads(entry.amendment) if entry and entry.amendment else None,
        moves=tuple(_moves(tx, item, task, entry, address.month, actor, now)),
    )


def _moves(
    tx: Connection, item: Any, task: Any, entry: Any | None, month: str, actor: Actor, now: datetime
) -> Iterator[str]:
    state = entry.state if entry else DUE
    for place, is_tasks in ((task_place(task), True), (item_place(item), False)):
        for move in open_moves(ENTRY, state, acting_roles(actor, place)):
            if (move.name in BY_TASK) != is_tasks or not _is_open(move.name, entry):
                continue
            if move.name != REPORT or _may_report(tx, item, task, month, now):
                yield move.name


def _is_open(move: str, entry: Any | None) -> bool:
    """What the state alone does not say: money that is not confirmed yet, an amendment that waits."""
    if move == CLOSE:
        return False  # a month is closed as a whole
    if move == "confirm_money":
        return entry is not None and entry.money_confirmed_at is None
    if move in ("confirm_amendment", "decline_amendment"):
        return entry is not None and bool(entry.amendment)
    return move != "amend_entry" or (entry is not None and not entry.amendment)


def _may_report(tx: Connection, item: Any, task: Any, month: str, now: datetime) -> bool:
    try:
        check_month(item, task, month, now)
    except Refused:
        return False
    return may_report(tx, task.id, month, now)
