"""What an owner sees of one project of their own unit: what to do now, who holds what until when, what to expect."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.i18n import Labelled
from approvals.calendar.readings import steps_of_many
from approvals.casefile.amendments import amendment_of
from approvals.casefile.forecast import Readings, clocks_of, project_forecasts
from approvals.casefile.forecast_views import ForecastView, forecast_view
from approvals.casefile.owner.facts import Delay, Extension, ToCorrect, delays, extensions, to_correct
from approvals.casefile.owner.list import LATE, OWNER, Todo, is_open, named, nothing_to_do, project_holder
from approvals.casefile.queries import PlannedView, PlanView, plan
from approvals.casefile.time_spent import ProjectTime, StageClock, project_time
from approvals.casefile.works import WorksSection, works_section
from approvals.filing.document_changes import relied_upon
from approvals.filing.documents import DocumentView, for_project, materials_of
from approvals.filing.forms import form_of, unsent_form
from approvals.filing.views import ProjectView, last_change, open_to
from approvals.history.timeline import EntryDescription, FactView
from approvals.windows.clocks import LimitView, dues
from approvals.windows.materials import MaterialSource, granted_documents, sources
from approvals.windows.messages import item_names
from approvals.windows.queries import ApprovalView
from approvals.windows.validity import Validity, validity
from workflows.charts.approval import APPROVAL, OUT_OF_PLAN
from workflows.charts.model import Move, State
from workflows.charts.project import FILING, PROJECT
from workflows.clock.plan import Expected
from workflows.config.catalogue import Item, Stage
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.item_words import move_of, state_of
from workflows.rules.next_steps import next_steps

REASONS = frozenset({"text", "texts", "day"})  # kinds of needs that say why
FILED = frozenset(need.name for need in FILING)  # what a filing says is no reason
DECISION = ("promised", "legal")
DELIVERY = "delivery"  # the one limit that runs after the decision


@dataclass(frozen=True, slots=True)
class OwnMaterial:
    """A material that an item asks for, and what satisfies it already."""

    name: str
    source: MaterialSource | None


@dataclass(frozen=True, slots=True)
class OwnPrerequisite:
    item: Item
    is_granted: bool


@dataclass(frozen=True, slots=True)
class OwnApproval:
    """An item of the plan; `todo` are the owner's moves, `dues` the limits that run.

    `is_in_hand` while its window answers, decides or delivers.
    """

    planned: PlannedView
    department: Label
    state: State | None
    is_in_hand: bool
    requires: tuple[OwnPrerequisite, ...]
    todo: tuple[Move, ...]
    notice: ToCorrect | None
    materials: tuple[OwnMaterial, ...]
    dues: tuple[LimitView, ...]
    extension: Extension | None  # of the current round
    delay: Delay | None  # told while it is late
    validity: Validity | None
    expected: Expected | None  # None once it is granted or withdrawn
    is_late: bool
    is_promise_broken: bool  # of the last answer to its escalation

    @property
    def has_days_alone(self) -> bool:
        """Whether its promised and legal limits are days without a date: it is not accepted yet."""
        return self.expected is not None and not any(due.name in DECISION for due in self.dues)

    @property
    def is_out_of_plan(self) -> bool:
        return self.state is not None and self.state.name in OUT_OF_PLAN

    @property
    def lacking(self) -> int:
        """How many materials are not in the system yet."""
        return sum(not material.source for material in self.materials)


@dataclass(frozen=True, slots=True)
class OwnStage:
    stage: Stage
    approvals: tuple[OwnApproval, ...]
    granted: int
    clock: StageClock | None  # the joint one, once the stage has begun

    @property
    def is_done(self) -> bool:
        return self.granted == self.planned

    @property
    def planned(self) -> int:
        """How many are to be granted; what was withdrawn or struck is not."""
        return sum(not approval.is_out_of_plan for approval in self.approvals)


@dataclass(frozen=True, slots=True)
class OwnProject:
    """One project as its owner sees it; `holder` has the project as a whole, `outlook` says what to expect of it."""

    project: ProjectView
    category: Label
    state: State
    words: Todo  # while no approval waits for the owner
    blocked: str  # what waits for an approval that was withdrawn
    is_stuck: bool  # nobody can move anything on
    holder: Labelled | None
    last: EntryDescription
    reasons: tuple[FactView, ...]  # that were given when it came to this state
    stages: tuple[OwnStage, ...]
    spent: ProjectTime
    is_preview: bool
    outlook: ForecastView | None
    works: WorksSection | None
    documents: tuple[DocumentView, ...]
    fixed: frozenset[str]  # ids of the documents that were handed in
    materials: tuple[str, ...]
    typed_at: datetime | None
    amendment: EntryDescription | None  # the change of the filing that awaits confirmation

    @property
    def approvals(self) -> tuple[OwnApproval, ...]:
        return tuple(approval for stage in self.stages for approval in stage.approvals)

    @property
    def todo(self) -> tuple[OwnApproval, ...]:
        return tuple(approval for approval in self.approvals if approval.todo)

    @property
    def in_hand(self) -> tuple[OwnApproval, ...]:
        """The approvals that windows hold, the one that is due first at the top."""
        return tuple(sorted((approval for approval in self.approvals if approval.is_in_hand), key=_due_first))

    @property
    def open_names(self) -> str:
        """What would end with the project."""
        states = ((approval.planned.item, approval.state) for approval in self.approvals)
        return item_names(item for item, state in states if state and not state.is_final)

    def names(self, codes: Collection[str]) -> str:
        """The items of these codes within a sentence."""
        return item_names(approval.planned.item for approval in self.approvals if approval.planned.item.code in codes)

    @property
    def granted(self) -> int:
        return sum(stage.granted for stage in self.stages)

    @property
    def planned(self) -> int:
        return sum(stage.planned for stage in self.stages)

    @property
    def takes_documents(self) -> bool:
        return not self.state.is_final


def _due_first(approval: OwnApproval) -> tuple[date, str]:
    return approval.dues[0].due_on if approval.dues else date.max, approval.planned.item.code


def own_project_view(
    tx: Connection, ref: str, actor: Actor, today: date, later: tuple[str, int] | None = None
) -> OwnProject:
    """The project of this reference, for an owner whose unit it is; `later` asks what if an approval came later."""
    project_plan = plan(tx, ref, actor, today)
    project = project_plan.project
    data = _ProjectData(tx, project_plan, dict([later]) if later else None, today)
    role, last = project_holder(project.state, project.kind), last_change(tx, project.id)
    unsent, outlook = unsent_form(tx, actor.id, form_of(project.uid)), None
    if data.prospects:
        units = data.units.label
        outlook = forecast_view(project_plan, data.prospects, data.readings, units, is_owner=True, later=later)
    return OwnProject(
        project=project,
        category=load_city().categories.get(project.category, Label(project.category, project.category)),
        state=PROJECT.state(project.state),
        words=nothing_to_do(project.state, project.kind, data.steps),
        blocked=item_names(planned.item for planned in project_plan.items if planned.item.code in data.steps.blocked),
        is_stuck=data.steps.is_stuck,
        holder=(data.units.of_kind.get(role) or named(role)) if role else None,
        last=last,
        reasons=tuple(fact for fact in last.facts if fact.word.kind in REASONS and fact.word.name not in FILED),
        stages=_stages(project_plan, data),
        spent=data.spent,
        is_preview=project_plan.is_preview,
        outlook=outlook,
        works=works_section(tx, project_plan, data.prospects, open_to(project, actor)),
        documents=data.documents,
        fixed=relied_upon(tx, project.id) if data.documents else frozenset(),
        materials=materials_of(planned.item for planned in project_plan.items),
        typed_at=unsent.at if unsent else None,
        amendment=amendment_of(tx, project),
    )


class _Units:
    """The names of the units that hold cases, in both languages: by name, and the first of each kind."""

    def __init__(self, tx: Connection) -> None:
        names = select(UNIT.c.name, UNIT.c.name_en, UNIT.c.kind).where(UNIT.c.kind != OWNER)
        self.named: dict[str, Label] = {}
        self.of_kind: dict[str, Label] = {}
        for row in tx.execute(names.order_by(UNIT.c.id)):
            self.named[row.name] = Label(row.name, row.name_en or row.name)
            self.of_kind.setdefault(row.kind, self.named[row.name])

    def label(self, name: str) -> Label:
        return self.named.get(name, Label(name, name))


class _ProjectData:
    """What is known today of a project's approvals; `later` are hypothetical delays by code."""

    def __init__(self, tx: Connection, project_plan: PlanView, later: Mapping[str, int] | None, today: date) -> None:
        project_id = project_plan.project.id
        approvals = [planned.approval for planned in project_plan.items if planned.approval]
        self.today = today
        self.catalogue = project_plan.catalogue
        self.state = project_plan.project.state
        self.steps = next_steps(self.state, approvals)
        self.units = _Units(tx)
        self.granted = {approval.code for approval in approvals if approval.state == "granted"}
        self.documents = tuple(for_project(tx, project_id))
        self.granted_documents = granted_documents(approvals, today)
        self.extensions = extensions(tx, project_id)
        self.delays = delays(tx, project_id)
        self.notices = to_correct(tx, project_id, approvals)
        steps = steps_of_many(tx, {approval.id: approval.project_id for approval in approvals})
        self.readings = clocks_of(tx, approvals, today, steps)
        self.prospects = project_forecasts(tx, project_plan, today, self.readings, later)
        self.expected = self.prospects.promised.expected if self.prospects else {}
        self.spent = project_time(tx, approvals, project_plan.catalogue, today, steps)


