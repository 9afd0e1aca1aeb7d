"""告知承诺: grants on the owner's written promise, and the later check of it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.registration.queries import APPROVALS, ApprovalRow
from approvals.windows.owed.statements import WatchedDay, steps_of_approval
from workflows.config.catalogue import Item
from workflows.rules.due_statements import RecordedStep
from workflows.rules.promise_checks import (
    BROKEN,
    MOVES,
    PromiseStatus,
    due_statements,
    promise_columns,
    promise_status,
)


def _facts(steps: Sequence[RecordedStep]) -> dict[str, Any]:
    status = promise_status(steps)
    return {"check_on": status.check_on if status else None}


CHECKS = WatchedDay(MOVES, APPROVALS.c.check_alarm_on, due_statements, promise_columns, _facts)


def promise_of(tx: Connection, approval: Any, item: Item) -> PromiseStatus | None:
    """The promise of this approval's round; None without one."""
    takes_one = item.promise_checked_within or approval.check_on
    return promise_status(steps_of_approval(tx, CHECKS, approval)) if takes_one else None


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
        raise invalid("correct_by", N_("must be after the day of the check"))


def promise_columns_after(
    tx: Connection, approval: ApprovalRow, name: str, facts: Mapping[str, Any], on: date
) -> dict[str, Any]:
    """The columns about the check after this move; none when it has nothing to do with them."""
    if name not in MOVES or not (approval.check_on or (name == "grant" and facts.get("check_on"))):
        return {}
    return promise_columns([*steps_of_approval(tx, CHECKS, approval), RecordedStep(name, on, facts)])
