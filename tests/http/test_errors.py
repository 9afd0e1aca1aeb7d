"""Error responses: pages for readers, problem+json for programs."""

import errno
import re
from collections.abc import Iterator

import pysqlite3.dbapi2 as sqlite
import pytest
from flask import Blueprint, request
from flask_openapi3 import OpenAPI
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, TooMany
from approvals.base.stores import next_number
from approvals.http.access import access, check_declared
from approvals.http.application import KEY, csrf, database
from tests.support.builders import FURTHER, as_form
from tests.support.pages import Visitor, a_site, somebody

NAME = "钟离"  # of a person
DRAFT = {"category": "就业促进", "kind": "service", "county": "东区", "planned_10k_yuan": "12"}
DRAFT |= as_form(FURTHER | {"funding": {"city": "12"}})
RAISED = {
    "forbidden": (403, Forbidden("Your role does not permit this here.")),
    "missing": (404, NotFound()),
    "refused": (409, Refused("This language is not available.")),
    "invalid": (422, Invalid({"name": [("must have at most %(limit)s characters", {"limit": 200})]})),
    "often": (429, TooMany("Too many attempts. Try again in %(minutes)s minutes.", wait=61, minutes=2)),
    "locked": (503, OperationalError("SELECT secret", {"name": NAME}, sqlite.OperationalError("database is locked"))),
    "pool": (503, PoolTimeout()),
    "fault": (500, ZeroDivisionError("a secret")),
    "disk": (507, OSError(errno.ENOSPC, "No space left on device")),
    "quota": (507, OSError(errno.EDQUOT, "Disk quota exceeded")),
    "no file": (500, FileNotFoundError(errno.ENOENT, "No such file")),
}


def _raise(name: str) -> str:
    if name == "echo":
        return request.form.get("text", "")
    if name == "broken":
        with database().read() as tx:
            tx.execute(text("SELECT :name FROM no_such_table"), {"name": NAME})
    if name == "writing":
        with database().write() as tx:
            next_number(tx, "trial")
    raise RAISED[name][1]


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    """The site with pages and an API that raise what their address names."""
    with a_site(sqlite_url) as app:
        app.testing = False
        for prefix in ("/trial", "/api/trial"):
            trial = Blueprint(prefix.replace("/", ""), __name__, url_prefix=prefix)
            trial.add_url_rule("/<name>", "raise", access("public")(_raise), methods=["GET", "POST"])
            app.register_blueprint(trial)
            if prefix.startswith("/api"):
                csrf.exempt(trial)
        check_declared(app)
        yield app


@pytest.mark.parametrize("name", RAISED)
def test_a_reader_gets_a_page_with_words_and_the_way_on(app: OpenAPI, name: str) -> None:
    page = Visitor(app).get(f"/trial/{name}")

    assert page.status_code == RAISED[name][0]
    assert (int(page.headers.get("Retry-After", 0)) > 0) == (page.status_code in (429, 503))
    assert page.mimetype == "text/html"
    assert '<html lang="zh-Hans">' in page.text
    assert "secret" not in page.text
    assert NAME not in page.text


@pytest.mark.parametrize("name", RAISED)
def test_a_program_gets_a_problem(app: OpenAPI, name: str) -> None:
    answer = app.test_client().get(f"/api/trial/{name}", headers={"Accept-Language": "en"})

    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code == RAISED[name][0]
    assert answer.json["title"]
    assert "secret" not in answer.text


def test_the_reasons_are_told_with_their_values(app: OpenAPI) -> None:
    client = app.test_client()

    invalid = client.get("/api/trial/invalid", headers={"Accept-Language": "en"}).json
    often = client.get("/api/trial/often")

    assert invalid["fields"] == {"name": ["must have at most 200 characters"]}
    assert often.json["detail"] == "尝试次数过多，请 2 分钟后再试。"
    assert often.headers["Retry-After"] == "61"


