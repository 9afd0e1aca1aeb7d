"""Yellow and red cards: the list, one card with its history, the appeal and its decision."""

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
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.submissions import lost_move, perform_form
from workflows.charts.card import CARD
from workflows.rules.cards import COLOUR_NAMES, RULES

cards = Blueprint("cards", __name__)


@cards.get("/cards")
@access(roles=permissions.SEE_CARDS)
def index() -> str:
    texts = {name: request.args.get(name, "").strip() for name in ("colour", "rule", "department", "state")}
    filters, cursor = (
        CardFilter(**texts, may_appeal=bool(request.args.get("may_appeal"))),
        request.args.get("cursor", ""),
    )
    with database().read() as tx:
        view = cards_of(tx, actor(), filters, today=today(), cursor=cursor)
    choices = {"colour": COLOUR_NAMES, "rule": RULES, "state": {state.name: state for state in CARD.states}}
    departments = [(unit.name, own_name(unit)) for unit in view.departments]
    return render_template(
        "supervision/cards.html", view=view, filters=filters, choices=choices, departments=departments, cursor=cursor
    )


@cards.get("/cards/<project>/<code>/<key>")
@access(roles=permissions.SEE_CARDS)
def show(project: str, code: str, key: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = card_of(tx, project, code, key, actor(), today=today(), looked_at=form.looked_at)
    lost = lost_move(CARD, form, view.moves)
    return render_template("supervision/card.html", view=view, form=form, lost=lost)


@cards.post("/cards/<project>/<code>/<key>/moves/<move>")
@access(roles=permissions.DECIDE_CARDS)
@redisplay(show)
def make(project: str, code: str, key: str, move: str) -> Response:
    leads_to = url_for("cards.show", project=project, code=code, key=key)
    return perform_form(CARD, move, Reference("card", project, code, key), leads_to)
