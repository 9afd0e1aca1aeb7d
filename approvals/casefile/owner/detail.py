"""What an owner sees of one project of their own unit: what to do now, who holds what until when, what to expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.i18n import Labelled
from approvals.casefile.corrections_due import ToCorrect, to_correct
from approvals.casefile.delays import Delay, delays
from approvals.casefile.extensions import Extension, extensions
from approvals.casefile.forecast import Readings, clocks_of, prospects
from approvals.casefile.forecast_views import ForecastView, outlook
from approvals.casefile.owner.list import LATE, NEXT, OWNER, WINDOW, is_open, named
from approvals.casefile.queries import PlannedView, PlanView, plan
from approvals.casefile.time_spent import Spent, StageClock, spent_on
from approvals.filing.changes import last_change
from approvals.filing.documents import DocumentView, for_project, materials_for
from approvals.filing.unsent_forms import form_of, typed
from approvals.filing.views import ProjectView
from approvals.history.timeline import EntryDescription, FactView
from approvals.windows.actions import LIVE
from approvals.windows.clocks import Due, dues
from approvals.windows.materials import MaterialSource, granted_documents, sources
from approvals.windows.queries import ApprovalView
from approvals.windows.validity import Validity, validity
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move, State
from workflows.charts.project import PROJECT
from workflows.charts.roles import ROLES, Role
from workflows.clock.plan import Expected
from workflows.config.catalogue import Item, Stage, load_catalogue
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.responsible_party import holder, tasks

REASONS = frozenset({"text", "texts", "day"})  # kinds of needs that say why
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
    """An item of the plan; `holder` has to act next, `todo` are the owner's moves, `dues` the limits that run."""

    planned: PlannedView
    department: Label
    state: State | None
    holder: Role | None
    requires: tuple[OwnPrerequisite, ...]
    todo: tuple[Move, ...]
    notice: ToCorrect | None
    materials: tuple[OwnMaterial, ...]
    dues: tuple[Due, ...]
    extension: Extension | None  # of the current round
    delay: Delay | None  # told while it is late
    validity: Validity | None
    expected: Expected | None  # None once it is granted or withdrawn
    is_late: bool

    @property
    def has_days_alone(self) -> bool:
        """Whether its promised and legal limits are days without a date: it is not accepted yet."""
        return self.expected is not None and not any(due.name in DECISION for due in self.dues)

    @property
    def lacking(self) -> int:
        """How many materials are not in the system yet."""
        return sum(not one.source for one in self.materials)


@dataclass(frozen=True, slots=True)
class OwnStage:
    stage: Stage
    approvals: tuple[OwnApproval, ...]
    granted: int
    clock: StageClock | None  # the joint one, once the stage has begun

    @property
    def is_done(self) -> bool:
        return self.granted == len(self.approvals)


@dataclass(frozen=True, slots=True)
class OwnProject:
    """One project as its owner sees it; `holder` has the project as a whole, `outlook` says what to expect of it."""

    project: ProjectView
    category: Label
    state: State
    words: str
    holder: Labelled | None
    last: EntryDescription
    reasons: tuple[FactView, ...]  # that were given when it came to this state
    stages: tuple[OwnStage, ...]
    spent: Spent
    is_preview: bool
    outlook: ForecastView | None
    documents: tuple[DocumentView, ...]
    materials: tuple[str, ...]
    typed_at: datetime | None

    @property
    def approvals(self) -> tuple[OwnApproval, ...]:
        return tuple(one for stage in self.stages for one in stage.approvals)

    @property
    def todo(self) -> tuple[OwnApproval, ...]:
        """The approvals that wait for the owner."""
        return tuple(one for one in self.approvals if one.todo)

    @property
    def in_hand(self) -> tuple[OwnApproval, ...]:
        """The approvals that windows hold, the one that is due first at the top."""
        held = [one for one in self.approvals if one.holder and one.holder.name == WINDOW]
        return tuple(
            sorted(held, key=lambda one: (one.dues[0].due_on if one.dues else date.max, one.planned.item.code))
        )

    @property
    def granted(self) -> int:
        return sum(stage.granted for stage in self.stages)

    @property
    def takes_documents(self) -> bool:
        return not self.state.is_final


