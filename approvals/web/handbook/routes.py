"""The handbook: its books in the language of the reader, their pictures, and the hints of first visits."""

from dataclasses import dataclass

from flask import Blueprint, Flask, g, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response

from approvals.accounts.actors import Actor
from approvals.accounts.hints import mark_hint_read, show_hints_again
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.web.handbook.books import BOOKS, FOLDERS, PICTURES, book
from approvals.web.handbook.chapters import help_for, other_books, own_books
from approvals.web.handbook.hints import HINTS, hint_of_page
from approvals.web.query_parameters import next_page
from approvals.web.submissions import process_once

handbook = Blueprint("handbook", __name__)


@dataclass(frozen=True, slots=True)
class PageHelp:
    """Where the help for a page is, and its hint for who has not read it yet."""

    address: str
    hint: str | None
    endpoint: str


def set_up_help(app: Flask) -> None:
    """Pass the help for the page being shown to every template."""
    app.context_processor(lambda: {"page_help": _page_help()})


@handbook.get("/handbook")
@access("signed_in")
def index() -> Response:
    return redirect(url_for("handbook.show", name=own_books(actor().roles)[0]), 303)


@handbook.get("/handbook/<name>")
@access("signed_in")
def show(name: str) -> str:
    if name not in BOOKS:
        raise NotFound
    roles = actor().roles
    own, others = [book(own) for own in own_books(roles)], [book(other) for other in other_books(roles)]
    return render_template("handbook/show.html", book=book(name), own=own, others=others)


@handbook.get("/handbook/pictures/<folder>/<name>")
@access("signed_in")
def picture(folder: str, name: str) -> Response:
    if folder not in FOLDERS.values():
        raise NotFound
    response = send_from_directory(PICTURES / folder, name, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-cache"  # asked for again, and sent again when it has changed
    return response


@handbook.post("/hints/<hint>/read")
@access("signed_in")
def read_hint(hint: str) -> Response:
    if hint not in HINTS:
        raise NotFound
    with database().write() as tx:
        mark_hint_read(tx, actor().id, hint, now())
    return redirect(next_page() or url_for("home.index"), 303)


@handbook.post("/hints/again")
@access("signed_in")
def hints_again() -> Response:
    return process_once(
        next_page() or url_for("handbook.index"),
        lambda tx: show_hints_again(tx, actor().id),
        _("The hints are shown again on your next visits."),
    )


def _page_help() -> PageHelp | None:
    reader: Actor | None = g.get("actor")
    if reader is None:
        return None
    endpoint = request.endpoint or ""
    name, anchor = help_for(reader, endpoint)
    return PageHelp(url_for("handbook.show", name=name, _anchor=anchor), hint_of_page(), endpoint)
