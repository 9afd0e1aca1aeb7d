"""What the JSON API answers about the programme, as it is described."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from approvals.api.v1.derived import AnswerSchema, Moves, OneOf, PageSchema, ViewSchema, from_view, path
from approvals.api.v1.schemas import WARNINGS
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import (
    ADDS_UP,
    DIRECTIONS,
    ITEM_KINDS,
    ITEM_LEVELS,
    PARTIES,
    REPLAN_CAUSES,
    RHYTHMS,
    SOURCES,
)
from workflows.charts.programme_year import PROGRAMME
from workflows.rules.programme_entries import Coverage, EntryCounts
from workflows.rules.programme_figures import NodeCounts
from workflows.rules.programme_replans import PlanMoves
from workflows.rules.programme_summary import PracticalMatters

Amount = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="In 10,000 yuan.")]
Rate = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{4}$")]
Quantity = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="With the indicator's decimals.")]
Plain = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
ItemState = Annotated[str, OneOf(ITEM.state_names)]
EntryState = Annotated[str, OneOf(ENTRY.state_names)]
Source = Annotated[str, OneOf(tuple(SOURCES))]
Party = Annotated[str, OneOf(tuple(PARTIES))]
NodeLight = Annotated[str, OneOf(("green", "yellow", "red"))]


class ItemCountsSchema(AnswerSchema):
    """States at the close of the day; `all` leaves out what is proposed or dropped."""

    all: int
    proposed: int
    adopted: int
    under_way: int
    suspended: int
    claimed: int
    done: int
    dropped: int
    behind: int = Field(description="Items more than the policy's tolerance below their baseline.")
    will_be_late: int = Field(description="Items with an open node that is expected after its day.")


@from_view(PracticalMatters)
class MatterCounts(AnswerSchema):
    """Practical matters."""


class MoneySchema(AnswerSchema):
    """Sums in 10,000 yuan; `planned` is the baseline's."""

    planned: Amount
    allocated: Amount
    received: Amount
    paid: Amount
    fiscal_planned: Amount
    execution_rate: Rate | None = Field(description="Paid of planned; null when nothing is planned.")


@from_view(NodeCounts)
class NodeCountsSchema(AnswerSchema):
    """Nodes against the baseline: due by the day, met in time, met after their day, due and open."""


@from_view(EntryCounts)
class EntryCountsSchema(AnswerSchema):
    """Monthly entries that were due by the day; `missing` were never reported."""


@from_view(Coverage)
class CoverageSchema(AnswerSchema):
    """Of how many tasks the latest month counts, an older one, none."""


class GroupSchema(AnswerSchema):
    items: ItemCountsSchema
    practical_matters: MatterCounts
    money: MoneySchema
    nodes: NodeCountsSchema
    entries: EntryCountsSchema
    coverage: CoverageSchema


class CategoryFigures(GroupSchema):
    category: str


class CountyFigures(GroupSchema):
    """What is one county's: an item counts in each county that has a task of it, with what is to be done there."""

    county: str | None = Field(description="The task's code, a division code for a county; null for money of no task.")
    name: str


class SourceFigures(MoneySchema):
    source: Source | None = Field(description="Null for amounts of which no fund line says where they come from.")


class QuarterFigures(AnswerSchema):
    """Share of the year's nodes that are planned, and that were reached, in the quarter."""

    quarter: Annotated[int, Field(ge=1, le=4)]
    planned: Rate
    actual: Rate


class OutcomeSchema(AnswerSchema):
    """An outcome of a category, as the office stated it with its source; it is not computed from entries."""

    category: str
    name: str
    unit: str
    period: str
    value: Plain
    change: Plain | None = Field(description="On the year before, in per cent.")
    source: str
    stated_on: date


class ProgrammeFiguresSchema(AnswerSchema):
    """A year's programme at the close of `on`."""

    year: int
    on: date
    items: ItemCountsSchema
    practical_matters: MatterCounts
    money: MoneySchema
    nodes: NodeCountsSchema
    entries: EntryCountsSchema
    coverage: CoverageSchema
    by_category: list[CategoryFigures]
    by_county: list[CountyFigures]
    by_source: list[SourceFigures]
    quarters: list[QuarterFigures]
    outcomes: list[OutcomeSchema] = Field(description="What stands beside the outputs, as stated by then.")


# Items.


@from_view(PlanMoves)
class PlanMovesSchema(AnswerSchema):
    """New plans that hold, and the days between baseline and what is planned now; of an item its nodes' together."""


