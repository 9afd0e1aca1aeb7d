"""告知承诺: grants on the owner's written promise, and the later check of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY, OpenChain, move
from approvals.registration.queries import APPROVALS, WITH_PROJECT, ApprovalRow, approval_subject
from approvals.windows.owed import CLOSED
from workflows.charts.approval import APPROVAL
from workflows.charts.model import SYSTEM
from workflows.config.catalogue import Item
from workflows.rules.owed_materials import OwedStep
from workflows.rules.promise_checks import (
    BROKEN,
    MOVES,
    PromiseStatus,
    due_statements,
    promise_columns,
    promise_status,
)

_ENTRIES = (
    select(ENTRY.c.approval_id, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
    .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(MOVES))
    .order_by(ENTRY.c.approval_id, ENTRY.c.seq)
)


def promise_steps(tx: Connection, ids: Iterable[int]) -> dict[int, list[OwedStep]]:
    """What the record of each of these approvals says of a promise."""
    steps: dict[int, list[OwedStep]] = {key: [] for key in ids}
    for row in tx.execute(_ENTRIES.where(ENTRY.c.approval_id.in_(steps))):
        steps[row.approval_id].append(OwedStep(row.move, day_of(row.at), orjson.loads(row.facts)))
    return steps


def promise_of(tx: Connection, approval: Any, item: Item) -> PromiseStatus | None:
    """The promise of this approval's round; None without one."""
    takes_one = item.promise_checked_within or approval.check_on
    return promise_status(promise_steps(tx, [approval.id])[approval.id]) if takes_one else None


def check_promise(item: Item) -> None:
    """Refused for an item that is not granted on a promise."""
    if not item.promise_checked_within:
        raise Refused(N_("This item is not granted on a promise."))


def check_grant_on_promise(
    tx: Connection, approval: ApprovalRow, item: Item, facts: Mapping[str, Any], on: date
) -> None:
    """Invalid for a check without a promise that it could be of, or on a day that is none for it."""
    check_on = facts.get("check_on")
    if not check_on:
        return
    if not item.promise_checked_within:
        raise invalid("check_on", N_("is only for items that are granted on a promise"))
    if promise_of(tx, approval, item) is None:
        raise invalid("check_on", N_("needs the owner's written promise"))
    last = on + timedelta(days=item.promise_checked_within)
    if not on < check_on <= last:
        raise invalid("check_on", N_("must be after today and no later than %(last)s"), last=last)


def check_record(approval: ApprovalRow, facts: Mapping[str, Any], on: date) -> None:
    """Refused when no check is due; Invalid unless a broken promise, and no other, is put right by a later day."""
    correct_by = facts.get("correct_by")
    if approval.check_on is None:
        raise Refused(N_("No check of a promise is due here."))
    if (facts["result"] == BROKEN) != bool(correct_by):
        raise invalid("correct_by", N_("is needed when the promise was broken, and only then"))
    if correct_by and correct_by <= on:
        raise invalid("correct_by", N_("must lie after the day of the check"))


def promise_columns_after(
    tx: Connection, approval: ApprovalRow, name: str, facts: Mapping[str, Any], on: date
) -> dict[str, Any]:
    """The columns about the check after this move; none when it has nothing to do with them."""
    if name not in MOVES or not (approval.check_on or (name == "grant" and facts.get("check_on"))):
        return {}
    steps = promise_steps(tx, [approval.id])[approval.id]
    return dict(promise_columns([*steps, OwedStep(name, on, facts)]))


def state_checks_due(record: OpenChain, day: date, code: str | None = None) -> Counter[str]:
    """Say what is due by `day` about checks of the project's promises, or that of one item; the moves made."""
    due = WITH_PROJECT.where(APPROVALS.c.project_id == record.project_id, APPROVALS.c.check_alarm_on <= day)
    due = due.where(PROJECTS.c.state.not_in(CLOSED)).order_by(APPROVALS.c.code)
    rows = record.tx.execute(due if code is None else due.where(APPROVALS.c.code == code)).all()
    return sum((_state(record, row, day) for row in rows), Counter())


def _state(record: OpenChain, approval: Any, day: date) -> Counter[str]:
    steps, case = promise_steps(record.tx, [approval.id])[approval.id], approval_subject(approval)
    statements = [statement for statement in due_statements(steps) if statement.on <= day]
    for statement in statements:
        facts = {"check_on": approval.check_on}
        steps.append(OwedStep(statement.move, statement.on, facts))
        at = max(start_of(statement.on), approval.state_since)
        how: dict[str, Any] = {"facts": facts, "changes": dict(promise_columns(steps)), "at": at}
        case = move(record, case, statement.move, by=SYSTEM_ACTOR, role=SYSTEM, **how)
    return Counter(statement.move for statement in statements)
