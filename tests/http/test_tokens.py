"""Bearer tokens of programs, and cookies that are none."""

from collections.abc import Iterator

import pytest
from flask import Blueprint, jsonify
from flask_openapi3 import OpenAPI

from approvals.base.errors import NotFound
from approvals.http.access import access, actor, check_declared
from approvals.http.application import csrf
from tests.support.pages import a_site, bearer, somebody


@pytest.fixture
def app(page_url: str) -> Iterator[OpenAPI]:
    with a_site(page_url) as app:
        trial = Blueprint("trial", __name__, url_prefix="/api/trial")
        trial.add_url_rule("/me", "me", access("signed_in")(lambda: jsonify(name=actor().username)))
        trial.add_url_rule("/me", "post", access(roles={"owner"})(lambda: jsonify(done=True)), methods=["POST"])
        csrf.exempt(trial)
        app.register_blueprint(trial)
        check_declared(app)
        yield app


def test_a_program_shows_its_token_and_needs_no_form_token(app: OpenAPI) -> None:
    headers = bearer(app, "owner1")

    assert app.test_client().get("/api/trial/me", headers=headers).json == {"name": "owner1"}
    assert app.test_client().post("/api/trial/me", headers=headers).json == {"done": True}


def test_a_browsers_cookie_is_no_bearer_token(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")

    assert visitor.get("/api/trial/me").status_code == 401
    assert visitor.client.post("/api/trial/me").status_code == 401


def test_a_token_opens_no_page(app: OpenAPI) -> None:
    answer = app.test_client().get("/account/password", headers=bearer(app, "owner1"))

    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("shown", ["Bearer nonsense", "Bearer ", "Basic b3duZXIxOng=", "Bearer gh_\x00", "nonsense"])
def test_what_is_no_token_is_told_so_as_a_problem(app: OpenAPI, shown: str) -> None:
    answer = app.test_client().get("/api/trial/me", headers={"Authorization": shown})

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["status"] == 401


def test_a_revoked_token_is_dead(app: OpenAPI) -> None:
    headers = bearer(app, "owner1")
    sysadmin = somebody(app, "sysadmin1")
    page = sysadmin.get("/administration/people/owner1").text
    revoke = next(part.split('"')[0] for part in page.split('action="') if "/revoke" in part.split('"')[0])

    assert sysadmin.post(revoke).status_code == 303

    assert app.test_client().get("/api/trial/me", headers=headers).status_code == 401


def test_a_token_for_nobody_is_not_made(app: OpenAPI) -> None:
    with pytest.raises(NotFound):
        bearer(app, "nobody")
