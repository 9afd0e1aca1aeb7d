"""Moves of an approval: at its window, by its owner and its liaison."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from approvals.accounts.actors import SYSTEM_ACTOR, Actor, acting_role
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.base.prepared import Prepared
from approvals.base.stores import next_number
from approvals.calendar.queries import (
    calendar_in_force,
    edition_for,
    limits_of,
    made_in_round,
    steps_of,
    stored_days,
    with_pending_alarm,
)
from approvals.catalogue.queries import catalogue_of, item_of
from approvals.filing.documents import check_chosen
from approvals.history.commands import Command, check_confirmed
from approvals.history.inputs import check_input
from approvals.history.record import OpenChain, Subject, check_version, move, next_state, recording
from approvals.registration.actions import complete_if_done, open_ready
from approvals.registration.queries import (
    APPROVALS,
    ApprovalRow,
    LockedApproval,
    approval_subject,
    approvals_of,
    locked_approval,
)
from approvals.windows.grants import check_grant, grant_columns, same_number, valid_until, warnings_of
from approvals.windows.handlers import lock_handler, with_handler
from approvals.windows.owed.materials import check_accept, check_settle, check_supply, columns_after
from approvals.windows.owed.promises import check_grant_on_promise, check_promise, check_record, promise_columns_after
from approvals.windows.own_projects import check_agreed, is_own_project
from workflows.charts.approval import AGREE, APPROVAL, SUSPENSION
from workflows.charts.model import SYSTEM
from workflows.clock.approval_clock import max_extension
from workflows.clock.timeline import NEW_ROUNDS, Limits, Step
from workflows.config.catalogue import Catalogue, Item
from workflows.config.city import load_city
from workflows.rules.next_steps import is_open_in

LIVE = ("registered", "completed")  # states of a project that was neither halted nor closed before its end

_SILENT = Prepared(
    select(APPROVALS.c.code, APPROVALS.c.notice_due_on)
    .where(APPROVALS.c.project_id == bindparam("project_id"), APPROVALS.c.state == "received")
    .where(APPROVALS.c.notice_due_on < bindparam("day"))
    .order_by(APPROVALS.c.notice_due_on, APPROVALS.c.code)
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A move before it is made by somebody, with what its guard checks."""

    approval: ApprovalRow
    item: Item
    facts: dict[str, Any]
    steps: list[Step]
    role: str
    tx: Connection
    on: date
    by: Actor


def act(tx: Connection, command: Command) -> Subject:
    """Make a person's move of an approval, after the system's moves that are due before it."""
    lock_handler(tx, command.move, command.input, command.actor)
    return _act_on(tx, _locked(tx, command), command)


def _locked(tx: Connection, command: Command) -> LockedApproval:
    return locked_approval(tx, command.ref.project, command.ref.code, command.actor)


def _act_on(tx: Connection, approval: LockedApproval, command: Command) -> Subject:
    role = acting_role(command.actor, APPROVAL.move(command.move), approval_subject(approval).place)
    facts = check_input(APPROVAL, command.move, command.input)
    check_chosen(tx, approval.project_id, facts.get("materials", ()))
    if not is_open_in(approval.project_state, command.move):
        raise Refused(N_("The project is suspended or closed. Only the delivery of a decision can be recorded."))
    with recording(tx, *chain_end(approval), at=command.at, now=command.now) as record:
        day, silent_on = day_of(record.at), approval.first_silence_on
        if silent_on is not None and silent_on < day and deem_accepted(record, day):
            approval = _locked(tx, command)
        check_version(approval_subject(approval), command.version)
        same = same_number(tx, approval, facts["document_no"]) if command.move == "grant" else {}
        warnings = warnings_of(same, facts)
        check_confirmed(command, warnings)
        case = make_move(record, approval, command.move, facts | same, by=command.actor, role=role)
        return replace(case, warnings=warnings)


def grant_at_once(tx: Connection, command: Command) -> Subject:
    """即来即办: accept and grant in one step where the catalogue says that the item is instant; no day is used."""
    approval = _locked(tx, command)
    if not item_of(tx, approval).instant:
        raise Refused(N_("This item cannot be completed on the spot."))
    check_input(APPROVAL, "grant", command.input)
    accepted = _act_on(tx, approval, replace(command, move="accept", input={}))
    return act(tx, replace(command, move="grant", version=accepted.version))