class ItemSummarySchema(AnswerSchema):
    """An item at the close of the day told about. The shares are those of its nodes, or of its first indicator."""

    ref: str
    year: int
    item_no: str
    name: str
    category: str
    level: Annotated[str, OneOf(tuple(ITEM_LEVELS))]
    kind: Annotated[str, OneOf(tuple(ITEM_KINDS))]
    lead_unit: str
    state: ItemState | None
    practical_matter: bool
    key: bool
    urgent: bool
    behind: bool
    will_be_late: bool
    starts_on: date | None
    finishes_on: date | None
    planned_share: Rate | None
    actual_share: Rate | None
    counties: list[str] = Field(description="The codes of its tasks.")
    money: MoneySchema
    node_counts: NodeCountsSchema
    moved: PlanMovesSchema


class ItemListSchema(PageSchema[ItemSummarySchema]):
    """By number."""


class TaskSchema(AnswerSchema):
    code: str
    name: str
    unit: str
    person: str | None = Field(description="Who is responsible on the day of knowledge.")
    reporter: str | None
    rhythm: Annotated[str, OneOf(tuple(RHYTHMS))]


class TargetSchema(AnswerSchema):
    """An indicator in one task; `month` is the month that the figure is of."""

    task: str
    target: Quantity | None
    planned: Quantity | None
    actual: Quantity | None
    month: str | None


class IndicatorSchema(AnswerSchema):
    """`planned` is what the target comes to by the day, evenly over the months from start to finish."""

    name: str
    unit: str
    decimals: int
    adds_up: Annotated[str, OneOf(tuple(ADDS_UP))]
    direction: Annotated[str, OneOf(tuple(DIRECTIONS))]
    target: Quantity | None
    planned: Quantity | None
    actual: Quantity | None
    tasks: list[TargetSchema]


class NodeSchema(AnswerSchema):
    """Lateness is told against the baseline; `light` is null for what is neither due nor expected late.

    `whose_days` and `undivided` add up to `days_late`.
    """

    name: str
    task: str
    baseline: date
    replanned: date | None
    expected: date | None
    actual: date | None
    light: NodeLight | None
    days_late: int
    moved: PlanMovesSchema
    whose_days: dict[Party, int]
    undivided: int


class ReplannedNodeSchema(AnswerSchema):
    task: str
    name: str
    planned_on: date


class ReplannedFundSchema(AnswerSchema):
    task: str
    source: Source
    planned: Amount


class PartyDaysSchema(AnswerSchema):
    task: str
    name: str
    party: Party
    days: int


class ReplanSchema(AnswerSchema):
    """A new plan that was asked for, refused ones too; `late` when asked nearer to a planned day than allowed."""

    state: Annotated[str, OneOf(("asked", "confirmed", "refused"))]
    cause: Annotated[str, OneOf(tuple(REPLAN_CAUSES))]
    reason: str
    asked_on: date
    late: bool
    decided_on: date | None
    nodes: list[ReplannedNodeSchema]
    funds: list[ReplannedFundSchema]
    days: list[PartyDaysSchema]


class FundSchema(AnswerSchema):
    source: Source
    task: str
    mode: str
    fiscal: bool
    planned: Amount
    replanned: Amount
    allocated: Amount
    received: Amount
    paid: Amount
    month: str | None = Field(description="The month that the amounts are of; null where none counts.")


class ItemEntrySchema(AnswerSchema):
    """An entry that was due by the day, or reported; `state` is the one that stands now."""

    ref: str
    task: str
    month: str
    due_on: date
    due: bool
    state: EntryState
    reported_on: date | None
    on_time: bool | None
    complete: bool | None
    confirmed_on: date | None


class ItemWhole(ItemSummarySchema):
    """An item with all that is known of it; `version` and `moves` are those of now."""

    on: date
    known: date
    leader: str
    version: int
    moves: Moves
    tasks: list[TaskSchema]
    indicators: list[IndicatorSchema]
    nodes: list[NodeSchema]
    replans: list[ReplanSchema]
    funds: list[FundSchema]
    entries: list[ItemEntrySchema]
    warnings: list[str] = Field(default=[], description=WARNINGS)


# Entries and years.


class MonthlyEntrySchema(ViewSchema):
    """A monthly entry as it stands now; `version` is 0 while nothing was ever reported."""

    ref: str
    year: int
    item_no: str
    task: str
    month: str
    unit: str
    due_on: date
    state: EntryState
    version: int
    reported_at: datetime | None = Field(description="For the first time.")
    confirmed_at: datetime | None
    money_confirmed_at: datetime | None
    reported: dict[str, object] = Field(description="What the last report said.")
    amendment: dict[str, object] | None = Field(description="What waits for a second person.")
    moves: Moves
    warnings: list[str] = path("warnings", default=[], description=WARNINGS)


class ProgrammeYearSchema(ViewSchema):
    """A year of the programme as its moves leave it; `version` is 0 while nothing was done with it."""

    ref: str
    year: int
    state: Annotated[str, OneOf(PROGRAMME.state_names)]
    version: int
    closed_months: list[str]
    moves: Moves
