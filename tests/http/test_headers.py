"""The headers of every answer."""

import pytest
from flask_openapi3 import OpenAPI

from tests.support.pages import Visitor, a_site, an_app, somebody


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/healthz", "/static/site.css", "/api/v1/nothing", "/"])
def test_nothing_inline_runs_and_nothing_comes_from_elsewhere(app: OpenAPI, path: str) -> None:
    headers = app.test_client().get(path, buffered=True).headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_are_not_kept_by_anybody_but_files_are(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    page = visitor.get("/")
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert page.headers["Cache-Control"] == "no-store"
    assert "immutable" in visitor.get(style).headers["Cache-Control"]


@pytest.mark.parametrize("environment", ["test", "production"])
def test_the_cookie_is_out_of_reach_and_in_production_needs_a_safe_line(sqlite_url: str, environment: str) -> None:
    with an_app(sqlite_url, environment=environment) as app:
        headers = app.test_client().get("/sign-in").headers

    assert {"HttpOnly", "SameSite=Lax"} <= set(headers["Set-Cookie"].split("; "))
    assert ("Secure" in headers["Set-Cookie"]) == (environment == "production")
    assert ("max-age=31536000" in headers.get("Strict-Transport-Security", "")) == (environment == "production")


def test_the_service_answers_under_its_own_names_only(sqlite_url: str) -> None:
    with an_app(sqlite_url, hosts=("guahao.example",)) as app:
        assert app.test_client().get("/sign-in", base_url="https://evil.example").status_code == 400
        assert app.test_client().get("/sign-in", base_url="https://guahao.example").status_code == 200


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_address_behind_a_proxy_counts_only_where_one_stands(sqlite_url: str, proxies: int) -> None:
    with a_site(sqlite_url, proxies=proxies) as app:
        visitor = Visitor(app, address="10.0.0.1")
        visitor.post("/sign-in", {"username": "owner1", "password": "x"}, headers={"X-Forwarded-For": "203.0.113.9"})
        events = somebody(app, "auditor1").get("/administration/events").text
    assert ("203.0.113.9" in events) == bool(proxies)
