"""Cards over JSON: those of one approval, and what is done about one."""

from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from approvals.accounts.actors import acting_roles
from approvals.api.v1.answers import json_answer, names
from approvals.api.v1.declaration import describe_move, json_body, json_response, new_api, reads, writes
from approvals.api.v1.inputs import OfApproval, move_model
from approvals.api.v1.moves import perform, sent_command
from approvals.api.v1.reading import Envelope
from approvals.api.v1.schemas import CardListSchema, CardWhole
from approvals.history.commands import Reference
from approvals.http.access import actor
from approvals.http.application import database, today
from approvals.moves import MOVES
from approvals.supervision.cards.views import CardRow, card, cards_of_approval
from approvals.windows.queries import approval
from workflows.charts.card import CARD
from workflows.charts.model import open_moves

card_api = new_api("api_cards", "Cards: yellow and red, shown by rule.", "cards")
MOVE = "/approvals/<project>/<code>/cards/<card>/moves/<move>"
_WHOLE = json_response(card_api, CardWhole)


class OfCard(OfApproval):
    card: str = Field(description="Its rule, for the last round that has such a card, or rule and round: `promised-1`.")


class CardMove(OfCard):
    move: str = Field(description="Name of the move.", json_schema_extra={"enum": sorted(MOVES["card"])})


@reads(card_api, "/approvals/<project>/<code>/cards", json_response(card_api, CardListSchema))
def list_cards(path: OfApproval) -> Response:
    """The cards of one approval, the newest first."""
    with database().read() as tx:
        found = approval(tx, path.project, path.code, actor(), today())
        return json_answer({"items": [_card_json(one) for one in cards_of_approval(tx, found, today())]})


@writes(card_api, MOVE, _WHOLE, body=json_body(card_api, Envelope, is_required=False))
def move_card_on(path: CardMove) -> Response:
    """Appeal against a card, uphold or withdraw it; each is described at an address of its own."""
    command = sent_command(Reference("card", path.project, path.code, path.card), path.move)
    return perform(command, lambda tx, _result: _whole(tx, path), lambda tx: _whole(tx, path))


for _each in (move for move in CARD.moves if move.name in MOVES["card"]):
    _body = json_body(card_api, move_model(CARD, _each.name), is_required=True)
    describe_move(card_api, MOVE, CARD, _each, body=_body, answer=_WHOLE)


def _card_json(one: CardRow) -> dict[str, Any]:
    return {
        "card": one.key,
        "rule": one.rule.name,
        "colour": one.colour,
        "round": one.round,
        "state": one.state.name,
        "version": one.version,
        "shown_on": one.shown_on,
        "appeal_by": one.appeal_by,
    }


def _whole(tx: Connection, path: OfCard) -> dict[str, Any]:
    view = card(tx, path.project, path.code, path.card, actor(), today=today())
    roles = acting_roles(actor(), view.card.approval.place)
    open_now = open_moves(CARD, view.card.state.name, roles)
    return _card_json(view.card) | {"ref": view.card.approval.ref, "moves": names(open_now)}
