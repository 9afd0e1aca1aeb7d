"""Raises, lifts and closes escalations; answers are in `answers.py`."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, or_, select, update

from approvals.accounts.actors import SYSTEM_ACTOR, Actor
from approvals.base.errors import NotFound
from approvals.base.moments import day_of, start_of
from approvals.base.prepared import Prepared
from approvals.calendar.queries import calendar_in_force, later_alarm, limits_of, steps_of
from approvals.filing.queries import ByReference, locked_project_by_id, record_of
from approvals.history.record import ENTRY, OpenChain, Subject, begun, move, recording, row_to_begin
from approvals.registration.queries import (
    APPROVALS,
    WITH_PROJECT,
    ApprovalRow,
    approval_scope,
    approval_subject,
    approvals_of,
    locked_approval,
)
from approvals.supervision.cards.actions import show_due, void_groundless
from approvals.supervision.queries import (
    ESCALATIONS,
    MAY_LIFT,
    OPEN_STATES,
    approvals_due,
    escalation_case,
    escalations_of,
    rungs_of,
)
from approvals.windows.actions import deem_accepted
from approvals.windows.owed.materials import OWED
from approvals.windows.owed.promises import CHECKS
from approvals.windows.owed.statements import state_due
from workflows.charts.approval import APPROVAL
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import SYSTEM
from workflows.clock.timeline import Step
from workflows.clock.validity import warned_on
from workflows.config.policy import load_policy
from workflows.rules.escalation_rules import (
    EscalationLevel,
    EscalationRun,
    EscalationSpan,
    escalation_runs,
    escalation_spans,
)

WATCHED_DAYS = (OWED, CHECKS)  # that the system speaks of
RUNNING = ("registered", "suspended")  # states of a project that still goes on
_OF_APPROVAL = Prepared(
    select(ESCALATIONS)
    .where(ESCALATIONS.c.approval_id == bindparam("approval_id"))
    .order_by(ESCALATIONS.c.round, ESCALATIONS.c.level)
)
_LIFTS = exists().where(
    ESCALATIONS.c.approval_id == APPROVALS.c.id,
    or_(*(ESCALATIONS.c.state == state for state in MAY_LIFT)),
    ESCALATIONS.c.lift_on <= bindparam("day"),
)
_SET_ALARM = Prepared(
    update(APPROVALS).where(APPROVALS.c.id == bindparam("approval_id")).values(alarm_on=bindparam("alarm"))
)
_DUE = ByReference(
    WITH_PROJECT.where(
        APPROVALS.c.code == bindparam("code"),
        or_(
            APPROVALS.c.alarm_on <= bindparam("day"),
            APPROVALS.c.owed_alarm_on <= bindparam("day"),
            APPROVALS.c.check_alarm_on <= bindparam("day"),
            _LIFTS,
        ),
    ),
    approval_scope,
    "project_name",
)


def catch_up(tx: Connection, ref: str, code: str, by: Actor, at: datetime, now: datetime) -> None:
    """Before a move of long ago: what this approval's escalations owe by then, as if the sweep had run every day.

    Nothing when nothing is due, or when `by` may not see the approval: their move says so.
    """
    day = day_of(at)
    try:
        _DUE.row(tx, ref, by, code=code, day=day)
    except NotFound:
        return
    approval = locked_approval(tx, ref, code, by)
    with recording(tx, approval.project_id, *end_of_chain(approval), at=None, now=now) as record:
        escalate_up_to(record, approval, day)


def escalate_up_to(record: OpenChain, approval: ApprovalRow, day: date) -> ApprovalRow:
    """Make what is due about one approval by the close of `day`; its row afterwards."""
    if deem_accepted(record, day):
        approval = next(row for row in approvals_of(record.tx, record.project_id) if row.id == approval.id)
    climb(record, approval, _OF_APPROVAL.rows(record.tx, {"approval_id": approval.id}), day)
    for watched in WATCHED_DAYS:
        state_due(record, watched, day, approval.code)
    return approval


def sweep_project(tx: Connection, project_id: int, to: datetime, now: datetime) -> Counter[str]:
    """Do what is due for one project by `to`: deemed acceptances, escalations, cards."""
    project = locked_project_by_id(tx, project_id)
    with recording(tx, *record_of(project), at=None, now=now) as record:
        return make_due(record, day_of(to))


def make_due(record: OpenChain, day: date) -> Counter[str]:
    """Do what is due for this project by the close of `day`."""
    done = Counter({"deem_accepted": deem_accepted(record, day)})
    escalations = escalations_of(record.tx, record.project_id)
    for approval in approvals_due(record.tx, record.project_id, day):
        rows = [row for row in escalations if row.approval_id == approval.id]
        done += climb(record, approval, rows, day)
    for watched in WATCHED_DAYS:
        done += state_due(record, watched, day)
    return +done


def climb(record: OpenChain, approval: Row[Any], rows: list[Row[Any]], day: date) -> Counter[str]:
    """Bring one approval's escalations, which are `mine`, and cards to where they should be by the close of `day`."""
    is_alarmed = approval.alarm_on is not None and approval.alarm_on <= day
    if not rows and not is_alarmed:
        return Counter()
    steps = steps_of(record.tx, record.project_id, approval.id)
    done = _make_up(record, approval, rows, steps, day)
    escalations = _OF_APPROVAL.rows(record.tx, {"approval_id": approval.id}) if done else rows
    done["close"] += _close_ended(record, approval, escalations, approval.state in APPROVAL.final_states)
    if is_alarmed:
        done["show_card"] = show_due(record, approval, steps, day)
        done["void_card"] = void_groundless(record, approval, steps, day)
        done["warn_lapse"] = _warn_of_lapse(record, approval, day)
        later = later_alarm(steps, limits_of(approval), calendar_in_force(record.tx), day)
        alarms = [alarm for alarm in (later, warned_on(approval.lapses_on)) if alarm and alarm > day]
        _SET_ALARM.run(record.tx, {"approval_id": approval.id, "alarm": min(alarms, default=None)})
    return +done


