"""View models of the pages on which the supervision office sorts filings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from approvals.accounts.queries import UnitName
from approvals.base.pagination import Page
from approvals.filing.documents import DocumentView
from approvals.filing.screening import AnswerEffect
from approvals.filing.views import ProjectView
from approvals.history.timeline import EntryDescription
from approvals.history.timeline_days import TimelineDay
from workflows.charts.model import Move, State
from workflows.label import Label
from workflows.rules.office_tasks import OfficeDeadline


@dataclass(frozen=True, slots=True)
class FilingFilter:
    """Filters of a list of the office; an empty one does not narrow it."""

    state: str = "filed"
    search: str = ""
    category: str = ""
    county: str = ""
    kind: str = ""
    is_returned: bool = False
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class WaitingFiling:
    """A project that waits for the office. `waited` are the working days since `since`, `returns` how often it was
    returned before; `review_on` is a suspended one's."""

    uid: str
    ref: str
    name: str
    owner: UnitName
    category: Label
    county: str
    kind: Label
    planned_10k_yuan: Decimal
    since: datetime
    waited: int
    returns: int
    version: int
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    is_service: bool
    review_on: date | None
    is_review_due: bool
    deadline: OfficeDeadline | None


@dataclass(frozen=True, slots=True)
class InboxTab:
    """One of the lists; `title` is a msgid."""

    name: str
    title: str
    count: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a list; `moves` can be made together of what is ticked, `narrowing` are the parts of its address."""

    tabs: tuple[InboxTab, ...]
    wanted: FilingFilter
    page: Page[WaitingFiling]
    total: int
    moves: tuple[Move, ...]
    narrowing: Mapping[str, str]

    @property
    def title(self) -> str:
        return next(tab.title for tab in self.tabs if tab.is_here)

    @property
    def page_of_one(self) -> str:
        """The endpoint on which one of the list is decided: for a suspended project, which has clocks, its casefile."""
        return "casefile.show" if self.is_review else "triage.show"

    @property
    def is_narrowed(self) -> bool:
        return len(self.narrowing) > 1

    @property
    def is_review(self) -> bool:
        """Whether the list is ordered by the day of the next review, not by waiting time."""
        return self.wanted.state == "suspended"


@dataclass(frozen=True, slots=True)
class ItemView:
    """The item of the programme that a filing names."""

    item_no: str
    name: str
    planned_10k_yuan: Decimal
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool


@dataclass(frozen=True, slots=True)
class FilingPage:
    """One filing. `first_values` are what a move's form begins with, `planned` the approvals that it would get."""

    project: ProjectView
    owner: UnitName
    state: State
    category: Label
    kind: Label
    waited: int | None
    answers: tuple[AnswerEffect, ...]
    planned: int
    item: ItemView | None
    documents: tuple[DocumentView, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]
    moves: tuple[Move, ...]
    first_values: Mapping[str, Mapping[str, object]]

    @property
    def is_registered(self) -> bool:
        return self.project.number is not None


@dataclass(frozen=True, slots=True)
class SelectedFilings:
    """Several filings that were ticked, and the first values of each form, by uid."""

    move: Move
    rows: tuple[WaitingFiling, ...]
    first_values: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class SortingResult:
    """The result for one of several projects: `fault` is a msgid with its parameters, empty when the move was made."""

    ref: str
    name: str
    state: State | None
    fault: str
    params: Mapping[str, object]

    @property
    def is_done(self) -> bool:
        return self.state is not None


@dataclass(frozen=True, slots=True)
class SortingResults:
    """The results for several projects; `done` and `refused` are counts."""

    move: Move
    rows: tuple[SortingResult, ...]
    done: int
    refused: int
