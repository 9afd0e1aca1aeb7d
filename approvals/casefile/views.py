"""Views of the casefile: all projects in a list, and one project on one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from approvals.accounts.contacts import ContactDetails
from approvals.accounts.queries import UnitName
from approvals.base.pagination import Page
from approvals.casefile.forecast_views import ForecastView
from approvals.casefile.plan_changes import ADD, STRIKE, PlanChanges
from approvals.casefile.time_spent import ProjectTime, StageClock
from approvals.casefile.works import WorksSection
from approvals.filing.documents import DocumentView
from approvals.filing.views import SETTLING, ProjectView
from approvals.history.timeline import EntryDescription, FactView
from approvals.history.timeline_days import TimelineDay
from approvals.registration.queries import OPEN_PROJECTS
from approvals.supervision.cards.views import CardRow
from approvals.supervision.orders.views import OrderRow
from approvals.windows.clocks import LimitView
from approvals.windows.messages import Sentence
from approvals.windows.queries import ApprovalView
from approvals.windows.validity import Validity
from workflows.charts.model import Move, State
from workflows.config.catalogue import Catalogue, Stage
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class CasefileFilter:
    """Filters of the list; empty ones do not narrow it. `is_followed` are open key, urgent and hard projects."""

    search: str = ""
    state: str = ""
    category: str = ""
    county: str = ""
    liaison: str = ""
    is_key: bool = False
    is_urgent: bool = False
    is_practical_matter: bool = False
    is_followed: bool = False
    is_late: bool = False
    is_lapsing: bool = False


@dataclass(frozen=True, slots=True)
class ProjectProgress:
    """Counts of a project's approvals without withdrawn ones; `light` is the worst."""

    planned: int = 0
    granted: int = 0
    late: int = 0
    light: str | None = None


@dataclass(frozen=True, slots=True)
class CasefileRow:
    """A project in the list; `is_mine` when the reader accompanies it."""

    ref: str
    shown_number: str | None
    name: str
    owner: UnitName
    category: Label
    county: str
    planned_10k_yuan: Decimal
    state: State
    liaison: str | None
    is_mine: bool
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    filed_at: datetime
    progress: ProjectProgress


@dataclass(frozen=True, slots=True)
class Index:
    """One page of the list, its length in all, and the liaisons to filter by."""

    wanted: CasefileFilter
    page: Page[CasefileRow]
    total: int
    liaisons: tuple[tuple[str, str], ...]
    narrowing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Liaison:
    """The liaison of a project, whether they are away today, and their deputy then."""

    contact: ContactDetails
    is_away: bool
    deputy: ContactDetails | None


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """An open approval with its holder, a unit, and the limits that run.

    `days` are working days since `since`; `notice` runs before the acceptance, the other two limits from it on;
    `procedure` is what it is paused for.
    """

    approval: ApprovalView
    state: State
    holder: UnitName
    role: Label
    since: datetime
    days: int
    procedure: str
    notice: LimitView | None  # while the application waits for its answer
    promised: LimitView | None
    legal: LimitView | None
    delivery: LimitView | None  # while a decision waits for its delivery

    @property
    def is_late(self) -> bool:
        return self.approval.open_light in ("yellow", "red")


@dataclass(frozen=True, slots=True)
class StageApproval:
    """An approval in the plan, with the name of its department; `light` as long as it can still change."""

    approval: ApprovalView
    state: State
    light: str | None
    department: UnitName
    validity: Validity | None


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One stage of a registered project's plan; `clock` is its joint clock, once it has begun."""

    stage: Stage
    lead: UnitName
    planned: int
    granted: int
    late: int
    clock: StageClock | None
    approvals: tuple[StageApproval, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    code: str
    item: Label
    round: int
    level: int
    level_name: Label
    light: str
    state: State
    is_open: bool
    raised_on: date
    answer_due_on: date
    is_broken: bool  # the day that the answer committed to has passed
    reason: str
    commitment_on: date | None


@dataclass(frozen=True, slots=True)
class Casefile:
    """One project with everything.

    `late` and `holds` are its open approvals; `moves` are made here, `elsewhere` are (endpoint, move) of other pages;
    `joint` are the two units of a joint project; `suspension` are the facts of a suspension that lasts; `code` is the
    item that the record is narrowed to.
    """

    project: ProjectView
    catalogue: Catalogue
    owner: UnitName
    joint: tuple[UnitName, ...]
    state: State
    category: Label
    liaison: Liaison | None
    progress: ProjectProgress
    registered_days: int | None
    suspension: tuple[FactView, ...]
    is_review_due: bool
    standstill: Sentence | None  # what cannot go on, and who can help
    outlook: ForecastView | None
    works: WorksSection | None
    late: tuple[SuspensionView, ...]
    holds: tuple[SuspensionView, ...]
    stages: tuple[StageProgress, ...]
    spent: ProjectTime
    escalations: tuple[Raised, ...]
    closed_escalations: tuple[Raised, ...]
    cards: tuple[tuple[ApprovalView, CardRow], ...]  # each with the approval whose window it was shown to
    orders: tuple[OrderRow, ...]
    documents: tuple[DocumentView, ...]
    codes: tuple[tuple[str, Label], ...]
    code: str
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]
    amendment: EntryDescription | None  # the change of the filing that awaits confirmation
    plan_changes: PlanChanges
    moves: tuple[Move, ...]
    elsewhere: tuple[tuple[str, Move], ...]

    @property
    def lacks_liaison(self) -> bool:
        """Whether somebody should accompany the project, and nobody does."""
        return self.liaison is None and self.project.state in OPEN_PROJECTS

    @property
    def amendment_moves(self) -> tuple[Move, ...]:
        """What the reader may do about that change."""
        return tuple(move for move in self.moves if move.name in SETTLING)

    @property
    def other_moves(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.name not in (*SETTLING, ADD, STRIKE))