def settle_silence(tx: Connection, ref: str, code: str, by: Actor, now: datetime) -> None:
    """Accept the project's applications that silence has accepted by now, even if the move that follows is refused."""
    approval = locked_approval(tx, ref, code, by)
    with recording(tx, *chain_end(approval), at=None, now=now) as record:
        deem_accepted(record, day_of(now))


def chain_end(approval: LockedApproval) -> tuple[int, int, str, datetime]:
    """What `recording` needs of a locked approval."""
    return approval.project_id, approval.chain_seq, approval.chain_head, approval.chain_last_at


def deem_accepted(record: OpenChain, day: date, since: datetime | None = None) -> int:
    """Art. 32: accept what was received and not answered by the day before, each at the first moment of its day.

    `since` is the earliest moment of such an acceptance. Returns how many there were.
    """
    due = _SILENT.rows(record.tx, {"project_id": record.project_id, "day": day})
    if due:
        rows = {row.code: row for row in approvals_of(record.tx, record.project_id)}
        for code, notice_due_on in due:
            at = start_of(notice_due_on + timedelta(days=1))
            at = max(at, since) if since else at
            make_move(record, rows[code], "deem_accepted", {}, by=SYSTEM_ACTOR, role=SYSTEM, at=at)
    return len(due)


def make_move(
    record: OpenChain,
    approval: ApprovalRow,
    name: str,
    facts: dict[str, Any],
    *,
    by: Actor,
    role: str,
    at: datetime | None = None,
) -> Subject:
    """Make one move of an approval, and the system's moves that follow from it."""
    case = approval_subject(approval)
    next_state(case, name)
    changes: dict[str, Any] = {}
    on = day_of(at or record.at)
    if APPROVAL.move(name).clock or APPROVAL.move(name).is_once or name in GUARDS:
        catalogue, steps = catalogue_of(record.tx, approval, on), steps_of(record.tx, record.project_id, approval.id)
        attempt = Attempt(approval, catalogue.item(approval.code), facts, steps, role, record.tx, on, by)
        _guard(name, attempt)
    if APPROVAL.move(name).clock:
        facts, changes = _with_limits(name, facts, catalogue, approval)
        changes |= _days_after(record, name, attempt, changes)
    if name == "grant":
        changes |= grant_columns(facts)
    if name in ("strike", "restore"):
        changes["struck_ground"] = facts.get("ground")
    changes |= columns_after(record.tx, approval, name, facts, on)
    changes |= promise_columns_after(record.tx, approval, name, facts, on)
    case, facts, handler = with_handler(record, approval, case, name, facts | _numbered(record, name), by)
    changes |= handler
    if changes.get("round", case.round) != case.round:
        case = replace(case, round=changes["round"])
    case = move(record, case, name, by=by, role=role, facts=facts, changes=changes, at=at)
    _follow(record, name)
    return case


def _guard(name: str, attempt: Attempt) -> None:
    if APPROVAL.move(name).is_once and made_in_round(attempt.steps, name):
        raise Refused(N_("This has already been done in this round."))
    if name in GUARDS:
        GUARDS[name](attempt)


def _numbered(record: OpenChain, name: str) -> dict[str, Any]:
    """A notice is an official document: it takes its number in the transaction that writes it."""
    if name not in ("notify_once", "notify_again"):
        return {}
    year = day_of(record.at).year
    return {"notice_year": year, "notice_no": next_number(record.tx, f"notice/{load_city().division}/{year}")}


def _valid_until(name: str, attempt: Attempt) -> date | None:
    """The last day of validity after this move: a grant sets it, a new round takes it away."""
    if name == "grant":
        return valid_until(attempt.facts, attempt.on, attempt.item)
    return None if name in NEW_ROUNDS else attempt.approval.lapses_on


