"""Editions of the catalogue: which is in force, what a new one would change, loading it and taking it back."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Invalid, NotFound, invalid
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import whole_number
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
from approvals.web.query_parameters import query_text
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
        view = edition_view(tx, _number(edition), today())
    return render_template("catalogue/show.html", view=view)


@catalogues.get("/<edition>/text")
@access(roles=permissions.SEE_CATALOGUE)
def text(edition: str) -> Response:
    """The text of an edition as it was loaded, to be edited and loaded as the next one."""
    with database().read() as tx:
        view = edition_view(tx, _number(edition), today())
    answer = Response(view.catalogue.text, mimetype="text/yaml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"catalogue-{_number(edition)}.yaml")
    return answer


def _number(address: str) -> int:
    number = whole_number(address, digits=9)
    if number is None:
        raise NotFound
    return number


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
    by, looked_at = actor().username, _looked_at()
    return process_once(
        url_for("catalogues.index"),
        lambda tx: load_edition(tx, content, by=by, now=now(), from_on=from_on, looked_at=looked_at),
        _("The catalogue is loaded. Registered projects keep their edition."),
    )


def _sent() -> tuple[str, date]:
    """The text and the day of the form; both are remembered for the page that is shown when they are refused."""
    fields = form_fields("from_on")
    file = request.files.get(FILE)
    content = _text_of(file) if file else request.form.get("text", "").replace("\r\n", "\n")
    remember_input({**fields, "text": content})
    if not content.strip():
        raise invalid(FILE, N_("Select the file of the catalogue."))
    if len(content.encode()) > LARGEST:
        raise _too_large()
    return content, _day(fields.get("from_on", ""))


def _text_of(file: FileStorage) -> str:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _too_large()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise invalid(FILE, N_("is not valid UTF-8 text; save the file as UTF-8 and select it again")) from None


def _too_large() -> Invalid:
    return invalid(FILE, N_("is larger than %(most)s KB"), most=LARGEST // 1024)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written) if written else today()
    except ValueError:
        raise invalid("from_on", N_("must be a date such as 2026-03-02")) from None


def _looked_at() -> int:
    """The last edition at the time of the preview; -1 without one."""
    edition = whole_number(request.form.get("edition", ""), digits=9)
    return -1 if edition is None else edition


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
    by, looked_at = actor().username, _looked_at()
    return process_once(
        url_for("catalogues.index"),
        lambda tx: take_back_edition(tx, name, by=by, now=now(), looked_at=looked_at),
        _("The edition has been taken back."),
    )
