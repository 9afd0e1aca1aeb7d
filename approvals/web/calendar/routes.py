"""Working calendar: its years, loading and withdrawing a holiday notice, each with a preview."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import whole_number
from approvals.calendar.actions import checked_notices
from approvals.calendar.queries import calendar_in_force, last_edition
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.recalculation.actions import begin_loading, begin_taking_back
from approvals.recalculation.calendar_views import year_view, years
from approvals.recalculation.preview import preview, preview_taking_back
from approvals.recalculation.views import preview_page, progress
from approvals.web.calendar.notice_form import sent_notice, sent_text, typed_rows
from approvals.web.forms import EMPTY, Form, FormInput, redisplay
from approvals.web.query_parameters import query_text
from approvals.web.sent_text import edition_looked_at
from approvals.web.submissions import flash_message, writing_once
from approvals.windows.deadline_explanation import WEEKDAYS
from workflows.clock.holiday_notices import parse_notices
from workflows.clock.typed_notice import form_values

calendars = Blueprint("calendars", __name__, url_prefix="/calendars")
ROWS = 8  # of the form: the holidays and the make-up days of a usual year
MORE_ROWS = 5
YEAR_DIGITS = 4


@calendars.get("")
@access(roles=permissions.SEE_CALENDAR)
def index() -> str:
    with database().read() as tx:
        year_rows, running = years(tx, today()), progress(tx, now())
    return render_template("calendar/index.html", years=year_rows, progress=running, may_change=_may_change())


@calendars.get("/<year>")
@access(roles=permissions.SEE_CALENDAR)
def year(year: str) -> str:
    with database().read() as tx:
        view = year_view(tx, _year(year))
    return render_template("calendar/year.html", view=view, weekdays=WEEKDAYS, today=today(), may_change=_may_change())


def _year(text: str) -> int:
    """The year of the address; NotFound for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) == YEAR_DIGITS):
        raise NotFound
    return int(text)


def _may_change() -> bool:
    return actor().has(*permissions.CHANGE_CALENDAR)


# Loading.


@calendars.get("/new")
@access(roles=permissions.CHANGE_CALENDAR)
def new(form: Form = EMPTY) -> str:
    """The forms of a notice, filled with the one in force for that year, if any."""
    year = query_text("year")[:YEAR_DIGITS]
    with database().read() as tx:
        notice = calendar_in_force(tx).notice(_year(year)) if year else None
    values: FormInput = form_values(notice) if notice else {"year": year}
    return _forms(form if form.message else form.over(values))


@calendars.post("/new")
@access(roles=permissions.CHANGE_CALENDAR)
def type_on() -> str:
    """The form again, with more rows or with the previewed notice; nothing is checked yet."""
    if "text" not in request.form:
        return _forms(Form(values=typed_rows()), more=MORE_ROWS)
    text = sent_text()
    notices = checked_notices(text)
    return _forms(Form(values=form_values(notices[0]) if len(notices) == 1 else {"text": text}))


def _forms(form: Form, more: int = 0) -> str:
    rows = {name: len(form.rows(name, ROWS)) + more for name in ("days_off", "makeup_workdays")}
    return render_template("calendar/new.html", form=form, rows=rows)


@calendars.post("/preview")
@access(roles=permissions.CHANGE_CALENDAR)
@redisplay(new)
def look(form: Form = EMPTY) -> str:
    """Preview of the changes; nothing is written. The notice is passed on as it was read here."""
    text = sent_notice()
    with database().read() as tx:
        edition, view = last_edition(tx), preview_page(tx, preview(tx, text, today()), _page())
    return render_template(
        "calendar/preview.html", text=text, notices=parse_notices(text), view=view, edition=edition, form=form
    )


@calendars.post("/load")
@access(roles=permissions.CHANGE_CALENDAR)
@redisplay(look, "load")
def load() -> Response:
    text = sent_notice()
    with database().read() as tx:
        expected = sum(1 for _found in preview(tx, text, today()))
    with writing_once(url_for("calendars.redated")) as once:
        if once.is_new:
            by, looked_at = actor().username, edition_looked_at()
            begin_loading(once.tx, text, by=by, now=now(), expected=expected, looked_at=looked_at)
    flash_message(_("The notice is now in force."))
    return once.answer()


def _page() -> int:
    number = whole_number(request.values.get("page", ""), digits=6)
    return 1 if number is None else number


# Withdrawing.


@calendars.get("/<year>/take-back")
@access(roles=permissions.CHANGE_CALENDAR)
def take_back(year: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = year_view(tx, _year(year))
        if not view.may_take_back:
            raise NotFound(N_("No notice is loaded for this year."))
        edition, preview_view = (
            last_edition(tx),
            preview_page(tx, preview_taking_back(tx, _year(year), today()), _page()),
        )
    return render_template("calendar/take_back.html", year=view, view=preview_view, edition=edition, form=form)


@calendars.post("/<year>/take-back")
@access(roles=permissions.CHANGE_CALENDAR)
@redisplay(take_back, "take_back")
def take_back_now(year: str) -> Response:
    with database().read() as tx:
        expected = sum(1 for _found in preview_taking_back(tx, _year(year), today()))
    with writing_once(url_for("calendars.redated")) as once:
        if once.is_new:
            begin_taking_back(
                once.tx, _year(year), by=actor().username, now=now(), expected=expected, looked_at=edition_looked_at()
            )
    flash_message(_("The notice has been withdrawn."))
    return once.answer()


@calendars.get("/redating")
@access(roles=permissions.SEE_CALENDAR)
def redated() -> str:
    """Progress of the recalculation; the page refreshes itself until it is done."""
    with database().read() as tx:
        view = progress(tx, now())
    return render_template("calendar/redating.html", progress=view)
