"""The offices' own steps that wait, each with its deadline."""

from flask import Blueprint, render_template, url_for

from approvals.accounts import permissions
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, today
from approvals.supervision.office_tasks import WaitingStep, waiting_steps
from workflows.charts.roles import LEVELS
from workflows.label import Label

offices = Blueprint("offices", __name__)
MOST = 200  # rows


@offices.get("/supervision/offices")
@access(roles=permissions.SEE_OFFICE_STEPS)
def index() -> str:
    with database().read() as tx:
        steps = waiting_steps(tx, today())
    levels = {level: Label(*words) for level, words in LEVELS.items()}
    late = sum(step.is_late for step in steps)
    rows = [(step, _address(step)) for step in steps[:MOST]]
    return render_template("supervision/offices.html", rows=rows, levels=levels, late=late, total=len(steps), most=MOST)


def _address(step: WaitingStep) -> str:
    """Where the step is made, for those who may; else where its project is seen."""
    if step.task == "appeal":
        return url_for("cards.show", project=step.ref, code=step.code, key=step.key)
    if step.task == "correction":
        return url_for("corrections.show", project=step.ref, code=step.code)
    if step.task == "order_answer":
        return url_for("orders.show", order=step.ref)
    endpoint = {"sort": "triage.show", "register": "registration.show"}[step.task]
    return url_for(endpoint if may_open(actor(), endpoint) else "casefile.show", ref=step.ref)