def _warn_of_lapse(record: OpenChain, approval: Row[Any], day: date) -> int:
    """Rule 17: tell owner and liaison thirty days ahead, once; a project that was over by then needs no warning."""
    on = warned_on(approval.lapses_on)
    if on is None or on > day or approval.state != "granted":
        return 0
    if approval.project_state not in RUNNING and approval.project_since < start_of(on):
        return 0
    warned = select(ENTRY.c.id).where(ENTRY.c.approval_id == approval.id, ENTRY.c.round == approval.round)
    if record.tx.execute(warned.where(ENTRY.c.move == "warn_lapse")).first():
        return 0
    facts = {"lapses_on": approval.lapses_on}
    at = max(start_of(on), approval.state_since)
    move(record, approval_subject(approval), "warn_lapse", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)
    return 1


def _make_up(record: OpenChain, approval: Row[Any], rows: list[Row[Any]], steps: list[Step], day: date) -> Counter[str]:
    """Raise and lift what a sweep of every day up to `day` would have, looking back over all steps and rounds."""
    policy, calendar = load_policy(), calendar_in_force(record.tx)
    answer_days = policy.answer_days(is_key=approval.is_key, is_urgent=approval.is_urgent)
    ladders: dict[int, dict[int, EscalationLevel]] = {}
    done = Counter[str]()
    for span in escalation_spans(steps, limits_of(approval), policy, calendar, day):
        rungs = ladders.setdefault(span.round, rungs_of(rows, span.round))
        done["close"] += _close_without_ground(record, approval, span, rungs)
        for due in escalation_runs(
            span.reached, rungs, policy, calendar, answer_days=answer_days, until=span.until, since=span.since
        ):
            _climb(record, approval, span.round, due)
            rungs[due.rung.level] = due.rung
            done[due.move] += 1
    return done


def _close_without_ground(
    record: OpenChain, approval: Row[Any], span: EscalationSpan, rungs: dict[int, EscalationLevel]
) -> int:
    """Close what stood when a correction showed that its light had not been reached, at that moment."""
    if span.by is None:
        return 0
    standing = [rung for rung in rungs.values() if rung.state in OPEN_STATES and rung.raised_on <= span.since]
    ended = [rung for rung in standing if not span.has_ground(rung)]
    for rung in ended:
        case = escalation_case(_at_level(record.tx, approval, span.round, rung.level), approval)
        facts = {"level": rung.level, "entry": span.by.corrects}
        move(record, case, "close", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=span.by.at)
        rungs[rung.level] = replace(rung, state="closed")
    return len(ended)


def _climb(record: OpenChain, approval: Row[Any], round_: int, due: EscalationRun) -> None:
    at, rung = start_of(due.on), due.rung
    facts = {"level": rung.level, "light": rung.light, "on": due.on}
    if due.move == "raise":
        columns = ("level", "light", "raised_on", "answer_due_on", "lift_on")
        row = {"round": round_} | {name: getattr(rung, name) for name in columns}
        case = insert_escalation(record, approval, "raise", row, at)
        begun(record, case, "raise", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)
    else:
        case = escalation_case(_at_level(record.tx, approval, round_, rung.level), approval)
        move(record, case, "lift", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)


def insert_escalation(
    record: OpenChain, approval: Row[Any], name: str, columns: dict[str, object], at: datetime
) -> Subject:
    """Insert an escalation of this approval as its first move, `name`, leaves it."""
    row = {"project_id": record.project_id, "approval_id": approval.id, "reason": ""} | columns
    statement = insert(ESCALATIONS).values(row_to_begin(ESCALATION, name, row, at)).returning(ESCALATIONS)
    return escalation_case(record.tx.execute(statement).one(), approval)


def _at_level(tx: Connection, approval: Row[Any], round_: int, level: int) -> Row[Any]:
    clauses = ESCALATIONS.c.approval_id == approval.id, ESCALATIONS.c.round == round_, ESCALATIONS.c.level == level
    return tx.execute(select(ESCALATIONS).where(*clauses)).one()


def _close_ended(record: OpenChain, approval: Row[Any], rows: list[Row[Any]], is_over: bool) -> int:
    """Close what the decision (or a new round) has ended, at the moment of the decision."""
    ended = [row for row in rows if row.state in OPEN_STATES and (is_over or row.round != approval.round)]
    for row in ended:
        at = approval.state_since if row.round == approval.round else _ended_at(record.tx, row)
        move(record, escalation_case(row, approval), "close", by=SYSTEM_ACTOR, role=SYSTEM, at=at)
    return len(ended)


def _ended_at(tx: Connection, escalation: Row[Any]) -> datetime:
    """When the round of this escalation came to its end."""
    return tx.execute(
        select(ENTRY.c.at)
        .where(ENTRY.c.approval_id == escalation.approval_id, ENTRY.c.subject == "approval")
        .where(ENTRY.c.round == escalation.round, ENTRY.c.to_state.in_(APPROVAL.final_states))
        .order_by(ENTRY.c.seq.desc())
        .limit(1)
    ).scalar_one()


def end_of_chain(approval: Row[Any]) -> tuple[int, str, datetime]:
    """The end of a locked approval's chain, for `recording`."""
    return approval.chain_seq, approval.chain_head, approval.chain_last_at
