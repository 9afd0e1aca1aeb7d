"""Supervision orders over JSON: the list, one, its issue and its moves."""

from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field, ValidationError, create_model
from sqlalchemy import Connection

from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import Moves, OneOf, PageSchema, ViewSchema, fill, from_view, optional_path, path
from approvals.api.v1.exchange import Body, Done, Envelope, json_answer, once, perform, sent_command, sent_object
from approvals.api.v1.filters import named_department
from approvals.api.v1.inputs import (
    STRICT,
    Cursor,
    Department,
    Limit,
    Query,
    draft_model,
    left_out,
    move_name,
)
from approvals.base.errors import Invalid, NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.pagination import PAGE
from approvals.base.sorting import ListPart
from approvals.history.commands import Command, Reference, orders_about
from approvals.history.inputs import field_reasons
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES, execute
from approvals.supervision.orders.views import OrderFilter, OrderRow, order, order_page
from workflows.charts.order import ORDER

OrderState = Annotated[str, OneOf(ORDER.state_names)]
MOVE = "/orders/<order>/moves/<move>"


@from_view(OrderRow, without=("id", "keeper", "due", "lifted_to", "source_kind", "source_ref"))
class OrderSchema(ViewSchema):
    """A supervision order to a department; `about` is a project, an approval, or null at large."""

    number: str = Field(description="As people read it.")
    department: str = path("department", "name")
    about: str | None = optional_path("about", "ref")
    state: OrderState = path("state", "name")
    level: int = Field(description="That keeps the order and looks at the answer.")
    reported_to: int | None = path("lifted_to", description="The highest level that heard that no answer came.")


class OrderListSchema(PageSchema[OrderSchema]):
    """The newest first."""


class OrderWhole(OrderSchema):
    """An order with what may be tried next."""

    moves: Moves


order_api = new_api("api_orders", "Supervision orders: written to a department, to be answered by a day.", "orders")
_WHOLE = json_response(order_api, OrderWhole)


class OrderQuery(Query):
    department: Department = Field(default_factory=left_out)
    state: OrderState = Field(default_factory=left_out)
    late: bool = Field(default=False, description="Only those that were not answered by their day.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class OfOrder(BaseModel):
    order: str = Field(description="Its reference, as in 2026-3.")


class OrderMove(OfOrder):
    move: str = move_name(sorted(MOVES["order"]))


class SentOrder(BaseModel):
    """An order that is to be issued, before what is given is checked as for every move."""

    model_config = STRICT
    about: str | None = Field(default=None, description="`<project>` or `<project>/<code>`; at large if left out.")
    input: dict[str, object] = Field(default={}, alias="with")


IssuedOrder = create_model(
    "IssuedOrder",
    __base__=draft_model(ORDER, "issue"),
    __doc__="An order that is to be issued.",
    about=(str | None, SentOrder.model_fields["about"]),
)


@reads(order_api, "/orders", json_response(order_api, OrderListSchema))
def list_orders(query: OrderQuery) -> Response:
    """The supervision orders that you may see, the newest first."""
    with database().read() as tx:
        criteria = OrderFilter(query.state or "", named_department(tx, query.department) or "", query.late)
        part = ListPart(cursor=query.cursor, limit=query.limit)
        page = order_page(tx, actor(), criteria, today=today(), part=part)
    return json_answer({"items": [fill(OrderSchema, row) for row in page.rows], "next_cursor": page.next_cursor})


@reads(order_api, "/orders/<order>", _WHOLE)
def show_order(path: OfOrder) -> Response:
    """One supervision order."""
    with database().read() as tx:
        return json_answer(_whole(tx, path.order))


@writes(
    order_api,
    "/orders",
    json_response(order_api, OrderWhole, status=201),
    body=json_body(order_api, IssuedOrder, is_required=True),
    status=201,
)
def begin() -> Response:
    """Issue a supervision order about an approval, about a project, or at large."""
    try:
        submission = SentOrder.model_validate(sent_object())
    except ValidationError as error:
        raise Invalid(field_reasons(error)) from None

    def effect(tx: Connection) -> Done:
        try:
            about = orders_about(submission.about or "")
            issued = execute(tx, Command("issue", about, submission.input, actor(), now()))
        except NotFound:
            raise invalid("about", N_("does not exist or is not visible to you")) from None
        return Done(_whole(tx, issued.ref), 201, {"Location": f"/api/v1/orders/{issued.ref}"})

    return once(effect)


@writes(order_api, MOVE, _WHOLE, body=json_body(order_api, Envelope, is_required=False))
def move_order_on(path: OrderMove) -> Response:
    """Answer an order, accept the answer or send it back; each is described at an address of its own."""
    command = sent_command(Reference("order", key=path.order), path.move)
    return perform(command, lambda tx, result: _whole(tx, result.ref), lambda tx: _whole(tx, path.order))


describe_moves(order_api, MOVE, ORDER, "order", _WHOLE)


def _whole(tx: Connection, ref: str) -> Body:
    view = order(tx, ref, actor(), today=today())
    return fill(OrderWhole, view.order, moves=view.moves)
