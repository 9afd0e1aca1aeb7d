"""The pages of cards: the list, one card with its history, the appeal and what is decided about it."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import own_name
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.supervision.cards.views import CardFilter
from approvals.supervision.cards.views import card as card_of
from approvals.supervision.cards.views import cards as cards_of
from approvals.web.forms import EMPTY, Form, keep, kept, known_move, sent, sent_version
from approvals.web.moves import new_command, perform
from workflows.charts.card import CARD
from workflows.rules.cards import COLOUR_NAMES, RULES

cards = Blueprint("cards", __name__)


@cards.get("/cards")
@access(roles=permissions.SEE_CARDS)
def index() -> str:
    texts = {name: request.args.get(name, "").strip() for name in ("colour", "rule", "department", "state")}
    wanted, cursor = (
        CardFilter(**texts, may_appeal=bool(request.args.get("may_appeal"))),
        request.args.get("cursor", ""),
    )
    with database().read() as tx:
        view = cards_of(tx, actor(), wanted, today=today(), cursor=cursor)
    choices = {
        "colour": COLOUR_NAMES,
        "rule": RULES,
        "state": {state.name: state for state in CARD.states},
    }
    departments = [(unit.name, own_name(unit)) for unit in view.departments]
    return render_template(
        "supervision/cards.html", view=view, wanted=wanted, choices=choices, departments=departments, cursor=cursor
    )


@cards.get("/cards/<project>/<code>/<key>")
@access(roles=permissions.SEE_CARDS)
def show(project: str, code: str, key: str, form: Form = EMPTY) -> str:
    looked_at = form.version if form.message else None
    with database().read() as tx:
        view = card_of(tx, project, code, key, actor(), today=today(), looked_at=looked_at)
    is_open = any(move.name == form.name for move in view.moves)
    lost = CARD.move(form.name) if form.message and not is_open else None
    return render_template("supervision/card.html", view=view, form=form, lost=lost)


@cards.post("/cards/<project>/<code>/<key>/moves/<move>")
@access(roles=permissions.DECIDE_CARDS)
@kept(show)
def make(project: str, code: str, key: str, move: str) -> Response:
    values = keep(sent(known_move(CARD, move).needs))
    command = new_command(move, Reference("card", project, code, key), values, sent_version())
    return perform(command, url_for("cards.show", project=project, code=code, key=key), CARD.move(move))
