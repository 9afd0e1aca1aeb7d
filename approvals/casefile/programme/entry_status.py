"""One monthly entry as it stands now: what was reported, what waits, and the moves that are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.errors import NotFound
from approvals.programme.entries.views import entry_moves, refusal_to_report
from approvals.programme.queries import entry_key, entry_ref, entry_row
from approvals.programme.seen import seen_item, seen_task
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_entries import report_day_of

DUE = "due"


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
    item = seen_item(tx, address.year, address.item_no, actor)
    task = seen_task(tx, item, address.code, actor)
    entry = entry_row(tx, task.id, address.month)
    if entry is None and int(address.month[:4]) != item.year:
        raise NotFound
    refusal = refusal_to_report(tx, item, task, address.month, now)
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
        moves=tuple(move.name for move in entry_moves(item, task, entry, actor, refusal)),
    )
