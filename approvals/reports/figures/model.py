"""The figures of a month as plain frozen values: what the report says, and what is kept of it when it is issued."""

from dataclasses import dataclass, field
from datetime import date

from approvals.reports.figures.bulletin_model import Objection, OwedAnswer, RectificationRules
from approvals.reports.figures.causes_model import LateCauses
from approvals.reports.figures.oversight_model import (
    CardsLine,
    DecisionDays,
    JointProject,
    OfficeFigures,
    OrderFigures,
    Oversight,
    OwedFigures,
)
from approvals.reports.figures.programme_model import ProgrammeChapter, ProgrammeMonth
from workflows.label import Label

EDITION = "2026-07"  # of the figures' shape and definitions


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """Moves of projects in the month, and how many stood where at its end."""

    filed: int = 0
    returned: int = 0
    declined: int = 0
    classified: int = 0
    diverted: int = 0
    registered: int = 0
    suspended: int = 0
    resumed: int = 0
    completed: int = 0
    withdrawn: int = 0
    open: int = 0  # registered or suspended at the end
    open_suspended: int = 0  # of these
    awaiting_triage: int = 0  # filed, not sorted yet
    awaiting_owner: int = 0  # returned to the owner
    awaiting_registration: int = 0  # classified


@dataclass(frozen=True, slots=True)
class ApprovalCounts:
    """Moves of approvals in the month."""

    submitted: int = 0
    notified: int = 0
    notified_again: int = 0  # of these
    accepted: int = 0
    deemed: int = 0  # of these
    not_accepted: int = 0
    paused: int = 0
    extended: int = 0
    granted: int = 0
    refused: int = 0
    withdrawn: int = 0
    delivered: int = 0


@dataclass(frozen=True, slots=True)
class LightCounts:
    """Approvals at the end of the month: those with a decision clock by light, and those before acceptance."""

    open: int = 0  # accepted or paused: the sum of the four lights
    green: int = 0
    reminder: int = 0
    yellow: int = 0
    red: int = 0
    paused: int = 0  # of the open ones
    received: int = 0
    correcting: int = 0
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Decisions:
    """Grants and refusals of the month by the due dates in force at the decision, extensions included."""

    decided: int = 0
    within_promised: int = 0
    within_legal: int = 0  # those within the promised limit among them
    late: int = 0  # after the legal due date: decided less within_legal


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Escalations at one level; `open` ones are raised, answered or lifted, and not closed."""

    level: int
    raised: int = 0
    answered: int = 0
    lifted: int = 0
    open: int = 0
    open_raised: int = 0
    open_answered: int = 0
    open_lifted: int = 0


@dataclass(frozen=True, slots=True)
class SpeedUp:
    """`value` is 1 - used / legal over the sums; days are working days; None when nothing was counted."""

    count: int = 0
    used: int = 0
    legal: int = 0
    value: float | None = None
    median_value: float | None = None
    median_used: float | None = None
    median_legal: float | None = None


@dataclass(frozen=True, slots=True)
class FigureCell:
    """All figures about approvals of one department, stage or category, or of the city."""

    moves: ApprovalCounts
    standing: LightCounts
    decisions: Decisions
    levels: tuple[LevelCounts, ...]
    speed: SpeedUp


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One department, stage, category or liaison: this month and the one before."""

    key: str
    label: Label
    now: FigureCell
    before: FigureCell


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """The same of projects: the city, a category or an owner's unit."""

    key: str
    label: Label
    now: ProjectCounts
    before: ProjectCounts


@dataclass(frozen=True, slots=True)
class NeededItem:
    """The legal limit of one item of the catalogue on the way to the permit, in working days."""

    code: str
    legal: int


@dataclass(frozen=True, slots=True)
class ProjectSpeed:
    """One project whose construction permit was granted in the month; days are working days."""

    ref: str
    name: str
    registered_on: date
    granted_on: date
    items: int  # the permit and all that it needs
    days: int
    legal: int
    value: float
    needed: tuple[NeededItem, ...] = ()  # whose sum is `legal`


@dataclass(frozen=True, slots=True)
class CompletedProject:
    """One project that was completed in the month; days are working days from its registration to the last grant.

    `works` are those of the construction itself, None where they were not reported; then there is no `value`, which is
    1 - (days - works) / legal: the works are nobody's delay.
    """

    ref: str
    name: str
    registered_on: date
    completed_on: date
    items: int
    days: int
    works: int | None
    legal: int
    value: float | None


@dataclass(frozen=True, slots=True)
class LedgerDays:
    """Working days by whose time they were."""

    department: int
    owner: int
    special: int


