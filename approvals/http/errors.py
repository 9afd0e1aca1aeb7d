"""Error responses: HTML for browsers, problem+json for API clients."""

import errno
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus

import orjson
import psycopg
import pysqlite3.dbapi2 as sqlite
from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.sansio.response import Response as AnyResponse

from approvals.base.errors import AmbiguousReference, Invalid, NotFound, Postponed, Problem
from approvals.base.i18n import N_, translated
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import TEXT_LIMIT, text_fault
from approvals.http.request_ids import request_id
from approvals.http.resumed_form import ResumableForm, resumable_form

IDENTIFY = "guahao-identify"  # finds who is signed in, for a page that was refused before anybody asked
DATABASE_ERRORS = (DBAPIError, sqlite.Error, psycopg.Error)  # some errors of the drivers are not wrapped
RETRY_AFTER = 5  # seconds; writers wait for each other far less
# SQLSTATE classes of PostgreSQL: connection, rollback, insufficient resources, operator intervention.
BUSY_CLASSES = frozenset({"08", "40", "53", "57"})
LOCK_TIMEOUT = "55P03"
DISK_FULL, SQLITE_FULL = "53100", 13
SQLITE_ERROR = 1  # a statement that SQLite does not understand
TITLES = {
    400: N_("Bad request"),
    401: N_("Please sign in"),
    403: N_("Permission denied"),
    404: N_("Page not found"),
    405: N_("Method not allowed"),
    408: N_("The request arrived too slowly"),
    409: N_("Conflict"),
    413: N_("Request too large"),
    415: N_("Unsupported content type"),
    422: N_("Some fields need your attention"),
    429: N_("Too many requests"),
    500: N_("Internal error"),
    503: N_("Service temporarily unavailable"),
    507: N_("No space left"),
}
ADVICE = {
    400: N_("The request is malformed. Go back, reload the page and try again."),
    401: N_("Sign in to continue."),
    403: N_("Your role does not permit this. If you need access, contact the security administrator."),
    404: N_("The page does not exist, or you do not have access to it. Check the address or go to your home page."),
    405: N_("This address does not support that request method."),
    408: N_("The connection was too slow or broke off. Nothing was changed. Try again."),
    413: N_("The request is too large. A file may be up to 50 MB, and the text fields of a form up to 2 MB in total."),
    415: N_("Send the content in one of the documented types."),
    500: N_("An unexpected error occurred and has been logged. Nothing was changed. Try again in a few minutes."),
    503: N_("The database did not respond in time. Nothing was changed. Try again in a few seconds."),
    507: N_("The server has no space left for this. Nothing was changed. The system administrator has to make room."),
}
_log = logging.getLogger(__name__)


def set_up_problems(app: Flask) -> None:
    app.before_request(_refuse_control_characters)
    app.register_error_handler(Problem, _on_problem)
    app.register_error_handler(CSRFError, _on_forgery)
    app.register_error_handler(HTTPException, _on_http)
    app.extensions.setdefault(IDENTIFY, lambda: None)
    for kind in DATABASE_ERRORS:
        app.register_error_handler(kind, _on_database)
    app.register_error_handler(PoolTimeout, _on_busy)
    app.register_error_handler(OSError, _on_system)
    app.register_error_handler(Exception, _on_fault)


def _refuse_control_characters() -> None:
    """No address contains control characters; PostgreSQL rejects a NUL."""
    if text_fault(request.path, limit=len(request.path), lines=False):
        raise NotFound
    for name, value in request.args.items(multi=True):
        if violation := text_fault(name + value, limit=TEXT_LIMIT, lines=False):
            raise Invalid({name.replace("\0", ""): [violation]})


def is_api_request() -> bool:
    return request.path.startswith("/api/")


def message_of(problem: Problem) -> str:
    """The message of the problem in the language of the response."""
    return translated(problem.message, problem.params)


def field_messages(problem: Problem) -> dict[str, tuple[str, ...]]:
    """The messages of each invalid field in the language of the response."""
    if isinstance(problem, Invalid):
        return {name: tuple(translated(*text) for text in texts) for name, texts in problem.fields.items()}
    return {problem.field: (message_of(problem),)} if problem.field else {}


