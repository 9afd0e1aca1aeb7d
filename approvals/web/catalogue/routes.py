"""Editions of the catalogue: which is in force, what a new one would change, loading it and taking it back."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number
from approvals.catalogue.queries import editions, stored_catalogue
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.registration.edition_preview import preview_edition
from approvals.registration.edition_views import edition_view, editions_view
from approvals.registration.editions import (
    FILE,
    check_edition,
    checked_catalogue,
    edition_to_take_back,
    last_id,
    load_edition,
    take_back_edition,
)
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.query_parameters import query_text, read_day
from approvals.web.sent_text import edition_looked_at, text_of_file, typed_text
from approvals.web.submissions import process_once

catalogues = Blueprint("catalogues", __name__, url_prefix="/catalogues")
LARGEST = 512 * 1024  # bytes; the example catalogue has some ten thousand


@catalogues.get("")
@access(roles=permissions.SEE_CATALOGUE)
def index() -> str:
    with database().read() as tx:
        view = editions_view(tx, today())
    return render_template("catalogue/index.html", view=view, may_change=_may_change())


@catalogues.get("/<edition>")
@access(roles=permissions.SEE_CATALOGUE)
def show(edition: str) -> str:
    with database().read() as tx:
        view = edition_view(tx, address_number(edition, digits=9), today())
    return render_template("catalogue/show.html", view=view)


@catalogues.get("/<edition>/text")
@access(roles=permissions.SEE_CATALOGUE)
def text(edition: str) -> Response:
    """The text of an edition as it was loaded, to be edited and loaded as the next one."""
    number = address_number(edition, digits=9)
    with database().read() as tx:
        view = edition_view(tx, number, today())
    answer = Response(view.catalogue.text, mimetype="text/yaml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"catalogue-{number}.yaml")
    return answer


def _may_change() -> bool:
    return actor().has(*permissions.CHANGE_CATALOGUE)


# Loading.


@catalogues.get("/new")
@access(roles=permissions.CHANGE_CATALOGUE)
def new(form: Form = EMPTY) -> str:
    return render_template("catalogue/new.html", form=form, today=today())


@catalogues.post("/preview")
@access(roles=permissions.CHANGE_CATALOGUE)
@redisplay(new)
def look(form: Form = EMPTY) -> str:
    """What the catalogue would change; nothing is written. The text is passed on as it was read here."""
    content, from_on = _sent()
    catalogue = checked_catalogue(content)
    with database().read() as tx:
        check_edition(tx, catalogue, from_on, today())
        view, last = preview_edition(tx, catalogue, from_on), last_id(editions(tx))
    return render_template(
        "catalogue/preview.html", view=view, content=content, from_on=from_on, edition=last, form=form
    )


@catalogues.post("/load")
@access(roles=permissions.CHANGE_CATALOGUE)
@redisplay(new)
def load() -> Response:
    content, from_on = _sent()
    by, looked_at = actor().username, edition_looked_at()
    return process_once(
        url_for("catalogues.index"),
        lambda tx: load_edition(tx, content, by=by, now=now(), from_on=from_on, looked_at=looked_at),
        _("The catalogue is loaded. Registered projects keep their edition."),
    )


def _sent() -> tuple[str, date]:
    """The text and the day of the form; both are remembered for the page that is shown when they are refused."""
    fields = form_fields("from_on")
    file = request.files.get(FILE)
    content = text_of_file(file, FILE, LARGEST) if file else typed_text(FILE, LARGEST)
    remember_input({**fields, "text": content})
    if not content.strip():
        raise invalid(FILE, N_("Select the file of the catalogue."))
    return content, read_day("from_on", fields.get("from_on", ""), today())


# Taking back.


@catalogues.get("/take-back")
@access(roles=permissions.CHANGE_CATALOGUE)
def take_back(form: Form = EMPTY) -> str:
    """What taking the last edition back would change."""
    name = query_text("name") or str(form.value("name"))
    with database().read() as tx:
        _last, before = edition_to_take_back(tx, name)
        view = preview_edition(tx, stored_catalogue(tx, before.sha256), today())
        last = last_id(editions(tx))
    return render_template("catalogue/take_back.html", name=name, view=view, edition=last, form=form)


@catalogues.post("/take-back")
@access(roles=permissions.CHANGE_CATALOGUE)
@redisplay(take_back)
def take_back_now() -> Response:
    name = remember_input(form_fields("name")).get("name", "")
    by, looked_at = actor().username, edition_looked_at()
    return process_once(
        url_for("catalogues.index"),
        lambda tx: take_back_edition(tx, name, by=by, now=now(), looked_at=looked_at),
        _("The edition has been taken back."),
    )
