"""The roster's pages: a month's grid, entering shifts with a look at what they leave open, taking one off."""

from datetime import date
from typing import Any

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
from approvals.web.forms import EMPTY, Form, keep, kept, say, sent_fields, writing_once

duty_roster = Blueprint("roster", __name__)


@duty_roster.get("/roster")
@access(roles=permissions.KEEP_ROSTER)
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = roster(tx, _month(), now())
    return render_template("liaisons/roster.html", view=view, form=form)


@duty_roster.post("/roster/preview")
@access(roles=permissions.KEEP_ROSTER)
@kept(index, "shifts")
def preview(form: Form = EMPTY) -> str:
    """What the new shifts would leave open; nothing is saved."""
    with database().read() as tx:
        view = preview_of(tx, _given())
    return render_template("liaisons/roster_preview.html", view=view, form=form)


def again(form: Form = EMPTY) -> str:
    """The same after it was refused; where the shifts themselves cannot be read, the form to type them."""
    return index(form) if "lines" in form.errors else _again(form)


def _again(form: Form) -> str:
    with database().read() as tx:
        view = preview_of(tx, _given())
    return render_template("liaisons/roster_preview.html", view=view, form=form)


@duty_roster.post("/roster")
@access(roles=permissions.KEEP_ROSTER)
@kept(again, "shifts")
def save() -> Response:
    given = _given()
    with writing_once(url_for("roster.index")) as once:
        if once.is_new:
            is_known = request.form.get("knows_gaps") == "yes"
            found = enter(once.tx, given, knows_gaps=is_known, by=actor(), now=now())
            once.leads_to = url_for("roster.index", month=f"{found.period.start:%Y-%m}")
    say(_("The shifts have been added to the roster."))
    return once.answer()


@duty_roster.post("/roster/<shift_id>/off")
@access(roles=permissions.KEEP_ROSTER)
def off(shift_id: str) -> Response:
    found = address_number(shift_id)
    with writing_once(url_for("roster.index", **_of_month())) as once:
        if once.is_new:
            take_off(once.tx, found, actor(), now())
    say(_("The shift has been removed from the roster."))
    return once.answer()


def _given() -> list[dict[str, str]]:
    """The shifts that were typed, one in fields or several in lines."""
    typed = keep(sent_fields(*FIELDS, "lines"))
    if "lines" in typed:
        return pasted(typed["lines"])
    if not typed:
        raise invalid("lines", N_("needs at least one entry"))
    return [{name: str(typed.get(name, "")) for name in FIELDS}]


def _month() -> date:
    try:
        month = date.fromisoformat(f"{request.args['month']}-01")
    except (KeyError, ValueError):
        return today()
    return month if FIRST_DAY < month < LAST_DAY.replace(day=1) else today()


def _of_month() -> dict[str, Any]:
    month = request.form.get("month", "")
    return {"month": month[:7]} if month else {}
