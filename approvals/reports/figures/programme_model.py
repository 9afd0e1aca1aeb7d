"""The part of a period's figures about the year's programme; amounts in 10,000 yuan and rates are texts.

They have two and four decimals, so that the frozen figures do not depend on how an engine keeps numbers.
"""

from dataclasses import dataclass
from datetime import date

from workflows.label import Label

CITY, NO_TASK = "city", ""  # keys of what no county answers for: tasks of the city itself, money that no task has
OF_NO_COUNTY = {CITY: Label("市本级", "The city itself"), NO_TASK: Label("未分县（区）", "No county")}


@dataclass(frozen=True, slots=True)
class ProgrammeItems:
    """Items at the close of the day by status; `all` leaves out proposed and dropped ones."""

    all: int
    adopted: int
    under_way: int
    suspended: int
    claimed: int
    done: int
    behind: int  # of those in hand
    will_be_late: int  # likewise


@dataclass(frozen=True, slots=True)
class ProgrammeMoney:
    planned: str
    allocated: str
    received: str
    paid: str
    execution_rate: str | None  # paid of planned, None when nothing was planned


@dataclass(frozen=True, slots=True)
class ProgrammeNodes:
    """Nodes due by the baseline, met in time, met late, and late: due and not reached."""

    due: int
    met: int
    met_late: int
    late: int


@dataclass(frozen=True, slots=True)
class ProgrammeEntries:
    """Monthly entries due since the adoption, reported, and never reported."""

    due: int
    reported: int
    missing: int


@dataclass(frozen=True, slots=True)
class ProgrammeCoverage:
    """Tasks that report: with figures of their latest month that was due, of an older one, without any."""

    expected: int
    current: int
    older: int
    none: int


@dataclass(frozen=True, slots=True)
class ProgrammeCounty:
    """What is a county's own of the programme; an item in several counties counts in each."""

    key: str  # a division code, `city`, or empty for money that no task has
    label: Label
    items: ProgrammeItems
    nodes: ProgrammeNodes
    money: ProgrammeMoney
    entries: ProgrammeEntries


@dataclass(frozen=True, slots=True)
class LaggingItem:
    """An item behind its plan, with shares planned and actual, and its longest late open node."""

    item_no: str
    name: str
    lead: Label
    planned: str
    actual: str
    gap: str
    node: str  # empty where none is late
    days: int


@dataclass(frozen=True, slots=True)
class ProgrammeMonth:
    """The money of the year's programme at the end of a month, as known then; `paid` is since January."""

    month: str
    planned: str
    paid: str
    execution_rate: str | None
    time_share: str


@dataclass(frozen=True, slots=True)
class ProgrammeChapter:
    """The programme of a year at the close of a day, as known then; `time_share` is what of the year is over."""

    year: int
    on: date
    items: ProgrammeItems
    practical_matters: int
    practical_matters_done: int
    nodes: ProgrammeNodes
    money: ProgrammeMoney
    time_share: str
    entries: ProgrammeEntries
    coverage: ProgrammeCoverage
    counties: tuple[ProgrammeCounty, ...]
    behind: tuple[LaggingItem, ...]  # the widest gaps first

    @property
    def named_counties(self) -> tuple[ProgrammeCounty, ...]:
        """The counties without the city's own tasks and what no task has."""
        return tuple(county for county in self.counties if county.key not in OF_NO_COUNTY)
