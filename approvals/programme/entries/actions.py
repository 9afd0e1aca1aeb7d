"""Moves of a monthly entry: reported, sent back, confirmed, its money confirmed, amended after the month was closed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from approvals.accounts.actors import SYSTEM_ACTOR, acting_role
from approvals.accounts.queries import PERSON
from approvals.base.errors import Forbidden, NotFound, Refused
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of, month_of
from approvals.evidence.actions import note_uses
from approvals.evidence.queries import refs_of
from approvals.history.commands import Command, MoveWarning, check_confirmed
from approvals.history.inputs import check_input
from approvals.history.record import OpenChain, Subject, check_version, move, next_state, recording
from approvals.programme.effects import Effect
from approvals.programme.entries.cells import cells_due, check_cells, check_falls, earlier_reports, is_complete
from approvals.programme.entries.counting import count_amounts, count_quantities
from approvals.programme.entries.recorded import ENTRY_OF, IN_THE_NAME_OF
from approvals.programme.entries.warnings import report_warnings
from approvals.programme.evidence import same_pictures, with_evidence
from approvals.programme.problems.reported import take_problems
from approvals.programme.queries import (
    ENTRIES,
    EXCEPTIONS,
    REPORTS,
    TASK_PEOPLE,
    EntryKey,
    chain_of_item,
    entry_case,
    entry_key,
    entry_row,
    is_closed,
    item_case,
    item_place,
    locked_item,
    record_of_item,
    task_called,
    task_place,
)
from workflows.charts.model import SYSTEM
from workflows.charts.monthly_entry import ENTRY, REPORTER
from workflows.rules.programme_figures import REPORTING

CLOSE = "close"
BY_TASK = ("report", "amend_entry")  # moves of the task's unit; all others are the lead unit's, finance's, the office's
QUARTER_ENDS = ("03", "06", "09", "12")


def move_entry(tx: Connection, command: Command) -> Subject:
    """Make one move of an entry, which begins with its first report."""
    key = entry_key(command.ref.key)
    item = locked_item(tx, key.year, key.item_no, command.actor)
    task = task_called(tx, item.id, key.code)
    place = task_place(task) if command.move in BY_TASK else item_place(item)
    role = acting_role(command.actor, ENTRY.move(command.move), place)
    facts = check_input(ENTRY, command.move, command.input)
    with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
        entry = _entry(tx, item, task, key, record.at, begins=command.move == "report")
        case = entry_case(entry, item, task, is_reporters=command.move in BY_TASK)
        check_version(case, command.version)
        next_state(case, command.move)
        facts = with_evidence(tx, item, facts, command.actor, entry if command.move in BY_TASK else None)
        effect = _EFFECTS[command.move](record, _Open(item, task, entry), facts, command)
        recorded = {**facts, **effect.facts}
        case = move(record, case, command.move, by=command.actor, role=role, facts=recorded, changes=effect.changes)
        note_uses(tx, refs_of(facts), chain_of_item(item.id), ENTRY.name, entry.id, record.at)
        if command.move == "confirm" and is_closed(tx, key.month):
            case = move(record, case, CLOSE, by=SYSTEM_ACTOR, role=SYSTEM)
        return replace(case, warnings=effect.warnings)


@dataclass(frozen=True, slots=True)
class _Open:
    """An entry with the item and the task that it is of."""

    item: Row[Any]
    task: Any
    entry: Any


def _entry(tx: Connection, item: Row[Any], task: Any, key: EntryKey, at: datetime, *, begins: bool) -> Any:
    """The entry of this month; for a report it is begun when it is due. NotFound for what was never reported."""
    entry = entry_row(tx, task.id, key.month)
    if entry is None and begins:
        check_month(item, task, key.month, at)
        new = {"task_id": task.id, "month": key.month, "state": "due", "state_since": at, "version": 0}
        tx.execute(insert(ENTRIES), new | {"edition": ENTRY.edition})
        entry = entry_row(tx, task.id, key.month)
    if entry is None:
        raise NotFound
    return entry


def check_month(item: Any, task: Any, month: str, at: datetime) -> None:
    """Refused for a month of which this task makes no entry: of another year, ahead, before adoption, in between."""
    if int(month[:4]) != item.year:
        raise Refused(N_("This month is not of the year of the item."), field="month")
    if month > str(month_of(day_of(at))):
        raise Refused(N_("This month has not begun."), field="month")
    if item.state not in REPORTING:
        raise Refused(N_("Entries can only be made for items that are adopted and not suspended, done or dropped."))
    if item.adopted_at is None or month < str(month_of(day_of(item.adopted_at))):
        raise Refused(N_("The item was not adopted yet in this month."), field="month")
    if not is_of_rhythm(task, month):
        raise Refused(N_("This task is reported by quarter: in March, June, September and December."), field="month")


def is_of_rhythm(task: Any, month: str) -> bool:
    """Whether the task reports of this month, as far as that is a matter of its rhythm."""
    return task.rhythm == "monthly" or month[5:] in QUARTER_ENDS


def check_open(tx: Connection, item: Any, task: Any, month: str, at: datetime) -> None:
    """Refused for a month of which this task makes no entry, and for a closed one that is not open again for it."""
    check_month(item, task, month, at)
    if is_closed(tx, month) and not _is_open_again(tx, task.id, month, at):
        raise Refused(N_("This month is closed. The supervision office may open it again for this task."))


def _is_open_again(tx: Connection, task_id: int, month: str, at: datetime) -> bool:
    """Whether a closed month was opened for this task until a day that has not passed."""
    of_task = EXCEPTIONS.c.task_id == task_id, EXCEPTIONS.c.month == month
    opened = EXCEPTIONS.c.opened_at <= at, EXCEPTIONS.c.until_on >= day_of(at)
    return tx.execute(select(EXCEPTIONS.c.id).where(*of_task, *opened)).first() is not None


def _report(record: OpenChain, at_work: _Open, facts: Mapping[str, Any], command: Command) -> Effect:
    item, task, entry = at_work.item, at_work.task, at_work.entry
    check_open(record.tx, item, task, entry.month, record.at)
    warnings = _checked(record, at_work, facts, command)
    if item.state == "adopted":
        move(record, item_case(item), "begin", by=SYSTEM_ACTOR, role=SYSTEM)
    take_problems(record, item, task.id, facts, command.actor, REPORTER)
    sent = {"entry_id": entry.id, "is_complete": is_complete(facts), "reported_at": record.at}
    record.tx.execute(insert(REPORTS), sent)
    changes = {
        "reported": canonical(facts),
        "first_reported_at": entry.first_reported_at or record.at,
        "money_confirmed_at": None,
    }
    own = {ENTRY_OF: f"{task.code}/{entry.month}"}
    return Effect(changes, _in_the_name_of(record, task.id) | own, warnings)


def _checked(record: OpenChain, at_work: _Open, facts: Mapping[str, Any], command: Command) -> tuple[MoveWarning, ...]:
    """The warnings of a report that is right in itself; Invalid for one that is not, Unconfirmed until confirmed."""
    task, month = at_work.task, at_work.entry.month
    due, earlier = cells_due(record.tx, task.id), earlier_reports(record.tx, task.id, month)
    check_cells(due, facts, earlier, day_of(record.at))
    check_falls(due, facts, earlier)
    same = same_pictures(record.tx, refs_of(facts), at_work.item, ENTRY.name, at_work.entry.id)
    warnings = (*same, *report_warnings(at_work.item, due, facts, earlier, month))
    check_confirmed(command, warnings)
    return warnings


def _in_the_name_of(record: OpenChain, task_id: int) -> dict[str, Any]:
    """The person responsible for the task at this moment, in whose name it is reported."""
    held = TASK_PEOPLE.c.from_at <= record.at, TASK_PEOPLE.c.task_id == task_id
    query = select(PERSON.c.username).join(TASK_PEOPLE, TASK_PEOPLE.c.person_id == PERSON.c.id).where(*held)
    username = record.tx.execute(query.order_by(TASK_PEOPLE.c.id.desc()).limit(1)).scalar_one_or_none()
    return {IN_THE_NAME_OF: username} if username else {}


def _send_back(_record: OpenChain, _at_work: _Open, _facts: Mapping[str, Any], _command: Command) -> Effect:
    return Effect()


def _confirm(record: OpenChain, at_work: _Open, _facts: Mapping[str, Any], _command: Command) -> Effect:
    count_quantities(record.tx, at_work.entry, at_work.entry.reported, record.at)
    return Effect({"confirmed_at": record.at})


def _confirm_money(record: OpenChain, at_work: _Open, _facts: Mapping[str, Any], _command: Command) -> Effect:
    if at_work.entry.money_confirmed_at is not None:
        raise Refused(N_("The money of this entry is already confirmed."))
    count_amounts(record.tx, at_work.entry, at_work.entry.reported, record.at)
    return Effect({"money_confirmed_at": record.at})


def _amend(record: OpenChain, at_work: _Open, facts: Mapping[str, Any], command: Command) -> Effect:
    if at_work.entry.amendment:
        raise Refused(
            N_("An amendment is already awaiting confirmation. A second person must confirm or decline it first.")
        )
    warnings = _checked(record, at_work, facts, command)
    changes = {"amendment": canonical(facts), "amended_by": command.actor.username}
    return Effect(changes, _in_the_name_of(record, at_work.task.id), warnings)


def _confirm_amendment(record: OpenChain, at_work: _Open, _facts: Mapping[str, Any], command: Command) -> Effect:
    entry = at_work.entry
    _check_second_person(entry, command)
    count_quantities(record.tx, entry, entry.amendment, record.at, before=entry.reported)
    count_amounts(record.tx, entry, entry.amendment, record.at)
    return Effect({"reported": entry.amendment, **_NO_AMENDMENT})


def _decline_amendment(_record: OpenChain, at_work: _Open, _facts: Mapping[str, Any], command: Command) -> Effect:
    _check_second_person(at_work.entry, command)
    return Effect(dict(_NO_AMENDMENT))


_NO_AMENDMENT: Mapping[str, Any] = {"amendment": "", "amended_by": ""}


def _check_second_person(entry: Any, command: Command) -> None:
    if not entry.amendment:
        raise Refused(N_("No amendment is awaiting confirmation."))
    if entry.amended_by == command.actor.username:
        raise Forbidden(N_("An amendment is confirmed by a second person."))


_EFFECTS = {
    "report": _report,
    "send_back": _send_back,
    "confirm": _confirm,
    "confirm_money": _confirm_money,
    "amend_entry": _amend,
    "confirm_amendment": _confirm_amendment,
    "decline_amendment": _decline_amendment,
}


def close_entry(record: OpenChain, item: Row[Any], task: Any, entry: Any, command: Command, role: str) -> Subject:
    """Close a confirmed entry together with its month."""
    case = entry_case(entry, item, task, is_reporters=False)
    return move(record, case, CLOSE, by=command.actor, role=role)
