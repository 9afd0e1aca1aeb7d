"""Cards over JSON: those of one approval, and what is done about one."""

from datetime import date
from typing import Annotated

from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from approvals.accounts.actors import acting_roles
from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import AnswerSchema, Moves, OneOf, ViewSchema, fill, path
from approvals.api.v1.exchange import Body, Envelope, json_answer, perform, sent_command
from approvals.api.v1.inputs import OfApproval, move_name
from approvals.history.commands import Reference
from approvals.http.access import actor
from approvals.http.application import database, today
from approvals.moves import MOVES
from approvals.supervision.cards.views import card, cards_of_approval
from approvals.windows.queries import approval
from workflows.charts.card import CARD
from workflows.charts.model import open_moves
from workflows.config.policy import COLOURS
from workflows.rules.cards import RULES

MOVE = "/approvals/<project>/<code>/cards/<card>/moves/<move>"


class CardSchema(ViewSchema):
    """A yellow or red card of an approval; `card` is how it is addressed, `appeal_by` the last day of an appeal."""

    card: str = path("key")
    rule: Annotated[str, OneOf(tuple(RULES))] = path("rule", "name")
    colour: Annotated[str, OneOf(COLOURS)]
    round: int
    state: Annotated[str, OneOf(CARD.state_names)] = path("state", "name")
    version: int
    shown_on: date
    appeal_by: date


class CardListSchema(AnswerSchema):
    """The cards of one approval, the newest first."""

    items: list[CardSchema]


class CardWhole(CardSchema):
    """A card with what may be tried next; `ref` is its approval."""

    ref: str = path("approval", "ref")
    moves: Moves


card_api = new_api("api_cards", "Cards: yellow and red, shown by rule.", "cards")
_WHOLE = json_response(card_api, CardWhole)


class OfCard(OfApproval):
    card: str = Field(description="Its rule, for the last round that has such a card, or rule and round: `promised-1`.")


class CardMove(OfCard):
    move: str = move_name(sorted(MOVES["card"]))


@reads(card_api, "/approvals/<project>/<code>/cards", json_response(card_api, CardListSchema))
def list_cards(path: OfApproval) -> Response:
    """The cards of one approval, the newest first."""
    with database().read() as tx:
        rows = cards_of_approval(tx, approval(tx, path.project, path.code, actor(), today()), today())
    return json_answer({"items": [fill(CardSchema, row) for row in rows]})


@writes(card_api, MOVE, _WHOLE, body=json_body(card_api, Envelope, is_required=False))
def move_card_on(path: CardMove) -> Response:
    """Appeal against a card, uphold or withdraw it; each is described at an address of its own."""
    command = sent_command(Reference("card", path.project, path.code, path.card), path.move)
    return perform(command, lambda tx, _result: _whole(tx, path), lambda tx: _whole(tx, path))


describe_moves(card_api, MOVE, CARD, "card", _WHOLE)


def _whole(tx: Connection, path: OfCard) -> Body:
    row = card(tx, path.project, path.code, path.card, actor(), today=today()).card
    moves = open_moves(CARD, row.state.name, acting_roles(actor(), row.approval.place))
    return fill(CardWhole, row, moves=moves)