def _stages(project_plan: PlanView, data: _ProjectData) -> tuple[OwnStage, ...]:
    views = [_approval(planned, data) for planned in project_plan.items]
    stages = []
    for no in sorted({view.planned.stage for view in views}):
        in_stage = tuple(view for view in views if view.planned.stage == no)
        granted = sum(view.planned.item.code in data.granted for view in in_stage)
        stages.append(OwnStage(data.catalogue.stage(no), in_stage, granted, data.spent.stages.get(no)))
    return tuple(stages)


def _approval(planned: PlannedView, data: _ProjectData) -> OwnApproval:
    approval, item = planned.approval, planned.item
    state = approval.state if approval else "waiting"
    material_source = sources(item, item.materials, data.granted_documents, data.documents)
    expected, key = data.expected.get(item.code), (approval.id, approval.round) if approval else (0, 0)
    is_late = is_open(state) and approval is not None and approval.light in LATE
    return OwnApproval(
        planned=planned,
        department=data.units.label(planned.department),
        state=state_of(item, state) if approval else None,
        is_in_hand=approval is not None and item.code in data.steps.in_hand,
        requires=tuple(OwnPrerequisite(data.catalogue.item(code), code in data.granted) for code in planned.requires),
        todo=tuple(move_of(item, APPROVAL.move(name)) for name, codes in data.steps.todo.items() if item.code in codes),
        notice=data.notices.get(key[0]),
        materials=tuple(OwnMaterial(name, material_source.get(name)) for name in item.materials),
        dues=_running(approval, data.readings) if approval else (),
        extension=data.extensions.get(key),
        delay=data.delays.get(key) if is_late else None,
        validity=validity(approval, data.today) if approval else None,
        expected=expected if expected and not expected.is_done else None,
        is_late=is_late,
        is_promise_broken=is_late and key in data.delays and data.delays[key].is_broken(data.today),
    )


def _running(approval: ApprovalView, readings: Readings) -> tuple[LimitView, ...]:
    """The limits that run today; those of a decision that was made are history."""
    limits = dues(readings[approval.id]) if approval.id in readings else {}
    return tuple(due for name, due in limits.items() if name == DELIVERY or not approval.decided_on)
