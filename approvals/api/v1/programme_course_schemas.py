"""What the JSON API answers about the course of the programme and the comparison of two days."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from approvals.api.v1.derived import AnswerSchema
from approvals.api.v1.programme_schemas import Amount, Quantity, Rate

What = Literal["state", "planned_on", "reached_on", "planned", "allocated", "received", "paid", "quantity"]


class MonthSchema(AnswerSchema):
    """At the month's end; what is actual is null for months ahead. Weighted: each task's nodes by its money."""

    month: str
    time_share: Rate
    nodes_planned: int
    nodes_actual: int | None
    weighted_planned: Rate | None
    weighted_actual: Rate | None
    money_planned: Amount = Field(description="By the planned days of each task's nodes; evenly where it has none.")
    money_actual: Amount | None = Field(description="Paid.")


class QuantityCourseSchema(AnswerSchema):
    """An indicator by month, January first; of several items only what adds up."""

    indicator: str
    unit: str
    target: Quantity | None
    planned: list[Quantity | None]
    actual: list[Quantity | None]


class QuarterEndSchema(AnswerSchema):
    """Shares of the year's nodes and money by the end of the quarter; what is actual is null for those ahead."""

    quarter: Annotated[int, Field(ge=1, le=4)]
    nodes_planned: Rate | None
    nodes_actual: Rate | None
    money_planned: Rate | None
    money_actual: Rate | None


class LastQuarterSchema(AnswerSchema):
    """The last quarter's part of all planned nodes, and of the nodes reached and the money paid by now."""

    planned: Rate | None
    nodes: Rate | None
    money: Rate | None


class PermitSchema(AnswerSchema):
    """Nodes that the construction permit reaches, and those of them reached by 30 June."""

    all: int
    by_june: int
    share: Rate | None


class CountyShareSchema(AnswerSchema):
    """What a county has reached of its own nodes, and paid of its own money."""

    county: str
    name: str
    nodes: Rate | None
    money: Rate | None


class LateNodeSchema(AnswerSchema):
    """A node that lies behind its baseline: open and due, or reached after its day."""

    item_no: str
    task: str
    name: str
    baseline: date
    replanned: date | None
    actual: date | None
    days_late: int
    foreseen: bool = Field(description="Whether an entry expected it to be late.")


class LateNodesSchema(AnswerSchema):
    """All late nodes with their days together; `longest` names at most 200 of them."""

    nodes: int
    days: int
    open: int
    unforeseen: int
    longest: list[LateNodeSchema]


class YearCourseSchema(AnswerSchema):
    year: int
    on: date
    known: date
    nodes: int
    planned: Amount
    time_share: Rate = Field(description="序时进度: the month of the day of twelve.")
    execution_rate: Rate | None
    planned_rate: Rate | None
    gap_to_time: Rate | None = Field(description="What the execution rate lacks to the time share.")
    gap_to_plan: Rate | None = Field(description="What it lacks to the planned course.")
    months: list[MonthSchema]
    quantities: list[QuantityCourseSchema]
    quarters: list[QuarterEndSchema]
    last_quarter: LastQuarterSchema
    permits: PermitSchema
    counties: list[CountyShareSchema]
    spread: Rate | None = Field(description="The highest county's share of nodes reached less the lowest's.")
    late: LateNodesSchema


class AmountChange(AnswerSchema):
    this_year: Amount
    last_year: Amount
    amount: Amount
    rate: Rate | None


class ChangeOnLastYearSchema(AnswerSchema):
    """The year beside last year's totals, as the office recorded them; `paid` is null where that was not recorded."""

    planned: AmountChange
    fiscal: AmountChange
    paid: AmountChange | None
    source: str


class CourseSchema(YearCourseSchema):
    """The course of a year's programme, or of a part of it."""

    last_year: YearCourseSchema | None = Field(description="The same part a year before, on that day, as known then.")
    change: ChangeOnLastYearSchema | None = Field(description="Null for a part, and where no totals were recorded.")


class ChangeSchema(AnswerSchema):
    """A cell that is told otherwise; corrected when an entry that counted on the earlier day says otherwise by now."""

    item_no: str
    what: What
    task: str | None
    name: str | None
    before: str | None
    after: str | None
    kind: Literal["new", "corrected"]


class ChangesSchema(AnswerSchema):
    """`joined` and `left` are the numbers of items that count on one of the two days alone."""

    since: date
    on: date
    known: date
    joined: list[str]
    left: list[str]
    changed: list[ChangeSchema]