def test_a_database_that_is_locked_for_long_asks_for_patience(app: OpenAPI) -> None:
    ours = app.extensions[KEY].database
    event.listen(ours.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=100"))
    with ours.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        answer = Visitor(app).get("/trial/writing")

    assert answer.status_code == 503
    assert "数据库未能及时响应" in answer.text


def test_a_fault_is_logged_without_the_values_of_its_query(capfd: pytest.CaptureFixture[str], app: OpenAPI) -> None:
    assert [Visitor(app).get(f"/trial/{name}").status_code for name in ("broken", "fault")] == [500, 500]

    logged = capfd.readouterr().err
    assert "no_such_table" in logged
    assert "ZeroDivisionError" in logged
    assert NAME not in logged


def test_an_unknown_address_and_a_wrong_method_are_told_apart(app: OpenAPI) -> None:
    assert Visitor(app).get("/nothing").status_code == 404
    answer = app.test_client().delete("/sign-in")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_form_without_its_token_is_not_carried_out(app: OpenAPI) -> None:
    visitor, thief = somebody(app, "owner1"), Visitor(app)
    thief.get("/sign-in")
    token = thief.page.text.split('csrf_token" value="')[1].split('"')[0]

    assert visitor.client.post("/sign-out").status_code == 400
    assert visitor.client.post("/language", data={"language": "en"}).status_code == 400
    assert visitor.post("/language", {"language": "en", "csrf_token": "nonsense"}).status_code == 400
    assert visitor.post("/sign-out", {"csrf_token": token}).status_code == 400, "that of another visitor"
    assert visitor.get("/").status_code == 200


def test_a_form_that_is_too_large_is_refused(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")

    assert visitor.post("/trial/echo", {"text": "x" * (3 * 1024 * 1024)}).status_code == 413
    many = {f"f{n}": "x" for n in range(3000)}
    assert visitor.post("/trial/echo", many, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize("path", ["/trial/missing%00", "/administration/people/%00", "/sign-in%0a"])
def test_control_characters_in_an_address_lead_nowhere(app: OpenAPI, path: str) -> None:
    assert Visitor(app).get(path).status_code == 404


def test_control_characters_in_a_question_are_named(app: OpenAPI) -> None:
    answer = app.test_client().get("/api/trial/missing?search=a%00b", headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert answer.json["fields"] == {"search": ["contains a control character"]}


@pytest.mark.parametrize("name", [name for name in RAISED if RAISED[name][0] < 500])
def test_a_refusal_keeps_the_menu_of_whoever_is_signed_in(app: OpenAPI, name: str) -> None:
    page = somebody(app, "owner1").get(f"/trial/{name}")

    assert page.status_code == RAISED[name][0]
    assert 'class="site-nav"' in page.text


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/no/such/page", "GET", 404),
        ("/projects?search=%00", "GET", 422),
        ("/projects", "DELETE", 405),
        ("/projects/ext-0", "GET", 404),
        ("/administration/people", "GET", 403),
    ],
)
def test_a_page_that_was_not_reached_keeps_the_menu(app: OpenAPI, path: str, method: str, status: int) -> None:
    owner = somebody(app, "owner1")
    page = owner.client.open(path, method=method)

    assert page.status_code == status
    assert 'class="site-nav"' in page.text
    assert 'class="site-nav"' not in Visitor(app).get("/no/such/page").text


def test_a_form_that_could_not_be_written_is_shown_again_and_can_be_sent_again(sqlite_url: str) -> None:
    with a_site(sqlite_url) as app:
        owner = somebody(app, "owner1")
        ours = app.extensions[KEY].database
        event.listen(ours.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=100"))
        owner.get("/projects/new")
        typed = DRAFT | {"name": "一字不漏的小学", "once": owner.once_key()}
        with ours.engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            refused = owner.post("/projects/new", typed, headers={"Origin": "http://localhost"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert "您填写的内容仍在" in refused.text
        kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', refused.text))
        assert kept.items() >= typed.items()
        assert owner.post("/projects/new", kept).status_code == 303


def test_a_password_is_not_written_into_a_page(sqlite_url: str) -> None:
    with a_site(sqlite_url) as app:
        ours = app.extensions[KEY].database
        event.listen(ours.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=100"))
        with ours.engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            data = {"username": "owner1", "password": "a wrong secret"}
            refused = Visitor(app).post("/sign-in", data, headers={"Origin": "http://localhost"})
        assert refused.status_code == 503
        assert "a wrong secret" not in refused.text


def test_a_database_without_space_is_told_in_words(sqlite_url: str) -> None:
    with a_site(sqlite_url) as app:
        owner = somebody(app, "owner1")
        ours = app.extensions[KEY].database

        def bound(raw: sqlite.Connection, *_: object) -> None:
            (pages,) = raw.execute("PRAGMA page_count").fetchone()
            raw.execute(f"PRAGMA max_page_count={pages}")

        event.listen(ours.engine, "checkout", bound)
        owner.get("/projects/new")
        typed = DRAFT | {"name": "空间不足时申报的小学", "once": owner.once_key(), "purpose": "长" * 1500}
        answers = [owner.post("/projects/new", typed | {"once": f"{typed['once'][:-2]}{n:02}"}) for n in range(40)]
        refused = [answer for answer in answers if answer.status_code == 507]
        assert refused and "服务器存储空间不足" in refused[0].text
        assert {answer.status_code for answer in answers} <= {303, 422, 409, 507}
