"""The offices' own steps that wait, each with its deadline."""

from flask import Blueprint, render_template, url_for

from approvals.accounts import permissions
from approvals.calendar.lights import LIGHT_LABELS
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, today
from approvals.supervision.office_statements import with_reports
from approvals.supervision.office_tasks import WaitingStep, waiting_steps
from approvals.web.query_parameters import query_choice
from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.label import Label

offices = Blueprint("offices", __name__)
MOST = 200  # rows
LEVEL_CHOICES = {str(level): Label(*LEVELS[level]) for level in (3, 2, 1)}  # that may owe a step


@offices.get("/supervision/offices")
@access(roles=permissions.SEE_OFFICE_STEPS)
def index() -> str:
    level, light = query_choice("level", LEVEL_CHOICES), query_choice("light", LIGHTS)
    with database().read() as tx:
        every = waiting_steps(tx, today())
        steps = [step for step in every if level in ("", str(step.level)) and light in ("", step.deadline.light)]
        reported = with_reports(tx, steps[:MOST])
    rows = [(step, report, _address(step)) for step, report in reported]
    return render_template(
        "supervision/offices.html",
        rows=rows,
        levels={number: Label(*words) for number, words in LEVELS.items()},
        late=sum(step.is_late for step in steps),
        total=len(steps),
        is_empty=not every,
        most=MOST,
        choices={"level": LEVEL_CHOICES, "light": {name: LIGHT_LABELS[name] for name in reversed(LIGHTS)}},
        filters={"level": level, "light": light},
    )


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
