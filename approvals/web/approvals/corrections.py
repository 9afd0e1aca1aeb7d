"""Correcting a wrong date of an approval: one person proposes, another confirms."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.formatting import day
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.submissions import lost_move, perform_form
from approvals.windows.correction_views import CorrectionsView
from approvals.windows.correction_views import corrections as corrections_of
from workflows.charts.approval import APPROVAL
from workflows.charts.correction import CORRECTION
from workflows.rules.corrections import CorrectableStep

corrections = Blueprint("corrections", __name__)

CHOICE = N_("%(move)s, recorded on %(day)s (may be %(first)s to %(last)s)")


@corrections.get("/approvals/<project>/<code>/corrections")
@access(roles=permissions.SEE_CORRECTIONS)
def show(project: str, code: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = corrections_of(tx, project, code, actor(), today=today())
    lost = lost_move(CORRECTION, form, view.moves)
    return render_template("approvals/corrections.html", view=view, form=form, lost=lost, choices=_choices(view))


@corrections.post("/approvals/<project>/<code>/corrections/moves/<move>")
@access(roles=permissions.CORRECT_DAYS)
@redisplay(show)
def make(project: str, code: str, move: str) -> Response:
    leads_to = url_for("corrections.show", project=project, code=code)
    return perform_form(CORRECTION, move, Reference("approval", project, code), leads_to)


def _choices(view: CorrectionsView) -> list[tuple[str, str]]:
    """The steps whose day may be corrected, the latest first."""
    return [(str(moved.step.seq), _(CHOICE, **_words(moved))) for moved in reversed(view.days)]


def _words(wrong: CorrectableStep) -> dict[str, str]:
    days = {"day": wrong.step.on, "first": wrong.first_on, "last": wrong.last_on}
    return {"move": label(APPROVAL.move(wrong.step.move))} | {name: day(on) for name, on in days.items()}
