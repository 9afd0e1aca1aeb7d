"""Supervision orders over JSON: the list, one, its issue and its moves."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from approvals.api.v1.answers import json_answer, names
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import DEPARTMENTS, STRICT, OrderQuery, move_model, needs_input
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.order_schemas import OrderListSchema, OrderWhole
from approvals.api.v1.reading import Done, Envelope, once, sent_object
from approvals.base.errors import Invalid, NotFound, invalid
from approvals.base.i18n import N_
from approvals.history.commands import Command, Reference, orders_about
from approvals.history.inputs import faults_of, input_model
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES, execute
from approvals.supervision.orders.views import OrderFilter, OrderRow, order, orders
from workflows.charts.order import ORDER

order_api = new_api("api_orders", "Supervision orders: written to a department, to be answered by a day.", "orders")
MOVE = "/orders/<order>/moves/<move>"
_WHOLE = json_response(order_api, OrderWhole)


class OfOrder(BaseModel):
    order: str = Field(description="Its reference, as in 2026-3.")


class OrderMove(OfOrder):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": sorted(MOVES["order"])})


class IssuedOrder(BaseModel):
    """An order that is to be issued."""

    model_config = STRICT
    about: str | None = Field(default=None, description="`<project>` or `<project>/<code>`; at large if left out.")
    given: input_model(ORDER, "issue") = Field(alias="with")  # type: ignore[valid-type]


class SentOrder(BaseModel):
    """The same before what is given is checked as for every move."""

    model_config = STRICT
    about: str | None = None
    given: dict[str, Any] = Field(default={}, alias="with")


@reads(order_api, "/orders", json_response(order_api, OrderListSchema))
def list_orders(query: OrderQuery) -> Response:
    """The supervision orders that you may see, the newest first."""
    wanted = OrderFilter(query.state or "", DEPARTMENTS.get(query.department) or "", query.late)
    with database().read() as tx:
        page = orders(tx, actor(), wanted, today=today(), cursor=query.cursor, limit=query.limit).page
    return json_answer({"items": [_order_json(one) for one in page.rows], "next_cursor": page.next_cursor})


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
        sent = SentOrder.model_validate(sent_object())
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None

    def effect(tx: Connection) -> Done:
        try:
            issued = execute(tx, Command("issue", orders_about(sent.about or ""), sent.given, actor(), now()))
        except NotFound:
            raise invalid("about", N_("names nothing that you may see")) from None
        return Done(_whole(tx, issued.ref), 201, {"Location": f"/api/v1/orders/{issued.ref}"})

    return once(effect)


@writes(order_api, MOVE, _WHOLE, body=json_body(order_api, Envelope, is_required=False))
def move_order_on(path: OrderMove) -> Response:
    """Answer an order, accept the answer or send it back; each is described at an address of its own."""
    command = sent_command(Reference("order", key=path.order), path.move)
    return perform(command, lambda tx, result: _whole(tx, result.ref), lambda tx: _whole(tx, path.order))


for _each in (move for move in ORDER.moves if move.name in MOVES["order"]):
    _body = json_body(order_api, move_model(ORDER, _each.name), is_required=needs_input(ORDER, _each.name))
    describe_move(order_api, MOVE, ORDER, _each, body=_body, answer=_WHOLE)


def _order_json(one: OrderRow) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "number": one.number,
        "subject": one.subject,
        "demands": one.demands,
        "department": one.department.name,
        "about": one.about.ref if one.about else None,
        "state": one.state.name,
        "version": one.version,
        "level": one.level,
        "issued_on": one.issued_on,
        "due_on": one.due_on,
        "late": one.is_late,
        "reported_to": one.lifted_to,
    }


def _whole(tx: Connection, ref: str) -> dict[str, Any]:
    view = order(tx, ref, actor(), today=today())
    return _order_json(view.order) | {"moves": names(view.moves)}
