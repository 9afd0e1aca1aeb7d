"""Duty roster: the grid of a month, entering shifts with a preview of the gaps, removing a shift."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.text_validation import address_number
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.liaisons.roster import FIELDS, enter, pasted, roster, take_off
from approvals.liaisons.roster import preview as preview_of
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.submissions import flash_message, process_once, writing_once

duty_roster = Blueprint("roster", __name__)


@duty_roster.get("/roster")
@access(roles=permissions.SEE_ROSTER)
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = roster(tx, _month(), now())
    context = {"people": [(label, label) for label in view.people], "example": view.people[0] if view.people else ""}
    return render_template("liaisons/roster.html", view=view, form=form, **context)


@duty_roster.post("/roster/preview")
@access(roles=permissions.KEEP_ROSTER)
@redisplay(index, "shifts")
def preview(form: Form = EMPTY) -> str:
    """The gaps that the new shifts would leave; nothing is saved."""
    with database().read() as tx:
        view = preview_of(tx, _typed_shifts())
    return render_template("liaisons/roster_preview.html", view=view, form=form)


def again(form: Form = EMPTY) -> str:
    """The preview after a refusal; the form itself where the shifts cannot be read."""
    if "lines" in form.errors:
        return index(form)
    with database().read() as tx:
        view = preview_of(tx, _typed_shifts())
    return render_template("liaisons/roster_preview.html", view=view, form=form)


@duty_roster.post("/roster")
@access(roles=permissions.KEEP_ROSTER)
@redisplay(again, "shifts")
def save() -> Response:
    shifts = _typed_shifts()
    with writing_once(url_for("roster.index")) as once:
        if once.is_new:
            is_known = request.form.get("knows_gaps") == "yes"
            preview_view = enter(once.tx, shifts, knows_gaps=is_known, by=actor(), now=now())
            once.leads_to = url_for("roster.index", month=f"{preview_view.period.start:%Y-%m}")
    flash_message(_("The shifts have been added to the roster."))
    return once.answer()


@duty_roster.post("/roster/<shift_id>/off")
@access(roles=permissions.KEEP_ROSTER)
def off(shift_id: str) -> Response:
    number = address_number(shift_id)
    return process_once(
        url_for("roster.index", month=request.form.get("month", "")[:7] or None),
        lambda tx: take_off(tx, number, actor(), now()),
        _("The shift has been removed from the roster."),
    )


def _typed_shifts() -> list[dict[str, str]]:
    """The shifts of the form: one in fields, or several in lines."""
    fields = remember_input(form_fields(*FIELDS, "lines"))
    if "lines" in fields:
        return pasted(fields["lines"])
    if not fields:
        raise invalid("lines", N_("needs at least one entry"))
    return [{name: str(fields.get(name, "")) for name in FIELDS}]


def _month() -> date:
    try:
        month = date.fromisoformat(f"{request.args['month']}-01")
    except (KeyError, ValueError):
        return today()
    return month if FIRST_DAY < month < LAST_DAY.replace(day=1) else today()
