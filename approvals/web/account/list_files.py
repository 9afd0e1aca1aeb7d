"""Files of long lists: what a person asked for, a new one, and its download; and how a worker makes one."""

from collections.abc import Callable, Mapping
from contextlib import closing

from flask import Blueprint, Flask, current_app, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Response

from approvals.accounts import list_files
from approvals.accounts.identity import actor_of
from approvals.accounts.list_files import MadeFile
from approvals.base.errors import NotFound, Problem
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.jobs import JobFailed, Running
from approvals.base.moments import day_of
from approvals.http.access import access, actor, identify, may_open
from approvals.http.application import database, now
from approvals.web.downloads import send_download
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.lists import FILES, LISTS, LONG, WAITED_FOR, ListPage
from approvals.web.query_parameters import is_local
from approvals.web.submissions import process_once

LONGEST_ADDRESS = 2000  # characters
files = Blueprint("list_files", __name__, url_prefix="/files")


@files.get("")
@access("signed_in")
def index(form: Form = EMPTY) -> str:
    """The files of the reader, and with `at` the list that is too long to be sent at once."""
    address = request.values.get("at", "")
    page = _list_at(address) if address else None
    with database().read() as tx:
        own = list_files.files_of(tx, actor().id)
    goes_on = any(file.is_waited_for for file in own)
    context = {"files": own, "goes_on": goes_on, "page": page, "address": address, "long": LONG}
    return render_template("account/list_files.html", form=form, kept=list_files.KEPT_FOR.days, **context)


@files.post("")
@access("signed_in")
@redisplay(index, "file")
def ask() -> Response:
    address = request.form.get("at", "")
    title = _(_list_at(address).title)
    return process_once(
        url_for("list_files.index"),
        lambda tx: list_files.request_file(tx, actor().id, title, address, now()),
        _("The file is being made."),
    )


@files.get("/<int(max=999999999):file_id>")
@access("signed_in")
def download(file_id: int) -> Response:
    with database().read() as tx:
        file = list_files.made_file(tx, actor().id, file_id)
    return send_download(file.content, file.media_type, file.name, "list")


@files.post("/<int(max=999999999):file_id>/remove")
@access("signed_in")
def remove(file_id: int) -> Response:
    return process_once(
        url_for("list_files.index"),
        lambda tx: list_files.remove_file(tx, actor().id, file_id),
        _("The file is removed."),
    )


def _list_at(address: str) -> ListPage:
    """The list that gives a file at this address; NotFound for none, and for one that the reader may not open."""
    path, _mark, query = address.partition("?")
    try:
        endpoint, _arguments = current_app.create_url_adapter(request).match(path, "GET")  # type: ignore[union-attr]
    except HTTPException:
        raise NotFound from None
    page = LISTS.get(endpoint)
    is_file = is_local(address) and len(address) <= LONGEST_ADDRESS and f"file={_file_of(query)}" in query.split("&")
    if page is None or not is_file or not may_open(actor(), endpoint):
        raise NotFound
    return page


def _file_of(query: str) -> str:
    return next((kind for kind in FILES if f"file={kind}" in query.split("&")), "none")


def make_list_file(app: Flask, job: Running) -> Mapping[str, int]:
    """The worker's part: ask the list for its file as the person who wants it, with the rights of this day."""
    with job.read() as tx:
        wanted = list_files.wanted_file(tx, int(job.period))
        person = actor_of(tx, wanted.person_id, day_of(job.now())) if wanted else None
    if wanted is None:
        return {}
    if person is None:
        raise JobFailed(N_("The person is not active any more."), is_final=True)
    with app.test_request_context(wanted.address):
        identify(person)
        setattr(g, WAITED_FOR, True)
        file = _asked(app)
    result = {"bytes": len(file.content)}
    with job.finishing(result) as tx:
        list_files.store_file(tx, int(job.period), file, job.now())
    return result


def _asked(app: Flask) -> MadeFile:
    endpoint = request.endpoint or ""
    try:
        if not may_open(actor(), endpoint):
            raise NotFound
        view: Callable[..., Response] = app.view_functions[endpoint]  # type: ignore[assignment]
        response = view(**(request.view_args or {}))
    except Problem as problem:
        raise JobFailed(str(problem), is_final=True) from problem
    _kind, options = parse_options_header(response.headers["Content-Disposition"])
    with closing(response):
        response.direct_passthrough = False
        return MadeFile(options["filename"], str(response.mimetype), response.get_data())
