"""Moves of a programme year: months are closed, or opened for one task; totals and outcomes are recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from approvals.accounts.actors import SYSTEM_ACTOR, acting_role
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, month_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    CITY,
    OpenChain,
    Subject,
    begun,
    check_version,
    locked_city_chain,
    move,
    recording,
    row_to_begin,
)
from approvals.programme.entries.actions import close_entry
from approvals.programme.queries import (
    CLOSED,
    ENTRIES,
    EXCEPTIONS,
    ITEMS,
    LAST_YEARS,
    PREFIX,
    TASKS,
    YEARS,
    is_closed,
    locked_item_by_id,
    record_of_item,
    year_case,
    year_key,
)
from approvals.programme.worklist import missing_tasks
from approvals.programme.years.outcomes import OUTCOMES, STATED
from workflows.charts.model import SYSTEM
from workflows.charts.programme_year import PROGRAMME


def move_year(tx: Connection, command: Command) -> Subject:
    """Close a month with all its confirmed entries, open a closed one for one task, or record totals and outcomes."""
    role = acting_role(command.actor, PROGRAMME.move(command.move), CITY)
    facts = check_input(PROGRAMME, command.move, command.input)
    at = command.at or command.now
    with recording(tx, *locked_city_chain(tx, at), at=command.at, now=command.now) as record:
        year = _open_year(record, year_key(command.ref.key))
        check_version(year_case(year), command.version)
        if "month" in facts:
            _check_month(facts["month"], year.year, record.at)
        done = _EFFECTS[command.move](record, year, facts, command, role)
        case = replace(year_case(year), place=replace(CITY, task_units=done.task_units))
        return move(record, case, command.move, by=command.actor, role=role, facts={**facts, **done.facts})


@dataclass(frozen=True, slots=True)
class _Done:
    """What a move recorded beside its input, and the units that are told of it."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    task_units: tuple[int, ...] = ()


def _open_year(record: OpenChain, year: int) -> Row[Any]:
    """The row of a year, begun by the system when it is first spoken of; NotFound for a year without items."""
    query = select(YEARS).where(YEARS.c.year == year)
    row = record.tx.execute(query).one_or_none()
    if row is not None:
        return row
    if record.tx.execute(select(ITEMS.c.id).where(ITEMS.c.year == year).limit(1)).first() is None:
        raise NotFound
    record.tx.execute(insert(YEARS), row_to_begin(PROGRAMME, "open_year", {"year": year}, record.at))
    row = record.tx.execute(query).one()
    begun(record, year_case(row), "open_year", by=SYSTEM_ACTOR, role=SYSTEM, facts={"year": year})
    return row


def _check_month(month: str, year: int, at: datetime) -> None:
    if int(month[:4]) != year:
        raise invalid("month", N_("is not a month of this year"))
    if month > str(month_of(day_of(at))):
        raise invalid("month", N_("has not begun"))


def _close_month(record: OpenChain, _year: Row[Any], facts: Mapping[str, Any], command: Command, role: str) -> _Done:
    month = facts["month"]
    if is_closed(record.tx, month):
        raise Refused(N_("This month is already closed."))
    record.tx.execute(insert(CLOSED), {"month": month, "closed_at": record.at})
    return _Done({"closed": _close_entries(record, month, command, role)})


def _close_entries(year_record: OpenChain, month: str, command: Command, role: str) -> int:
    """Close the confirmed entries of a month, item by item, each in its own chain; how many."""
    tx = year_record.tx
    confirmed = (
        select(ENTRIES, TASKS.c.item_id, TASKS.c.code, TASKS.c.unit_id)
        .join(TASKS, TASKS.c.id == ENTRIES.c.task_id)
        .where(ENTRIES.c.month == month, ENTRIES.c.state == "confirmed")
        .order_by(TASKS.c.item_id, ENTRIES.c.id)
    )
    count = 0
    for item_id, entries in groupby(tx.execute(confirmed).all(), key=lambda row: row.item_id):
        item = locked_item_by_id(tx, item_id)
        with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
            for entry in entries:
                close_entry(record, item, entry, entry, command, role)
                count += 1
    return count


def _open_exception(
    record: OpenChain, _year: Row[Any], facts: Mapping[str, Any], _command: Command, _role: str
) -> _Done:
    if not is_closed(record.tx, facts["month"]):
        raise Refused(N_("This month is not closed; it is open for everybody."))
    if facts["until"] < day_of(record.at):
        raise invalid("until", N_("must not be in the past"))
    year = facts["month"][:4]
    item_no, _slash, code = facts["task"].removeprefix(f"{PREFIX}/{year}/").rpartition("/")
    task = record.tx.execute(
        select(TASKS.c.id)
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .where(ITEMS.c.year == int(year), ITEMS.c.item_no == item_no, TASKS.c.code == code)
    ).scalar_one_or_none()
    if task is None:
        raise invalid("task", N_("is not a task of this year, as in 030/510402"))
    row = {"task_id": task, "month": facts["month"], "until_on": facts["until"], "reason": facts["reason"]}
    record.tx.execute(insert(EXCEPTIONS), row | {"opened_at": record.at})
    return _Done()


def _record_last_year(
    record: OpenChain, year: Row[Any], facts: Mapping[str, Any], _command: Command, _role: str
) -> _Done:
    row = {name: facts.get(name) for name in ("planned", "fiscal", "executed", "source")}
    record.tx.execute(insert(LAST_YEARS), row | {"year": year.year, "counts_at": record.at})
    return _Done()


def _record_outcome(
    record: OpenChain, year: Row[Any], facts: Mapping[str, Any], _command: Command, _role: str
) -> _Done:
    """A newer statement of the same outcome and period is a correction, and says why."""
    of_outcome = (OUTCOMES.c.year == year.year, *(OUTCOMES.c[name] == facts[name] for name in ("name", "period")))
    if not facts.get("reason") and record.tx.execute(select(OUTCOMES.c.id).where(*of_outcome).limit(1)).first():
        raise invalid("reason", N_("is required: this outcome is recorded already and would be corrected"))
    row = {name: facts.get(name) for name in STATED} | {"reason": facts.get("reason") or ""}
    record.tx.execute(insert(OUTCOMES), row | {"year": year.year, "counts_at": record.at})
    return _Done()


def _remind(record: OpenChain, year: Row[Any], facts: Mapping[str, Any], _command: Command, _role: str) -> _Done:
    """What is missing, for the record and for the units that owe it; Refused when everything came."""
    missing = missing_tasks(record.tx, year.year, facts["month"], record.at)
    if not missing:
        raise Refused(N_("Every task has reported for this month."))
    names = [f"{task.item_no}/{task.code}" for task, _state in missing]
    return _Done({"tasks": names}, tuple(dict.fromkeys(task.unit_id for task, _state in missing)))


_EFFECTS = {
    "remind": _remind,
    "close_month": _close_month,
    "open_exception": _open_exception,
    "record_last_year": _record_last_year,
    "record_outcome": _record_outcome,
}
