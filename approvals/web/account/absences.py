"""Absences: one's own leave, deputising for others, and the overview of who is absent."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.absence import actions as leave
from approvals.accounts.absence.queries import absence
from approvals.accounts.inputs import NewAbsence, ReasonInput
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import read_fields
from approvals.casefile.absences import KINDS, OpenWork, absence_overview, deputy_choices, open_work, own_absences
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.periods import month_of, read_month
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.submissions import flash_message, process_once, writing_once
from workflows.rules.absence import days_of

absences = Blueprint("absences", __name__)

FIELDS = ("person", "from_on", "until_on", "kind", "note", "deputy")
ID = "<int(max=999999999):absence_id>"


@absences.get("/absence")
@access(roles=permissions.HAVE_ABSENCES)
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = own_absences(tx, actor(), today())
    return render_template("account/absence.html", view=view, kinds=KINDS, form=form)


@absences.get("/absence/new")
@access(roles=permissions.HAVE_ABSENCES)
def new(form: Form = EMPTY) -> str:
    return _form(form)


@absences.post("/absence/look")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(new)
def look() -> str:
    """The form again, with the open work of these days; nothing is written yet."""
    typed = remember_input(form_fields(*FIELDS))
    new_absence = read_fields(NewAbsence, typed)
    with database().read() as tx:
        person = leave.check(tx, new_absence, by=actor(), today=today())
        days = days_of(new_absence.from_on, new_absence.until_on)
        work = open_work(tx, person, days, today()) if days else None
    return _form(Form(values=typed), work)


def _form(form: Form, work: OpenWork | None = None) -> str:
    person = str(form.value("person")) or request.args.get("person", "") or actor().username
    form = form.over({"person": person, "from_on": today().isoformat()})
    with database().read() as tx:
        choice = deputy_choices(tx, actor(), person, today())
    return render_template("account/absence_new.html", form=form, choice=choice, kinds=KINDS, work=work)


@absences.post("/absence")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(new)
def enter() -> Response:
    new_absence = read_fields(NewAbsence, remember_input(form_fields(*FIELDS)))
    with writing_once(url_for("absences.index")) as once:
        if once.is_new:
            leave.enter(once.tx, new_absence, by=actor(), now=now())
            if new_absence.person != actor().username:
                once.leads_to = url_for("absences.away")
    flash_message(
        _("The leave has been entered. The deputy was asked to confirm.")
        if new_absence.deputy
        else _("The leave has been entered.")
    )
    return once.answer()


@absences.post(f"/absence/{ID}/confirm")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(index)
def confirm(absence_id: int) -> Response:
    return process_once(
        url_for("absences.index"),
        lambda tx: leave.confirm(tx, absence_id, by=actor(), now=now()),
        _("You are now the deputy. During this period you have the same tasks and permissions."),
    )


@absences.post(f"/absence/{ID}/decline")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(index, "decline")
def decline(absence_id: int) -> Response:
    reply = read_fields(ReasonInput, remember_input(form_fields("reason")))
    return process_once(
        url_for("absences.index"),
        lambda tx: leave.decline(tx, absence_id, reply.reason, by=actor(), now=now()),
        _("You declined. Another deputy must be named."),
    )


@absences.post(f"/absence/{ID}/end")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(index)
def end(absence_id: int) -> Response:
    return process_once(
        _back(absence_id),
        lambda tx: leave.end(tx, absence_id, by=actor(), now=now()),
        _("The leave has ended. Tasks and permissions are back with the person."),
    )


@absences.get(f"/absence/{ID}/deputy")
@access(roles=permissions.HAVE_ABSENCES)
def deputy(absence_id: int, form: Form = EMPTY) -> str:
    with database().read() as tx:
        leave_view = leave.current(tx, absence_id, actor(), today())
        choice = deputy_choices(tx, actor(), leave_view.person.username, today())
    return render_template("account/absence_deputy.html", leave=leave_view, choice=choice, form=form, kinds=KINDS)


@absences.post(f"/absence/{ID}/deputy")
@access(roles=permissions.HAVE_ABSENCES)
@redisplay(deputy)
def name_deputy(absence_id: int) -> Response:
    fields = remember_input(form_fields("deputy"))
    return process_once(
        _back(absence_id),
        lambda tx: leave.name_deputy(tx, absence_id, fields.get("deputy", ""), by=actor(), now=now()),
        _("The deputy has been asked to confirm."),
    )


def _back(absence_id: int) -> str:
    """The page to return to: one's own absences, or the overview for somebody else's."""
    with database().read() as tx:
        leave_row = absence(tx, absence_id)
    return url_for("absences.index" if leave_row.person.id == actor().id else "absences.away")


@absences.get("/absences")
@access(roles=permissions.SEE_ABSENCES)
def away() -> str:
    with database().read() as tx:
        month = request.args.get("month", "")
        view = absence_overview(tx, actor(), read_month(month) if month else month_of(today()), today())
    return render_template("account/absences.html", view=view, kinds=KINDS)
