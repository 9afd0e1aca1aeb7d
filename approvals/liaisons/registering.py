"""The service centre registers: a number, a liaison, and the approvals planned by the screening answers."""

from flask import render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts.access import access, actor
from approvals.base.errors import NotFound
from approvals.base.forms import EMPTY, Form, announce, keep, kept, known_move, sent, sent_version, writing_once
from approvals.base.i18n import label
from approvals.base.web import database, now, today
from approvals.filing.lists import project_by_id
from approvals.history.actions import Asked
from approvals.liaisons.day import waiting_by_liaison
from approvals.registration.actions import register
from approvals.registration.preview import REGISTER
from approvals.registration.preview import registration as registration_page
from approvals.registration.routes import CENTRE, registration
from approvals.registration.views import graph_of
from workflows.charts.project import PROJECT


@registration.get("/<ref>")
@access(roles=CENTRE)
def show(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        version = form.version if form.message else None
        view = registration_page(tx, ref, actor(), today=today(), version=version)
        requests = waiting_by_liaison(tx)
    first = {"liaison": view.liaisons[0].username} if view.liaisons else {}
    graph = graph_of(view.plan, label)
    return render_template("registration/show.html", view=view, graph=graph, requests=requests, form=form.over(first))


@registration.post("/<ref>/moves/<move>")
@access(roles=CENTRE)
@kept(show)
def make(ref: str, move: str) -> Response:
    given = keep(sent(known_move(PROJECT, move).needs))
    if move != REGISTER:
        raise NotFound
    with writing_once(url_for("registration.inbox")) as once:
        if once.is_new:
            case = register(once.tx, ref, Asked(move, given, actor(), now(), version=sent_version()))
            number = project_by_id(once.tx, case.id)
            once.leads_to = url_for("casefile.show", ref=number.ref)
    announce(PROJECT.move(move))
    return once.answer()
