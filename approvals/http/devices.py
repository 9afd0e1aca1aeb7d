"""Browsers that are known: a signed cookie names the accounts that were signed in to from this browser before."""

import secrets

from flask import Response, after_this_request, request
from itsdangerous import BadData, URLSafeTimedSerializer

from approvals.accounts.throttle import Client
from approvals.http.application import settings
from workflows.config.sign_in_policy import load_sign_in_policy

MOST_PEOPLE = 20  # of one browser, as at a counter; the one who signed in least lately is forgotten first


def client_for(person_id: int | None) -> Client:
    """Where this request comes from, for the account of this person; None where there is no such account."""
    device, people = _read()
    return Client(request.remote_addr or "", device if person_id in people else "")


def remember_browser(person_id: int) -> None:
    """With the answer to this request the browser becomes known for this person's account."""
    device, people = _read()
    known = [person_id, *(other for other in people if other != person_id)][:MOST_PEOPLE]
    cookie = _serializer().dumps([device or secrets.token_urlsafe(12), known])
    life = int(load_sign_in_policy().known_browser.total_seconds())

    @after_this_request
    def keep(response: Response) -> Response:
        secure = settings().is_production
        response.set_cookie(_name(), cookie, max_age=life, samesite="Lax", httponly=True, secure=secure)
        return response


def _read() -> tuple[str, list[int]]:
    """The name of this browser and whom it is known for; both empty when the cookie is missing, false or too old."""
    life = int(load_sign_in_policy().known_browser.total_seconds())
    try:
        device, people = _serializer().loads(request.cookies.get(_name(), ""), max_age=life)
    except (BadData, ValueError, TypeError):
        return "", []
    return device, people


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="known-browser")


def _name() -> str:
    return "__Host-guahao-browser" if settings().is_production else "guahao-browser"
