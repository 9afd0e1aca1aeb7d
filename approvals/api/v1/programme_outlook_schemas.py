"""What the JSON API answers about the outlook of a programme's year."""

from datetime import date
from typing import Annotated

from pydantic import Field

from approvals.api.v1.derived import AnswerSchema
from approvals.api.v1.programme_schemas import Amount, ItemState, Party, Rate

MeanDays = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]$", description="Mean days between forecast and what came.")]


class PartySumSchema(AnswerSchema):
    party: Party
    days: int
    nodes: int


class UndividedSchema(AnswerSchema):
    days: int
    nodes: int


class WhoseDaysSchema(AnswerSchema):
    """The days of all late nodes by party; with what is undivided they add up to `days`."""

    nodes: int
    days: int
    parties: list[PartySumSchema]
    undivided: UndividedSchema


class LateCountSchema(AnswerSchema):
    """Nodes behind their baseline; `unforeseen` are those that no entry ever expected late."""

    nodes: int
    open: int
    unforeseen: int


class ForecastErrorSchema(AnswerSchema):
    """Over the nodes that were reached: the last forecast that counted when they were, against the day."""

    nodes: int
    days: MeanDays | None


class UnitErrorSchema(ForecastErrorSchema):
    unit: str


class CountyErrorSchema(ForecastErrorSchema):
    county: str
    name: str


class ForecastsSchema(ForecastErrorSchema):
    by_lead_unit: list[UnitErrorSchema]
    by_county: list[CountyErrorSchema]


class YearEndSchema(AnswerSchema):
    """Open nodes still planned for November and December, with the money planned by them, and shares of all."""

    nodes: int
    nodes_share: Rate | None
    money: Amount
    money_share: Rate | None


class TightPlanSchema(AnswerSchema):
    """An item with two thirds of its plan or more in the last quarter."""

    item_no: str
    name: str
    state: ItemState
    last_quarter: Rate
    last_year: Rate | None = Field(description="What its like reached in that quarter of the year before.")


class OutlookSchema(AnswerSchema):
    """A year's programme by its days, at the close of `on`."""

    year: int
    on: date
    known: date
    whose_days: WhoseDaysSchema
    late: LateCountSchema
    forecasts: ForecastsSchema
    november_december: YearEndSchema
    tight_plans: list[TightPlanSchema]
