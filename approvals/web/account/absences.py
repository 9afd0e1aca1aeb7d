"""The pages about absences: one's own leave, standing in for others, and who is away. They look at all stages."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.absence import actions as leave
from approvals.accounts.absence.queries import absence
from approvals.accounts.inputs import NewAbsence, ReasonInput
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import read
from approvals.casefile.absences import KINDS, OpenWork, choices, mine, open_work, overview
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.periods import month_of, read_month
from approvals.web.forms import EMPTY, Form, keep, kept, say, sent_fields, writing_once
from workflows.rules.absence import days_of

absences = Blueprint("absences", __name__)

FIELDS = ("person", "from_on", "until_on", "kind", "note", "deputy")
ID = "<int(max=999999999):absence_id>"


@absences.get("/absence")
@access(roles=permissions.HAVE_ABSENCES)
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = mine(tx, actor(), today())
    return render_template("account/absence.html", view=view, kinds=KINDS, form=form)


@absences.get("/absence/new")
@access(roles=permissions.HAVE_ABSENCES)
def new(form: Form = EMPTY) -> str:
    return _form(form)


@absences.post("/absence/look")
@access(roles=permissions.HAVE_ABSENCES)
@kept(new)
def look() -> str:
    """The form again, with what lies open in these days; nothing is written yet."""
    typed = keep(sent_fields(*FIELDS))
    given = read(NewAbsence, typed)
    with database().read() as tx:
        person = leave.check(tx, given, by=actor(), today=today())
        days = days_of(given.from_on, given.until_on)
        work = open_work(tx, person, days, today()) if days else None
    return _form(Form(values=typed), work)


def _form(form: Form, work: OpenWork | None = None) -> str:
    person = str(form.value("person")) or request.args.get("person", "") or actor().username
    form = form.over({"person": person, "from_on": today().isoformat()})
    with database().read() as tx:
        choice = choices(tx, actor(), person, today())
    return render_template("account/absence_new.html", form=form, choice=choice, kinds=KINDS, work=work)


@absences.post("/absence")
@access(roles=permissions.HAVE_ABSENCES)
@kept(new)
def enter() -> Response:
    given = read(NewAbsence, keep(sent_fields(*FIELDS)))
    with writing_once(url_for("absences.index")) as once:
        if once.is_new:
            leave.enter(once.tx, given, by=actor(), now=now())
            if given.person != actor().username:
                once.leads_to = url_for("absences.away")
    say(
        _("The leave has been entered. The deputy was asked to confirm.")
        if given.deputy
        else _("The leave has been entered.")
    )
    return once.answer()


@absences.post(f"/absence/{ID}/confirm")
@access(roles=permissions.HAVE_ABSENCES)
@kept(index)
def confirm(absence_id: int) -> Response:
    with writing_once(url_for("absences.index")) as once:
        if once.is_new:
            leave.confirm(once.tx, absence_id, by=actor(), now=now())
    say(_("You are now the deputy. During this period you have the same tasks and permissions."))
    return once.answer()


@absences.post(f"/absence/{ID}/decline")
@access(roles=permissions.HAVE_ABSENCES)
@kept(index, "decline")
def decline(absence_id: int) -> Response:
    given = read(ReasonInput, keep(sent_fields("reason")))
    with writing_once(url_for("absences.index")) as once:
        if once.is_new:
            leave.decline(once.tx, absence_id, given.reason, by=actor(), now=now())
    say(_("You declined. Another deputy must be named."))
    return once.answer()


@absences.post(f"/absence/{ID}/end")
@access(roles=permissions.HAVE_ABSENCES)
@kept(index)
def end(absence_id: int) -> Response:
    with writing_once(_back(absence_id)) as once:
        if once.is_new:
            leave.end(once.tx, absence_id, by=actor(), now=now())
    say(_("The leave has ended. Tasks and permissions are back with the person."))
    return once.answer()


@absences.get(f"/absence/{ID}/deputy")
@access(roles=permissions.HAVE_ABSENCES)
def deputy(absence_id: int, form: Form = EMPTY) -> str:
    with database().read() as tx:
        found = leave.current(tx, absence_id, actor(), today())
        choice = choices(tx, actor(), found.person.username, today())
    return render_template("account/absence_deputy.html", one=found, choice=choice, form=form, kinds=KINDS)


@absences.post(f"/absence/{ID}/deputy")
@access(roles=permissions.HAVE_ABSENCES)
@kept(deputy)
def name_deputy(absence_id: int) -> Response:
    given = keep(sent_fields("deputy"))
    with writing_once(_back(absence_id)) as once:
        if once.is_new:
            leave.name_deputy(once.tx, absence_id, given.get("deputy", ""), by=actor(), now=now())
    say(_("The deputy has been asked to confirm."))
    return once.answer()


def _back(absence_id: int) -> str:
    """Where the person who changes this absence goes on: their own page, or the one of those who look after others."""
    with database().read() as tx:
        found = absence(tx, absence_id)
    return url_for("absences.index" if found.person.id == actor().id else "absences.away")


@absences.get("/absences")
@access(roles=permissions.SEE_ABSENCES)
def away() -> str:
    with database().read() as tx:
        asked = request.args.get("month", "")
        view = overview(tx, actor(), read_month(asked) if asked else month_of(today()), today())
    return render_template("account/absences.html", view=view, kinds=KINDS)