def _with_limits(
    name: str, facts: dict[str, Any], catalogue: Catalogue, approval: ApprovalRow
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rules 11 and 19: the limits are those of the edition that is in force for this project, that of its registration.

    Of an item that the edition does not know they stay as they were planned.
    """
    if name not in ("accept", "deem_accepted"):
        return facts, {}
    limits = limits_of(approval)
    if item := catalogue.items.get(approval.code):
        limits = Limits(item.promised, item.legal, item.legal_unit)
    days = {"promised_limit": limits.promised, "legal_limit": limits.legal, "legal_unit": limits.legal_unit}
    edition = {"catalogue_edition": catalogue.edition}
    return facts | days | edition, days | edition


def _days_after(record: OpenChain, name: str, attempt: Attempt, changes: Mapping[str, Any]) -> dict[str, Any]:
    approval, facts, on = attempt.approval, attempt.facts, attempt.on
    limits = limits_of(approval)
    if changes:
        limits = Limits(changes["promised_limit"], changes["legal_limit"], changes["legal_unit"])
    extension = int(facts.get("days", 0)) if name == "extend" else 0
    step = Step(name, on, days=extension, procedure=str(facts.get("procedure", "")))
    edition = edition_for(record.tx, approval)
    lapses = _valid_until(name, attempt)
    days = stored_days([*attempt.steps, step], limits, calendar_in_force(record.tx, edition), lapses)
    return with_pending_alarm(days, approval.alarm_on, on) | {"lapses_on": lapses, "calendar_edition": edition}


def _follow(record: OpenChain, name: str) -> None:
    """Moves of the system in the same transaction: open what is ready, complete what is done."""
    if name in ("grant", "withdraw_approval"):
        approvals = approvals_of(record.tx, record.project_id)
        if name == "grant":
            open_ready(record, approvals)
        complete_if_done(record, approvals)


def _check_supplement(attempt: Attempt) -> None:
    if not attempt.facts["materials"]:
        raise invalid("materials", N_("Select at least one material to add."))


def _check_again(attempt: Attempt) -> None:
    if not made_in_round(attempt.steps, "notify_once"):
        raise Refused(N_("There was no one-time notice in this round yet."))


def _check_procedure(attempt: Attempt) -> None:
    procedure = attempt.facts["procedure"]
    if procedure == SUSPENSION and attempt.role == SYSTEM:
        return
    if procedure not in attempt.item.special:
        raise invalid("procedure", N_("is not a special procedure of this item"))


def _check_extension(attempt: Attempt) -> None:
    most = max_extension(limits_of(attempt.approval))
    if attempt.facts["days"] > most:
        raise invalid("days", N_("must be at most %(most)s"), most=most)


def _check_agreement(attempt: Attempt) -> None:
    if not is_own_project(attempt.approval):
        raise Refused(N_("The head agrees to decisions on projects of their own unit alone."))


def _check_refuse(attempt: Attempt) -> None:
    _check_decision(attempt, "refuse")


def _check_decision(attempt: Attempt, decision: str) -> None:
    place = approval_subject(attempt.approval).place
    check_agreed(attempt.tx, attempt.approval, decision, place, attempt.by, attempt.role, attempt.on)


def _check_grant(attempt: Attempt) -> None:
    _check_decision(attempt, "grant")
    check_grant(attempt.tx, attempt.approval.project_id, attempt.facts, attempt.on)
    check_grant_on_promise(attempt.tx, attempt.approval, attempt.item, attempt.facts, attempt.on)


def _check_promise(attempt: Attempt) -> None:
    check_promise(attempt.item)


def _check_record(attempt: Attempt) -> None:
    check_record(attempt.approval, attempt.facts, attempt.on)


def _check_accept(attempt: Attempt) -> None:
    check_accept(attempt.item, attempt.facts, attempt.on)


def _check_supply(attempt: Attempt) -> None:
    check_supply(attempt.tx, attempt.approval, attempt.facts)


def _check_settle(attempt: Attempt) -> None:
    check_settle(attempt.tx, attempt.approval, attempt.facts)


GUARDS: dict[str, Callable[[Attempt], None]] = {
    "accept": _check_accept,
    "supply_owed": _check_supply,
    "give_promise": _check_promise,
    "record_check": _check_record,
    "settle_owed": _check_settle,
    "supplement": _check_supplement,
    AGREE: _check_agreement,
    "refuse": _check_refuse,
    "grant": _check_grant,
    "notify_again": _check_again,
    "start_special": _check_procedure,
    "extend": _check_extension,
}
