"""Every route × every role: what the table says is what happens."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_openapi3 import OpenAPI
from werkzeug.routing import Rule

from approvals.http.access import Undeclared, access, check_declared
from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.pages import Visitor, a_site, an_app, bearer, somebody
from workflows.charts.roles import ROLES

WHO = {
    "owner": "owner1",
    "window": "window-a01",
    "window_head": "head-a01",
    "liaison": "liaison1",
    "service_centre": "centre1",
    "supervision_office": "office1",
    "city_government": "leader1",
    "finance": "finance1",
    "integration": "integration1",
    "sysadmin": "sysadmin1",
    "secadmin": "secadmin1",
    "auditor": "auditor1",
}
ANYTHING = {"int": 999999, "default": "nothing", "string": "nothing", "path": "nothing"}  # of no case that exists


@pytest.fixture(scope="module")
def app(make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with a_site(make_database("sqlite")) as app:
        yield app


@pytest.fixture(scope="module")
def visitors(app: OpenAPI) -> dict[str, Visitor]:
    return {role: somebody(app, username) for role, username in WHO.items()}


def rules_of(app: OpenAPI, *, is_api: bool) -> list[Rule]:
    rules = app.url_map.iter_rules()
    return [rule for rule in rules if rule.endpoint != "static" and rule.rule.startswith("/api/") == is_api]


def path_of(app: OpenAPI, rule: Rule) -> str:
    with app.test_request_context():
        given = {name: ANYTHING["int" if name.endswith("_id") else "default"] for name in rule.arguments}
        return app.url_map.bind("localhost").build(rule.endpoint, given | (rule.defaults or {}))


def method_of(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def test_every_route_is_in_the_table_and_nothing_else_is(app: OpenAPI) -> None:
    assert set(TABLE) == set(app.view_functions)
    assert set(WHO) == set(ROLES), "each role has somebody who tries"


def test_a_role_opens_what_the_table_gives_it_and_nothing_more(app: OpenAPI, visitors: dict[str, Visitor]) -> None:
    wrong = []
    for rule in rules_of(app, is_api=False):
        allowed = TABLE[rule.endpoint]
        for role, visitor in visitors.items():
            if rule.endpoint == "accounts.sign_out":
                continue
            # A form without its token: the refusal of the role comes before the refusal of the form.
            response = visitor.client.open(path_of(app, rule), method=method_of(rule))
            may = allowed in (PUBLIC, SIGNED_IN) or role in allowed
            is_refused = response.status_code == 403
            if is_refused == may or (may and method_of(rule) == "POST" and response.status_code != 400):
                wrong.append((rule.endpoint, role, response.status_code))

    assert wrong == []


def test_who_has_not_signed_in_opens_public_pages_only(app: OpenAPI) -> None:
    wrong = []
    for rule in rules_of(app, is_api=False):
        response = app.test_client().open(path_of(app, rule), method=method_of(rule))
        is_sent_away = response.status_code == 401 or response.headers.get("Location", "").startswith("/sign-in")
        if is_sent_away == (TABLE[rule.endpoint] == PUBLIC):
            wrong.append((rule.endpoint, response.status_code, response.headers.get("Location")))

    assert wrong == []


def test_a_program_opens_what_the_table_gives_the_role_of_its_person(app: OpenAPI) -> None:
    wrong = []
    for role, username in WHO.items():
        headers = bearer(app, username)
        for rule in rules_of(app, is_api=True):
            allowed = TABLE[rule.endpoint]
            answer = app.test_client().open(path_of(app, rule), method=method_of(rule), headers=headers, buffered=True)
            may = allowed == PUBLIC or role in allowed
            if answer.status_code in (401, 500) if may else answer.status_code != 403:
                wrong.append((rule.endpoint, role, answer.status_code))

    assert wrong == []


def test_a_program_without_a_token_is_told_that_it_needs_one(app: OpenAPI) -> None:
    rules = [rule for rule in rules_of(app, is_api=True) if TABLE[rule.endpoint] != PUBLIC]
    answers = [app.test_client().open(path_of(app, rule), method=method_of(rule)).status_code for rule in rules]

    assert set(answers) <= {401}


def test_an_application_with_an_undeclared_view_does_not_start(sqlite_url: str) -> None:
    with an_app(sqlite_url) as app:
        app.add_url_rule("/secret", "secret", lambda: "all of it")

        with pytest.raises(Undeclared, match="secret"):
            check_declared(app)


@pytest.mark.parametrize(
    "wrong", [{"kind": "everybody"}, {"roles": {"emperor"}}, {}, {"kind": "public", "roles": {"owner"}}]
)
def test_a_declaration_names_a_known_kind_or_known_roles(wrong: dict[str, object]) -> None:
    with pytest.raises(Undeclared):
        access(**wrong)  # type: ignore[arg-type]


def test_the_home_page_and_the_navigation_lead_only_where_the_role_may_go(
    app: OpenAPI, visitors: dict[str, Visitor]
) -> None:
    for role, visitor in visitors.items():
        page = visitor.get("/").text
        links = {part.split('"')[0] for part in page.split('href="')[1:]}
        for link in links - {"#main"}:
            address = link.replace("&amp;", "&").partition("#")[0]
            assert visitor.get(address, follow_redirects=True).status_code == 200, (role, link)


def test_a_reader_who_left_the_page_open_is_asked_to_sign_in_again_without_losing_the_way(app: Flask) -> None:
    answer = app.test_client().get("/administration/people", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"
