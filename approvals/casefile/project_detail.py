"""One project on one page: holders, progress, lateness, and its whole record."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from approvals.accounts.absence.queries import roster
from approvals.accounts.actors import Actor
from approvals.accounts.contacts import contact_for
from approvals.accounts.queries import UNIT, UnitName, units_by_id
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.calendar.readings import steps_of_many
from approvals.casefile.amendments import amendment_of
from approvals.casefile.forecast import ProjectForecasts, Readings, clocks_of, project_forecasts
from approvals.casefile.forecast_views import ForecastView, forecast_view
from approvals.casefile.plan_changes import ADD, STRIKE, plan_changes
from approvals.casefile.queries import PlanView, plan_of
from approvals.casefile.time_spent import ProjectTime, project_time
from approvals.casefile.views import (
    Casefile,
    Liaison,
    ProjectProgress,
    Raised,
    StageApproval,
    StageProgress,
    SuspensionView,
)
from approvals.casefile.works import works_section
from approvals.catalogue.queries import catalogue_of
from approvals.filing.documents import for_project
from approvals.filing.views import ProjectView, open_to, project
from approvals.history.queries import EntryView, entries_of_project
from approvals.history.timeline import EntryDescription, FactView, describe, since
from approvals.history.timeline_days import by_day
from approvals.programme.queries import category_label
from approvals.registration.queries import OPEN_PROJECTS
from approvals.registration.views import REGISTER
from approvals.supervision.cards.views import cards_of_approvals
from approvals.supervision.joint.views import MOVES as JOINT
from approvals.supervision.orders.views import orders_of_project
from approvals.supervision.queries import OPEN_STATES, escalations_of
from approvals.triage.queries import SORTING
from approvals.windows.clocks import dues
from approvals.windows.messages import Sentence, item_names
from approvals.windows.queries import ApprovalView, approvals_of_project
from approvals.windows.validity import validity
from workflows.charts.approval import APPROVAL, OUT_OF_PLAN
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move
from workflows.charts.project import PROJECT
from workflows.charts.roles import LEVELS, ROLES
from workflows.clock.calendar import Calendar
from workflows.clock.lights import LIGHTS
from workflows.config.catalogue import Catalogue
from workflows.label import Label
from workflows.rules.item_words import state_of
from workflows.rules.next_steps import OWNER, WINDOW, NextSteps, next_steps
from workflows.rules.responsible_party import holder

AMENDMENT = ("confirm_amendment", "decline_amendment")
# The moves of a project that are made on its casefile.
MADE_HERE = ("mark", "suspend", "resume", *AMENDMENT, ADD, STRIKE)
LATE = ("yellow", "red")
SUSPENDED = PROJECT.move("suspend").target
RESUMES = PROJECT.move("resume").by[0]  # the role that every approval of a suspended project waits for
_BLOCKED = N_(
    "%(codes)s cannot proceed: they depend on %(names)s, which was withdrawn. The owner or the liaison can apply for "
    "it again."
)
_ALL_WITHDRAWN = N_(
    "All open applications were withdrawn. The owner can apply for them again or withdraw the project: %(codes)s."
)
_STUCK = N_("Nobody can move this project forward at present. The liaison and the service centre can help.")
Units = Mapping[str, UnitName]


def casefile(
    tx: Connection, ref: str, actor: Actor, *, today: date, code: str = "", version: int | None = None
) -> Casefile:
    """Everything about a project that was filed; `code` narrows the record to the entries of one item.

    `version` is the one that a person had looked at before a refusal. NotFound for what the actor may not see, for
    drafts, which are their owner's own, and for an item that the project does not have.
    """
    view = project(tx, ref, actor)
    approvals = approvals_of_project(tx, view.id, today) if view.number else []
    if view.filed_at is None or (code and code not in {approval.code for approval in approvals}):
        raise NotFound
    entries = entries_of_project(tx, view.id)
    timeline = describe(tx, entries, {approval.id: approval.item for approval in approvals})
    catalogue = catalogue_of(tx, view, today)
    units, calendar = _units(tx), calendar_in_force(tx)
    steps_taken = steps_of_many(tx, {approval.id: approval.project_id for approval in approvals})
    readings = clocks_of(tx, approvals, today, steps_taken)
    is_open, registered_days = view.state in OPEN_PROJECTS, None
    if view.registered_at and is_open:
        registered_days = calendar.working_days_between(day_of(view.registered_at), today)
    steps = next_steps(view.state, approvals)
    holders = _holders(approvals, steps, units, _office(tx) if view.state == SUSPENDED else None)
    holds = _holds(holders, readings, entries, calendar, today)
    spent = project_time(tx, approvals, catalogue, today, steps_taken)
    joint_units = units_by_id(tx, view.place.joint_units)
    escalations, open_moves = _escalations(tx, view.id, approvals, today), open_to(view, actor)
    project_plan = plan_of(view, approvals, catalogue, calendar)
    prospects = project_forecasts(tx, project_plan, today, readings)
    return Casefile(
        project=view,
        catalogue=catalogue,
        owner=units[view.owner],
        joint=tuple(joint_units[unit] for unit in view.place.joint_units),
        state=PROJECT.state(view.state),
        category=category_label(view.category),
        liaison=_liaison(tx, view, actor, today),
        progress=_progress(approvals),
        registered_days=registered_days,
        suspension=_suspension(view, timeline),
        is_review_due=view.review_on is not None and view.review_on <= today,
        standstill=_standstill(approvals, steps),
        outlook=_outlook(project_plan, prospects, readings, units),
        works=works_section(tx, project_plan, prospects, open_moves, is_liaison=True),
        late=tuple(hold for hold in holds if hold.is_late),
        holds=tuple(hold for hold in holds if not hold.is_late),
        stages=_stages(approvals, catalogue, units, spent, today),
        spent=spent,
        escalations=tuple(escalation for escalation in escalations if escalation.is_open),
        closed_escalations=tuple(escalation for escalation in escalations if not escalation.is_open),
        cards=tuple((card.approval, card) for card in cards_of_approvals(tx, approvals, today)),
        orders=orders_of_project(tx, view.id, calendar, today),
        documents=tuple(for_project(tx, view.id)),
        codes=tuple((approval.code, Label(approval.item.zh, approval.item.en)) for approval in approvals),
        code=code,
        days=by_day(entry for entry in timeline if not code or entry.code == code),
        meanwhile=since(timeline, version),
        amendment=amendment_of(tx, view),
        plan_changes=plan_changes(open_moves, view.answers, view.planned_10k_yuan, catalogue, approvals, entries),
        moves=tuple(move for move in open_moves if move.name in MADE_HERE),
        elsewhere=tuple((page, move) for move in open_moves if (page := _page_of(move))),
    )


def _page_of(move: Move) -> str:
    """The endpoint of the page where the move is made, empty for any other move."""
    if move.name in SORTING:
        return "triage.show"
    joint = dict.fromkeys(JOINT, "joint.show")
    return (joint | {REGISTER: "registration.show", "reassign": "liaisons.terms"}).get(move.name, "")


def _suspension(project: ProjectView, timeline: Sequence[EntryDescription]) -> tuple[FactView, ...]:
    """The facts of the suspension, as long as it lasts."""
    if project.state != PROJECT.move("suspend").target:
        return ()
    return next((entry.facts for entry in reversed(timeline) if entry.move == PROJECT.move("suspend")), ())


def _outlook(
    plan: PlanView, prospects: ProjectForecasts | None, readings: Readings, units: Units
) -> ForecastView | None:
    def unit_label(name: str) -> Label:
        return Label(name, units[name].name_en if name in units else "")

    return forecast_view(plan, prospects, readings, unit_label, is_owner=False) if prospects else None


# Who holds what.


def _holders(
    approvals: Iterable[ApprovalView], steps: NextSteps, units: Units, office: UnitName | None
) -> Iterator[tuple[ApprovalView, str, UnitName]]:
    """Each approval that somebody can move, with the role and the unit; with an `office` it resumes the others."""
    tasks = {code for codes in steps.todo.values() for code in codes}
    for approval in approvals:
        if approval.code in steps.in_hand:
            yield approval, WINDOW, units[approval.department]
        elif approval.code in tasks:
            yield approval, OWNER, units[approval.owner]
        elif office and holder(APPROVAL, approval.state):
            yield approval, RESUMES, office


def _holds(
    holders: Iterable[tuple[ApprovalView, str, UnitName]],
    readings: Readings,
    entries: Iterable[EntryView],
    calendar: Calendar,
    today: date,
) -> list[SuspensionView]:
    """The approvals that somebody can move, the worst light first, then the one that is due first."""
    procedures = {entry.approval_id: entry.facts["procedure"] for entry in entries if entry.move == "start_special"}
    holds = []
    for approval, role, unit in holders:
        limits = dues(readings[approval.id]) if approval.id in readings else {}
        is_paused = approval.state == APPROVAL.move("start_special").target
        hold = SuspensionView(
            approval=approval,
            state=state_of(approval.item, approval.state),
            holder=unit,
            role=Label(ROLES[role].zh, ROLES[role].en),
            since=approval.state_since,
            days=calendar.working_days_between(day_of(approval.state_since), today),
            procedure=str(procedures.get(approval.id, "")) if is_paused else "",
            notice=limits.get("notice"),
            promised=limits.get("promised"),
            legal=limits.get("legal"),
            delivery=limits.get("delivery"),
        )
        holds.append(hold)
    return sorted(holds, key=_urgency)


def _standstill(approvals: Iterable[ApprovalView], steps: NextSteps) -> Sentence | None:
    """What waits for something that was withdrawn, or that nobody can move anything, and who can help."""
    if steps.blockers:
        values = {"names": _named(approvals, steps.blockers), "codes": _named(approvals, steps.blocked)}
        return Sentence(_BLOCKED, values, is_late=True)
    if steps.is_stuck:
        return Sentence(_STUCK, is_late=True)
    if steps.optional and not steps.todo and not steps.in_hand:
        return Sentence(_ALL_WITHDRAWN, {"codes": _named(approvals, steps.optional)}, is_late=True)
    return None


def _named(approvals: Iterable[ApprovalView], codes: Collection[str]) -> str:
    return item_names(approval.item for approval in approvals if approval.code in codes)


def _urgency(hold: SuspensionView) -> tuple[int, date, str]:
    light, first = hold.approval.open_light, hold.delivery or hold.promised or hold.notice
    return -LIGHTS.index(light) if light else 1, first.due_on if first else date.max, hold.approval.code


# Progress.


def _progress(approvals: Sequence[ApprovalView]) -> ProjectProgress:
    lights = [approval.open_light for approval in approvals if approval.open_light]
    return ProjectProgress(
        planned=sum(approval.state not in OUT_OF_PLAN for approval in approvals),
        granted=sum(approval.state == "granted" for approval in approvals),
        late=sum(light in LATE for light in lights),
        light=max(lights, key=LIGHTS.index, default=None),
    )


def _stages(
    approvals: Sequence[ApprovalView], catalogue: Catalogue, units: Units, spent: ProjectTime, today: date
) -> tuple[StageProgress, ...]:
    stages = []
    for no in sorted({approval.stage for approval in approvals}):
        stage, in_stage = catalogue.stage(no), [approval for approval in approvals if approval.stage == no]
        progress = _progress(in_stage)
        lead = units.get(stage.lead, UnitName(stage.lead, ""))
        rows = tuple(_stage_approval(approval, units, today) for approval in in_stage)
        clock = spent.stages.get(no)
        stages.append(StageProgress(stage, lead, progress.planned, progress.granted, progress.late, clock, rows))
    return tuple(stages)


def _stage_approval(approval: ApprovalView, units: Units, today: date) -> StageApproval:
    state, department = state_of(approval.item, approval.state), units[approval.department]
    return StageApproval(approval, state, approval.open_light, department, validity(approval, today))


def _escalations(tx: Connection, project_id: int, approvals: Iterable[ApprovalView], today: date) -> list[Raised]:
    """Every escalation, the highest level first."""
    by_id = {approval.id: approval for approval in approvals}
    views = [
        Raised(
            code=by_id[row.approval_id].code,
            item=Label(by_id[row.approval_id].item.zh, by_id[row.approval_id].item.en),
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
            is_broken=row.state in OPEN_STATES and row.commitment_on is not None and row.commitment_on < today,
        )
        for row in escalations_of(tx, project_id)
    ]
    return sorted(views, key=lambda view: (-view.level, view.answer_due_on, view.code, view.round))


def _units(tx: Connection) -> dict[str, UnitName]:
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return {row.name: UnitName(row.name, row.name_en) for row in rows}


def _office(tx: Connection) -> UnitName:
    """The unit that suspends and resumes."""
    row = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.kind == RESUMES).order_by(UNIT.c.id)).first()
    return UnitName(row.name, row.name_en) if row else UnitName("", "")


def _liaison(tx: Connection, project: ProjectView, actor: Actor, today: date) -> Liaison | None:
    person = project.place.liaison_id
    if person is None or (project.state in OPEN_PROJECTS and not project.has_liaison):
        return None
    on_duty = roster(tx, today).on_duty(person, today)
    deputy = contact_for(tx, actor, on_duty) if on_duty not in (person, None) else None
    return Liaison(contact_for(tx, actor, person), on_duty != person, deputy)
