"""What the JSON API answers about supervision orders."""

from datetime import date
from typing import Literal

from pydantic import Field

from approvals.api.v1.schemas import Cursor, FactSchema, Moves
from workflows.charts.order import ORDER


class OrderSchema(FactSchema):
    """A supervision order to a department; `about` is a project, an approval, or null at large."""

    ref: str
    number: str = Field(description="As people read it.")
    subject: str
    demands: str
    department: str
    about: str | None
    state: Literal[ORDER.state_names]  # type: ignore[valid-type]
    version: int
    level: int = Field(description="That keeps the order and looks at the answer.")
    issued_on: date
    due_on: date
    late: bool
    reported_to: int | None = Field(description="The highest level that heard that no answer came.")


class OrderListSchema(FactSchema):
    """The newest first."""

    items: list[OrderSchema]
    next_cursor: str | None = Cursor


class OrderWhole(OrderSchema):
    """An order with what may be tried next."""

    moves: list[str] = Moves