@dataclass(frozen=True, slots=True)
class EscalationAnswer:
    """The last answer to an approval's escalations: at which level, why, and until when."""

    level: int
    reason: str
    commitment_on: date


@dataclass(frozen=True, slots=True)
class LateApproval:
    """An approval that was yellow or red at the end of the month; `over_*` are days beyond the limit by its clock."""

    ref: str
    project: str
    code: str
    item: Label
    department: Label
    handler: str  # who last acted on it at the window
    state: str
    procedure: str  # under way, while paused
    is_key: bool
    is_urgent: bool
    accepted_on: date
    promised_due_on: date
    legal_due_on: date
    over_promised: int  # working days
    over_legal: int  # in the unit of the legal limit
    legal_unit: str
    light: str
    days: LedgerDays
    level: int  # the highest level reached, 0 for none
    answer: EscalationAnswer | None


@dataclass(frozen=True, slots=True)
class DueApproval:
    """An open approval whose notice, promised or legal limit ends in the month after."""

    ref: str
    project: str
    code: str
    item: Label
    department: Label
    state: str
    first_due_on: date  # the earliest of the dates that lie in that month
    notice_due_on: date | None
    promised_due_on: date | None
    legal_due_on: date | None
    light: str | None


@dataclass(frozen=True, slots=True)
class ItemNote:
    """One approval in the word about a key project."""

    code: str
    item: Label
    light: str | None = None


@dataclass(frozen=True, slots=True)
class KeyProject:
    """A key or urgent project that was in hand in the month."""

    ref: str
    name: str
    owner: Label
    liaison: str
    is_key: bool
    is_urgent: bool
    state: str
    registered_on: date | None
    granted: int
    planned: int  # withdrawn ones aside
    moves: ApprovalCounts
    granted_items: tuple[ItemNote, ...]
    open_items: tuple[ItemNote, ...]  # with a decision clock at the end
    late_items: tuple[ItemNote, ...]  # yellow or red among them


@dataclass(frozen=True, slots=True)
class CourseMonth:
    """The moves of one month of the year behind."""

    month: str
    registered: int = 0
    completed: int = 0
    accepted: int = 0
    granted: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The report of one month. Lists are in the order in which they are printed."""

    edition: str
    month: str
    first_on: date
    last_on: date
    as_of_on: date  # the last day for a whole month, else the day up to which it was read
    projects: ProjectLine
    project_categories: tuple[ProjectLine, ...]
    project_owners: tuple[ProjectLine, ...]
    city: FigureLine
    departments: tuple[FigureLine, ...]
    stages: tuple[FigureLine, ...]
    categories: tuple[FigureLine, ...]
    permits: SpeedUp
    permits_before: SpeedUp
    permit_projects: tuple[ProjectSpeed, ...]
    late: tuple[LateApproval, ...]
    key_projects: tuple[KeyProject, ...]
    due: tuple[DueApproval, ...]
    course: tuple[CourseMonth, ...]
    reminder_at: int  # promised working days left at which the light turned to reminder
    calendars: tuple[int, ...]  # years whose notice was known
    chain_root: str
    oversight: Oversight = field(default_factory=Oversight)
    liaisons: tuple[FigureLine, ...] = ()  # of the second edition on
    project_liaisons: tuple[ProjectLine, ...] = ()
    orders: OrderFigures = field(default_factory=OrderFigures)  # of the third edition on, with all that follows
    card_departments: tuple[CardsLine, ...] = ()
    joint: tuple[JointProject, ...] = ()
    decision_days: tuple[DecisionDays, ...] = ()
    completions: SpeedUp = field(default_factory=SpeedUp)  # of the fourth edition on, with all that follows
    completions_before: SpeedUp = field(default_factory=SpeedUp)
    completed_projects: tuple[CompletedProject, ...] = ()
    owed: OwedFigures = field(default_factory=OwedFigures)
    offices: OfficeFigures = field(default_factory=OfficeFigures)  # of the fifth edition on
    programme: ProgrammeChapter | None = None  # of the sixth edition on; None while the year has no programme
    year_ago: CourseMonth | None = None  # of the seventh edition on; None where the record began later
    causes: LateCauses = field(default_factory=LateCauses)
    programme_months: tuple[ProgrammeMonth, ...] = ()  # of the year up to the period's end
    objections: tuple[Objection, ...] = ()
    owed_answers: tuple[OwedAnswer, ...] = ()
    rectification: RectificationRules = field(default_factory=RectificationRules)

    @property
    def is_whole(self) -> bool:
        return self.as_of_on == self.last_on