def own_project_view(
    tx: Connection, ref: str, actor: Actor, today: date, later: tuple[str, int] | None = None
) -> OwnProject:
    """The project of this reference, for an owner whose unit it is; `later` asks what if an approval came later."""
    told = plan(tx, ref, actor, today)
    found, units = told.project, _Units(tx)
    documents = tuple(for_project(tx, found.id))
    readings = clocks_of(tx, _approvals(told), today)
    foreseen = prospects(tx, told, today, readings, dict([later]) if later else None)
    spent = spent_on(tx, _approvals(told), today)
    notices = to_correct(tx, found.id, _approvals(told))
    given = granted_documents(_approvals(told), today), documents
    papers = _OwnDocuments(*given, extensions(tx, found.id), delays(tx, found.id), notices, today)
    held_by, last = holder(PROJECT, found.state), last_change(tx, found.id)
    before = typed(tx, actor.id, form_of(found.uid))
    return OwnProject(
        project=found,
        category=load_city().categories.get(found.category, Label(found.category, found.category)),
        state=PROJECT.state(found.state),
        words=NEXT[found.state],
        holder=(units.of_kind.get(held_by) or named(held_by)) if held_by else None,
        last=last,
        reasons=tuple(one for one in last.facts if one.word.kind in REASONS),
        stages=_stages(told, units, papers, readings, foreseen.promised.expected if foreseen else {}, spent),
        spent=spent,
        is_preview=told.is_preview,
        outlook=outlook(told, foreseen, readings, units.label, is_owner=True, later=later) if foreseen else None,
        documents=documents,
        materials=materials_for(found.answers),
        typed_at=before.at if before else None,
    )


def _approvals(told: PlanView) -> list[ApprovalView]:
    return [one.approval for one in told.items if one.approval]


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


@dataclass(frozen=True, slots=True)
class _OwnDocuments:
    """What the system holds of a project today: numbers of valid granted documents by code, uploaded files, the
    extensions and delays by approval and round, and the notices that are to be answered by approval."""

    granted: Mapping[str, str]
    documents: tuple[DocumentView, ...]
    extensions: Mapping[tuple[int, int], Extension]
    delays: Mapping[tuple[int, int], Delay]
    notices: Mapping[int, ToCorrect]
    today: date


def _stages(
    told: PlanView,
    units: _Units,
    papers: _OwnDocuments,
    readings: Readings,
    expected: Mapping[str, Expected],
    spent: Spent,
) -> tuple[OwnStage, ...]:
    granted = {one.code for one in _approvals(told) if one.state == "granted"}
    found = [_approval(one, told, units, papers, granted, readings, expected) for one in told.items]
    stages = []
    for stage in load_catalogue().stages.values():
        within = tuple(one for one in found if one.planned.item.stage == stage.no)
        if within:
            done = sum(one.planned.item.code in granted for one in within)
            stages.append(OwnStage(stage, within, done, spent.stages.get(stage.no)))
    return tuple(stages)


def _approval(
    planned: PlannedView,
    told: PlanView,
    units: _Units,
    papers: _OwnDocuments,
    granted: set[str],
    readings: Readings,
    expected: Mapping[str, Expected],
) -> OwnApproval:
    approval, item = planned.approval, planned.item
    state = approval.state if approval else "waiting"
    held_by, is_live = holder(APPROVAL, state), told.project.state in LIVE
    known = sources(item, item.materials, papers.granted, papers.documents)
    day, round_of = expected.get(item.code), (approval.id, approval.round) if approval else (0, 0)
    is_late = is_open(state) and approval is not None and approval.light in LATE
    return OwnApproval(
        planned=planned,
        department=units.label(item.department),
        state=APPROVAL.state(state) if approval else None,
        holder=ROLES[held_by] if held_by and is_live else None,
        requires=tuple(OwnPrerequisite(load_catalogue().items[r], r in granted) for r in planned.requires),
        todo=tasks(APPROVAL, state, OWNER) if is_live else (),
        notice=papers.notices.get(approval.id) if approval else None,
        materials=tuple(OwnMaterial(name, known.get(name)) for name in item.materials),
        dues=_running(approval, readings) if approval and is_live else (),
        extension=papers.extensions.get(round_of),
        delay=papers.delays.get(round_of) if is_late else None,
        validity=validity(approval, papers.today) if approval else None,
        expected=day if day and not day.is_done else None,
        is_late=is_late,
    )


def _running(approval: ApprovalView, readings: Readings) -> tuple[Due, ...]:
    """The limits that run today; those of a decision that was made are history."""
    found = dues(readings[approval.id]) if approval.id in readings else {}
    return tuple(due for name, due in found.items() if name == DELIVERY or not approval.decided_on)
