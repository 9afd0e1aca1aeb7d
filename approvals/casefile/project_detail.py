"""One project on one page: who holds what, how far it is, what is late, and everything that was done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.absence.queries import roster
from approvals.accounts.actors import Actor
from approvals.accounts.contacts import contact_for
from approvals.accounts.queries import UNIT, UnitName, units_by_id
from approvals.base.errors import NotFound
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.forecast import Readings, clocks_of, prospects
from approvals.casefile.forecast_views import ForecastView, outlook
from approvals.casefile.queries import PlanView, plan_of
from approvals.casefile.time_spent import Spent, spent_on
from approvals.casefile.views import (
    Casefile,
    Liaison,
    ProjectProgress,
    Raised,
    StageApproval,
    StageProgress,
    SuspensionView,
)
from approvals.filing.documents import for_project
from approvals.filing.views import ProjectView, open_to, project
from approvals.history.queries import EntryView, entries_of_project
from approvals.history.timeline import EntryDescription, FactView, by_day, since, tell
from approvals.programme.queries import category_label
from approvals.registration.queries import OPEN_PROJECTS
from approvals.registration.views import REGISTER
from approvals.supervision.cards.views import cards_of_approvals
from approvals.supervision.joint.views import MOVES as JOINT
from approvals.supervision.orders.views import orders_of_project
from approvals.supervision.queries import OPEN_STATES, escalations_of
from approvals.triage.queries import SORTING
from approvals.windows.clocks import dues
from approvals.windows.queries import ApprovalView, approvals_of_project
from approvals.windows.validity import validity
from workflows.charts.approval import APPROVAL
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move
from workflows.charts.project import PROJECT
from workflows.charts.roles import LEVELS, ROLES
from workflows.clock.calendar import Calendar
from workflows.clock.lights import LIGHTS
from workflows.clock.reading import Reading
from workflows.config.catalogue import load_catalogue
from workflows.label import Label
from workflows.rules.responsible_party import holder

HALTING = ("suspend", "resume")  # the moves of a project that are made on its casefile
LATE = ("yellow", "red")
Units = Mapping[str, UnitName]


def casefile(
    tx: Connection, ref: str, actor: Actor, *, today: date, code: str = "", version: int | None = None
) -> Casefile:
    """Everything about a project that was filed; `code` leaves one item's entries in its record.

    `version` is the one that somebody had looked at before a refusal. NotFound for what the actor may not see, for
    drafts, which are their owner's own, and for an item that the project does not have.
    """
    found = project(tx, ref, actor)
    approvals = approvals_of_project(tx, found.id, today) if found.number else []
    if found.filed_at is None or (code and code not in {one.code for one in approvals}):
        raise NotFound
    entries = entries_of_project(tx, found.id)
    told = tell(tx, entries, {one.id: one.code for one in approvals})
    units, calendar = _units(tx), calendar_in_force(tx)
    readings = clocks_of(tx, approvals, today)
    holds = _holds(found, approvals, readings, entries, units, calendar, today)
    spent, both = spent_on(tx, approvals, today), units_by_id(tx, found.place.joint_units)
    escalations = _escalations(escalations_of(tx, found.id), approvals)
    return Casefile(
        project=found,
        owner=units[found.owner],
        joint=tuple(both[unit] for unit in found.place.joint_units),
        state=PROJECT.state(found.state),
        category=category_label(found.category),
        liaison=_liaison(tx, found, actor, today),
        progress=_progress(approvals),
        registered_days=_days_since_registration(found, calendar, today),
        suspension=_suspension(found, told),
        is_review_due=found.review_on is not None and found.review_on <= today,
        outlook=_outlook(tx, plan_of(found, approvals), readings, units, today),
        late=tuple(hold for hold in holds if hold.is_late),
        holds=tuple(hold for hold in holds if not hold.is_late),
        stages=_stages(approvals, units, spent, today),
        spent=spent,
        escalations=tuple(one for one in escalations if one.is_open),
        closed_escalations=tuple(one for one in escalations if not one.is_open),
        cards=tuple((card.approval, card) for card in cards_of_approvals(tx, approvals, today)),
        orders=orders_of_project(tx, found.id, today),
        documents=tuple(for_project(tx, found.id)),
        codes=tuple((one.code, Label(one.item.zh, one.item.en)) for one in approvals),
        code=code,
        days=by_day(one for one in told if not code or one.code == code),
        meanwhile=since(told, version),
        **_moves(found, actor),
    )


def _moves(found: ProjectView, actor: Actor) -> dict[str, Any]:
    """What the actor may do with the project: here, and on the pages of triage and registration."""
    open_now = open_to(found, actor)
    return {
        "moves": tuple(move for move in open_now if move.name in HALTING),
        "elsewhere": tuple((_page_of(move), move) for move in open_now if _page_of(move)),
    }


def _page_of(move: Move) -> str:
    if move.name in SORTING:
        return "triage.show"
    joint = dict.fromkeys(JOINT, "joint.show")
    return (joint | {REGISTER: "registration.show", "reassign": "liaisons.terms"}).get(move.name, "")


def _days_since_registration(found: ProjectView, calendar: Calendar, today: date) -> int | None:
    if found.registered_at is None or found.state not in OPEN_PROJECTS:
        return None
    return calendar.working_days_between(day_of(found.registered_at), today)


def _suspension(found: ProjectView, told: Sequence[EntryDescription]) -> tuple[FactView, ...]:
    """What was said when the project was suspended, as long as it is."""
    if found.state != PROJECT.move("suspend").target:
        return ()
    return next((one.facts for one in reversed(told) if one.move == PROJECT.move("suspend")), ())


def _outlook(tx: Connection, told: PlanView, readings: Readings, units: Units, today: date) -> ForecastView | None:
    def named(name: str) -> Label:
        return Label(name, units[name].name_en if name in units else "")

    foreseen = prospects(tx, told, today, readings)
    return outlook(told, foreseen, readings, named, is_owner=False) if foreseen else None


# Who holds what.


def _holds(
    found: ProjectView,
    approvals: Sequence[ApprovalView],
    readings: Readings,
    entries: Sequence[EntryView],
    units: Units,
    calendar: Calendar,
    today: date,
) -> tuple[SuspensionView, ...]:
    """The open approvals, the worst light first, then the one that is due first."""
    held = [one for one in approvals if holder(APPROVAL, one.state)] if found.state in OPEN_PROJECTS else []
    procedures = _procedures(entries)
    holds = [_hold(one, readings.get(one.id), units, procedures.get(one.id, ""), calendar, today) for one in held]
    return tuple(sorted(holds, key=_pressing))


def _hold(
    one: ApprovalView, reading: Reading | None, units: Units, procedure: str, calendar: Calendar, today: date
) -> SuspensionView:
    role = ROLES[holder(APPROVAL, one.state) or "window"]
    limits = dues(reading) if reading else {}
    return SuspensionView(
        approval=one,
        state=APPROVAL.state(one.state),
        holder=units[one.owner if role.name == "owner" else one.department],
        role=Label(role.zh, role.en),
        since=one.state_since,
        days=calendar.working_days_between(day_of(one.state_since), today),
        procedure=procedure if one.state == APPROVAL.move("start_special").target else "",
        notice=limits.get("notice"),
        promised=limits.get("promised"),
        legal=limits.get("legal"),
    )


def _pressing(hold: SuspensionView) -> tuple[int, date, str]:
    light, first = hold.approval.light, hold.promised or hold.notice
    return -LIGHTS.index(light) if light else 1, first.due_on if first else date.max, hold.approval.code


def _procedures(entries: Iterable[EntryView]) -> dict[int, str]:
    """The last special procedure of each approval."""
    return {
        entry.approval_id: str(entry.facts["procedure"])
        for entry in entries
        if entry.move == "start_special" and entry.approval_id is not None
    }


# Progress.


def _progress(approvals: Sequence[ApprovalView]) -> ProjectProgress:
    lights = [one.open_light for one in approvals if one.open_light]
    return ProjectProgress(
        planned=sum(one.state != "withdrawn" for one in approvals),
        granted=sum(one.state == "granted" for one in approvals),
        late=sum(light in LATE for light in lights),
        light=max(lights, key=LIGHTS.index, default=None),
    )


def _stages(approvals: Sequence[ApprovalView], units: Units, spent: Spent, today: date) -> tuple[StageProgress, ...]:
    found = []
    for no, stage in sorted(load_catalogue().stages.items()):
        mine = [one for one in approvals if one.stage == no]
        if mine:
            progress = _progress(mine)
            lead = units.get(stage.lead, UnitName(stage.lead, ""))
            rows = tuple(_stage_approval(one, units, today) for one in mine)
            clock = spent.stages.get(no)
            found.append(StageProgress(stage, lead, progress.planned, progress.granted, progress.late, clock, rows))
    return tuple(found)


def _stage_approval(one: ApprovalView, units: Units, today: date) -> StageApproval:
    return StageApproval(one, APPROVAL.state(one.state), one.open_light, units[one.department], validity(one, today))


def _escalations(rows: Iterable[Row[Any]], approvals: Iterable[ApprovalView]) -> list[Raised]:
    """Every escalation, the highest level first."""
    by_id = {one.id: one for one in approvals}
    found = [_raised(row, by_id[row.approval_id]) for row in rows]
    return sorted(found, key=lambda one: (-one.level, one.answer_due_on, one.code, one.round))


def _raised(row: Row[Any], approval: ApprovalView) -> Raised:
    return Raised(
        code=approval.code,
        item=Label(approval.item.zh, approval.item.en),
        round=row.round,
        level=row.level,
        level_name=Label(*LEVELS[row.level]),
        light=row.light,
        state=ESCALATION.state(row.state),
        is_open=row.state in OPEN_STATES,
        raised_on=row.raised_on,
        answer_due_on=row.answer_due_on,
        reason=row.reason,
        commitment_on=row.commitment_on,
    )


def _units(tx: Connection) -> dict[str, UnitName]:
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return {row.name: UnitName(row.name, row.name_en) for row in rows}


def _liaison(tx: Connection, found: ProjectView, actor: Actor, today: date) -> Liaison | None:
    person = found.place.liaison_id
    if person is None:
        return None
    on_duty = roster(tx, today).on_duty(person, today)
    deputy = contact_for(tx, actor, on_duty) if on_duty not in (person, None) else None
    return Liaison(contact_for(tx, actor, person), on_duty != person, deputy)
