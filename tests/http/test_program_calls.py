"""Calls of programs: each that is refused is kept, of changes some; readings only say when a token was last used."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from approvals.accounts.actions import create_token, revoke_token
from approvals.accounts.queries import TOKEN
from approvals.accounts.token_calls import CALL, KEPT, NewCall, note_call, programs_of, see_token
from tests.support.builders import a_database, a_project, an_actor, when
from tests.support.desk import the_database
from tests.support.pages import a_site, bearer, somebody

NOW = when("2026-03-02", "10:00")
LINE = {"id": "1", "at": "2026-03-02T09:15:00+08:00", "by": "owner1", "move": "ask", "on": "510400-2026-99999"}


@pytest.fixture
def app(page_url):
    with a_site(page_url, now=NOW) as app:
        yield app


@pytest.fixture
def database(database_url):
    database = a_database(database_url)
    yield database
    database.close()


def kept(app):
    with the_database(app).read() as tx:
        return tx.execute(select(CALL.c.method, CALL.c.path, CALL.c.status, CALL.c.lines, CALL.c.refused)).all()


def test_a_reading_is_not_kept_but_tells_when_the_token_was_used_and_from_where(app):
    headers = bearer(app, "integration1")
    assert app.test_client().get("/api/v1/projects", headers=headers).status_code == 200
    assert kept(app) == []
    with the_database(app).read() as tx:
        token = tx.execute(select(TOKEN.c.used_at, TOKEN.c.used_from)).one()
    assert NOW <= token.used_at < NOW + timedelta(minutes=1)
    assert token.used_from == "127.0.0.1"


def test_a_refused_call_and_a_feed_with_refused_lines_are_kept_with_their_result(app):
    headers = bearer(app, "integration1")
    assert app.test_client().get("/api/v1/projects/nothing", headers=headers).status_code == 404
    assert app.test_client().post("/api/v1/feed", headers=headers, json=[LINE, {}]).status_code == 200
    assert kept(app) == [("GET", "/api/v1/projects/nothing", 404, 0, 0), ("POST", "/api/v1/feed", 200, 2, 2)]


def test_pages_and_calls_without_a_valid_token_leave_nothing(app):
    somebody(app, "office1").get("/")
    app.test_client().post("/api/v1/feed", headers={"Authorization": "Bearer gh_nothing"}, json=[LINE])
    assert kept(app) == []


def test_the_home_of_a_program_says_what_to_do_next_at_each_stage(app):
    visitor = somebody(app, "integration1")
    page = visitor.get("/").text
    assert "guahao token create integration1" in page and "尚无令牌" in page
    headers = bearer(app, "integration1")
    assert "Authorization: Bearer" in visitor.get("/").text
    app.test_client().get("/api/v1/projects/nothing", headers=headers)
    page = visitor.get("/").text
    assert "GET /api/v1/projects/nothing" in page and "404" in page and "a program" in page
    assert "上一次调用" in page
    assert headers["Authorization"].removeprefix("Bearer ") not in page


def test_the_calls_of_others_are_not_shown(app):
    app.test_client().get("/api/v1/projects/nothing", headers=bearer(app, "owner1"))
    assert "/api/v1/projects/nothing" not in somebody(app, "integration1").get("/").text


def test_of_each_token_the_newest_calls_are_kept(database):
    with database.write() as tx:
        for label in ("one", "other"):
            create_token(tx, "integration1", label, now=NOW)
        one, other = tx.execute(select(TOKEN.c.id).order_by(TOKEN.c.id)).scalars()
        note_call(tx, NewCall(other, NOW, "POST", "/first", 200, ""))
        for number in range(KEPT + 7):
            note_call(tx, NewCall(one, NOW, "POST", f"/{number}", 200, ""))
    with database.read() as tx:
        paths = tx.execute(select(CALL.c.path).where(CALL.c.token_id == one).order_by(CALL.c.id)).scalars().all()
        assert paths == [f"/{number}" for number in range(7, KEPT + 7)]
        assert tx.execute(select(func.count()).where(CALL.c.token_id == other)).scalar_one() == 1


def test_a_revoked_token_counts_as_none_for_what_to_do_next(database):
    with database.write() as tx:
        create_token(tx, "integration1", "old", now=NOW)
        person = an_actor(tx, "integration1")
        token = tx.execute(select(TOKEN.c.id)).scalar_one()
        see_token(tx, token, "192.0.2.1", NOW)
        assert programs_of(tx, person.id, NOW).next_step == "fine"
        revoke_token(tx, "integration1", token, by=an_actor(tx, "sysadmin1"), now=datetime.now(UTC))
        assert programs_of(tx, person.id, NOW).next_step == "get_token"


def test_of_changes_that_were_made_one_in_five_minutes_is_kept_and_the_first_after_a_refusal(app):
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered")
    client, headers, path = app.test_client(), bearer(app, "owner1"), f"/api/v1/projects/{ref}/requests"
    for text in ("何时办结？", "能否先交电子版？", "", "还缺什么？", "交到哪里？"):
        client.post(path, headers=headers, json={"text": text})
    assert [call.status for call in kept(app)] == [201, 422, 201]


def test_a_program_that_calls_too_often_is_told_when_to_try_again(page_url):
    with a_site(page_url, now=NOW, token_rate=3) as app:
        fast, other = bearer(app, "integration1"), bearer(app, "owner1")
        client = app.test_client()
        answers = [client.get("/api/v1/projects", headers=fast) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
        assert answers[-1].content_type == "application/problem+json"
        assert client.get("/api/v1/projects", headers=other).status_code == 200
        assert [call.status for call in kept(app)] == [429]


def test_without_a_setting_programs_call_as_often_as_they_like(app):
    headers = bearer(app, "integration1")
    assert {app.test_client().get("/api/v1/projects", headers=headers).status_code for _ in range(50)} == {200}