def answer(
    status: int,
    detail: str,
    *,
    fields: Mapping[str, tuple[str, ...]] | None = None,
    wait: int | None = None,
    choices: Sequence[tuple[str, str]] = (),
    more: Mapping[str, object] | None = None,
) -> Response:
    """The response for this status, as problem+json or as a page; `more` is for API clients only.

    `choices` are the internal ids and names of projects that may be meant.
    """
    g.is_problem = True  # the layout of the page runs no more queries
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and not is_api_request() and "actor" not in g:
        with suppress(*DATABASE_ERRORS, PoolTimeout):
            current_app.extensions[IDENTIFY]()
    title = _(TITLES.get(status, N_("This cannot be done")))
    if is_api_request():
        body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        body |= {"fields": {name: list(messages) for name, messages in fields.items()}} if fields else {}
        body |= more or {}
        response = Response(orjson.dumps(body), status, content_type="application/problem+json")
    else:
        page = render_template(
            "base/problem.html",
            status=status,
            title=title,
            detail=detail,
            fields=fields or {},
            choices=choices,
            request_id=request_id(),
        )
        response = Response(page, status)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    if status == HTTPStatus.UNAUTHORIZED and is_api_request():
        response.headers["WWW-Authenticate"] = 'Bearer realm="guahao"'
    return response


def _on_problem(problem: Problem) -> Response:
    wait = problem.wait if isinstance(problem, Postponed) else None
    choices = problem.choices if isinstance(problem, AmbiguousReference) else ()
    response = answer(problem.status, message_of(problem), fields=field_messages(problem), wait=wait, choices=choices)
    if problem.status == HTTPStatus.UNAUTHORIZED and not is_api_request():
        return _to_sign_in(response)
    return response


def _to_sign_in(response: Response) -> Response:
    """A GET is redirected to the sign-in page and back; a form is refused and can be resumed after the sign-in."""
    address = request.full_path.rstrip("?")
    if request.method not in ("GET", "HEAD"):
        if form := resumable_form():
            response.set_data(render_template("account/sign_in.html", next=None, resumable=form))
    elif request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = url_for("accounts.sign_in")
    else:
        response.status_code = HTTPStatus.SEE_OTHER
        response.headers["Location"] = url_for("accounts.sign_in", next=None if address == "/" else address)
    return response


def _on_forgery(_error: CSRFError) -> Response:
    # Signed in again since the form was opened: its token belongs to the earlier session.
    if "actor" in g and not is_api_request() and (form := resumable_form()):
        g.is_problem = True
        return Response(
            render_template("account/resume_form.html", resumable=form, is_confirmed=False), HTTPStatus.BAD_REQUEST
        )
    return answer(400, _("The form has expired or was not sent from this site. Reload the page and try again."))


def _on_http(error: HTTPException) -> AnyResponse:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None:
        return error.response
    if code < HTTPStatus.BAD_REQUEST or isinstance(error, SecurityError):
        return error.get_response()  # a redirect, or an unknown host, for which no page can be built
    response = answer(code, _(ADVICE.get(code, N_("This request cannot be served."))))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    if code == HTTPStatus.REQUEST_TIMEOUT:  # what may still arrive is no new request
        response.headers["Connection"] = "close"
    return response


def _on_system(error: OSError) -> Response:
    return _on_full(error) if error.errno in (errno.ENOSPC, errno.EDQUOT) else _on_fault(error)


def _on_full(error: Exception) -> Response:
    _log.error("no space left: %s", getattr(error, "orig", None) or error)
    return answer(HTTPStatus.INSUFFICIENT_STORAGE, _(ADVICE[507]))


def _is_full(error: Exception) -> bool:
    """Whether the database has no space left."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", None) == SQLITE_FULL or getattr(cause, "sqlstate", None) == DISK_FULL


def _on_database(error: Exception) -> Response:
    if _is_full(error):
        return _on_full(error)
    return _on_busy(error) if _is_busy(error) else _on_fault(error)


def _is_busy(error: Exception) -> bool:
    """Whether the database is locked, full or unreachable, as opposed to a wrong statement."""
    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    if state := getattr(cause, "sqlstate", None):
        return state[:2] in BUSY_CLASSES or state == LOCK_TIMEOUT
    if isinstance(cause, sqlite.OperationalError):
        return getattr(cause, "sqlite_errorcode", None) != SQLITE_ERROR
    return isinstance(cause, psycopg.OperationalError)


def _on_busy(error: Exception) -> Response:
    _log.error("database unavailable: %s", getattr(error, "orig", None) or type(error).__name__)
    if (
        not is_api_request()
        and (form := resumable_form())
        and not any("password" in name for name, _value in form.fields)
    ):
        return _sent_again(form)
    return answer(503, _(ADVICE[503]), wait=RETRY_AFTER)


def _sent_again(form: ResumableForm) -> Response:
    """The form that could not be processed, to be sent again as it was."""
    g.is_problem = True
    title, detail, has_files = _(TITLES[503]), _(ADVICE[503]), request.mimetype == "multipart/form-data"
    more = {"has_files": has_files, "request_id": request_id()}
    page = render_template("base/busy.html", title=title, detail=detail, resumable=form, **more)
    return Response(page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_AFTER)})


def _on_fault(error: Exception) -> Response:
    _log.error("unhandled exception", exc_info=error)
    return answer(500, _(ADVICE[500]))
