"""Yellow and red cards: the list, one card with its history, the appeal and its decision."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_, Labelled, own_name
from approvals.exports.lists.supervision import CARDS
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.supervision.cards.views import CardFilter, card_page
from approvals.supervision.cards.views import card as card_of
from approvals.supervision.cards.views import cards as cards_of
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import labels
from approvals.web.submissions import lost_move, perform_form
from workflows.charts.card import CARD
from workflows.rules.cards import COLOUR_NAMES, RULES

cards = Blueprint("cards", __name__)


CARD_LIST = declare(
    ListPage(
        "cards.index",
        N_("Cards"),
        CARDS,
        filters={
            "colour": N_("Colour"),
            "rule": N_("Rule"),
            "department": N_("Department"),
            "state": N_("State"),
        },
        flags={"may_appeal": N_("Appeal possible")},
    )
)


@cards.get("/cards")
@access(roles=permissions.SEE_CARDS)
def index() -> str | Response:
    texts = {name: request.args.get(name, "").strip() for name in ("colour", "rule", "department", "state")}
    filters, asked = CardFilter(**texts, may_appeal=bool(request.args.get("may_appeal"))), asked_list(CARD_LIST)
    states = {state.name: state for state in CARD.states}
    choices: dict[str, Mapping[str, Labelled]] = {"colour": COLOUR_NAMES, "rule": RULES, "state": states}
    words = {name: labels(values) for name, values in choices.items()}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: card_page(tx, actor(), filters, today=today(), part=part), words)
        view = cards_of(tx, actor(), filters, today=today(), part=asked.part)
        departments = [(unit.name, own_name(unit)) for unit in view.departments]
        listing = asked.listing(tx, view.total, words | {"department": departments})
    context = {"filters": filters, "choices": choices, "departments": departments, "cursor": asked.cursor}
    return render_template("supervision/cards.html", view=view, listing=listing, **context)


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
