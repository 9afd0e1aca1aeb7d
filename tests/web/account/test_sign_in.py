"""Signing in: one message, one pace, few attempts."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import pytest
import time_machine
from argon2.low_level import verify_secret
from flask_openapi3 import OpenAPI
from sqlalchemy import select, update

from approvals.accounts.audit import EVENT
from approvals.accounts.identity import SIGN_IN
from approvals.accounts.passwords import hash_password
from approvals.accounts.queries import ATTEMPT, PERSON
from approvals.http.application import KEY
from tests.support.concurrency import at_once
from tests.support.pages import PASSWORD, Visitor, a_site, an_app, somebody
from workflows.config.sign_in_policy import load_sign_in_policy

RULES = load_sign_in_policy().throttle


@pytest.fixture
def app(page_url: str) -> Iterator[OpenAPI]:
    """By the machine's clock, which two applications share."""
    with a_site(page_url) as app:
        yield app


def rows(app: OpenAPI, table):  # type: ignore[no-untyped-def]
    with app.extensions[KEY].database.read() as tx:
        return tx.execute(select(table)).all()


def test_who_signs_in_sees_the_home_page_of_their_role(app: OpenAPI) -> None:
    visitor = Visitor(app)

    assert visitor.sign_in("sysadmin1").headers["Location"] == "/"
    page = visitor.get("/")

    assert page.status_code == 200
    assert "吴少华" in page.text
    assert "/administration/units" in page.text
    assert "/administration/events" not in page.text


def test_a_reader_who_must_sign_in_comes_back_to_the_page_they_wanted(app: OpenAPI) -> None:
    visitor, path = Visitor(app), "/administration/people?search=owner"

    redirected = visitor.get(path)
    assert redirected.status_code == 303
    assert redirected.headers["Location"] == "/sign-in?next=/administration/people?search%3Downer"
    visitor.get(redirected.headers["Location"])

    response = visitor.post("/sign-in", {"username": "sysadmin1", "password": PASSWORD, "next": path})
    assert response.headers["Location"] == path


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"],
)
def test_nobody_is_led_elsewhere_after_signing_in(app: OpenAPI, elsewhere: str) -> None:
    response = Visitor(app).sign_in("owner1", next=elsewhere)

    assert response.headers["Location"] == "/"


def test_all_failures_look_the_same(app: OpenAPI) -> None:
    with app.extensions[KEY].database.write() as tx:
        tx.exec_driver_sql("UPDATE people SET is_active = false WHERE username = 'owner2'")

    pages = [Visitor(app).sign_in(name, word) for name, word in (
        ("owner1", "wrong"), ("nobody", PASSWORD), ("owner2", PASSWORD), ("", ""), ("owner1\0", PASSWORD),
        ("leader1", PASSWORD + "x" * 300),
    )]  # fmt: skip

    assert {page.status_code for page in pages} == {422}
    assert all("用户名或密码不正确" in page.text for page in pages)
    assert 'value="owner1"' in pages[0].text
    assert PASSWORD not in pages[1].text


def test_somebody_who_does_not_exist_costs_as_much_as_somebody_who_does(app: OpenAPI) -> None:
    """One argon2 check of the same parameters each, which is all that takes long."""

    def checked(username: str) -> list[str]:
        with calls_of(verify_secret) as frames:
            Visitor(app).sign_in(username, "wrong")
        return [frame["hash"].decode().rpartition("$")[0].rpartition("$")[0] for frame in frames]

    with app.extensions[KEY].database.write() as tx:
        tx.execute(update(PERSON).values(password_hash=hash_password(PASSWORD)))  # as the product makes it

    known = checked("owner1")
    assert len(known) == 1
    assert known == checked("nobody1") == checked("")


@contextmanager
def calls_of(function: Callable[..., object]) -> Iterator[list[dict[str, Any]]]:
    """The arguments of each call of this function that the block makes."""
    code, calls = function.__code__, []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is code:
            calls.append(dict(frame.f_locals))

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def test_a_word_typed_into_the_wrong_box_is_not_kept(app: OpenAPI) -> None:
    Visitor(app).sign_in("my secret word", "x")

    assert "my secret word" not in str(rows(app, EVENT))


def fail(app: OpenAPI, address: str, username: str, times: int) -> list[int]:
    return [Visitor(app, address).sign_in(username, "wrong").status_code for _ in range(times)]


def test_after_five_failures_from_one_address_an_account_waits_there_even_in_another_process(
    app: OpenAPI, page_url: str
) -> None:
    assert fail(app, "192.0.2.1", "owner1", RULES.per_account) == [422] * RULES.per_account

    with an_app(page_url) as other:
        refused = Visitor(other, "192.0.2.1").sign_in("owner1")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60 + 1
        assert "15 分钟后再试" in refused.text
        assert Visitor(other, "192.0.2.1").sign_in("owner2").status_code == 303
        assert Visitor(other, "192.0.2.2").sign_in("owner1").status_code == 303

    with time_machine.travel(time.time() + 15 * 60 + 5, tick=True):
        assert Visitor(app, "192.0.2.1").sign_in("owner1").status_code == 303


def test_an_account_that_does_not_exist_waits_just_the_same(app: OpenAPI) -> None:
    assert fail(app, "192.0.2.1", "nobody", RULES.per_account + 1) == [422] * RULES.per_account + [429]


def test_after_thirty_failures_an_address_waits_two_minutes_and_no_longer(app: OpenAPI) -> None:
    for n in range(RULES.per_address):
        assert Visitor(app).sign_in(f"owner{1 + n % 8}", "wrong").status_code == 422

    refused = Visitor(app).sign_in("owner9")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 2 * 60 + 1
    assert Visitor(app, address="192.0.2.8").sign_in("owner9").status_code == 303
    with time_machine.travel(time.time() + 2 * 60 + 5, tick=True):
        assert Visitor(app).sign_in("owner9").status_code == 303


def test_others_failures_behind_the_same_address_do_not_keep_somebody_out_of_their_own_browser(app: OpenAPI) -> None:
    colleague, owner = somebody(app, "owner9"), somebody(app, "owner1")
    fail(app, owner.address, "owner1", RULES.per_account)
    for n in range(RULES.per_address):
        Visitor(app).sign_in(f"nobody{n}", "wrong")

    assert Visitor(app).sign_in("owner2").status_code == 429
    for visitor, username in ((colleague, "owner9"), (owner, "owner1")):
        visitor.post("/sign-out")
        assert visitor.sign_in(username).status_code == 303


def test_failures_from_elsewhere_lock_neither_the_owner_of_an_account_nor_anybody_else(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    for n in range(4):
        fail(app, f"198.51.100.{n}", "owner1", RULES.per_account + 1)

    assert owner.sign_in("owner1").status_code == 303
    assert Visitor(app, "203.0.113.5").sign_in("owner1").status_code == 303


def test_a_known_browser_waits_for_its_own_failures_only_and_is_known_for_that_account_alone(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    assert [owner.sign_in("owner1", "wrong").status_code for _ in range(RULES.per_account)] == [422] * RULES.per_account
    assert owner.sign_in("owner1").status_code == 429
    assert Visitor(app).sign_in("owner1").status_code == 303  # as somebody else behind the same address

    fail(app, owner.address, "owner2", RULES.per_account)
    assert owner.sign_in("owner2").status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "WyJkZXZpY2UiLFsxLDIsM11d.aa.bb", "é"])
def test_a_forged_cookie_makes_no_browser_known(app: OpenAPI, cookie: str) -> None:
    fail(app, "192.0.2.1", "owner1", RULES.per_account)
    forger = Visitor(app, "192.0.2.1")
    forger.client.set_cookie("guahao-browser", cookie)

    assert forger.sign_in("owner1").status_code == 429


def test_many_guesses_at_once_count_like_one_after_another(app: OpenAPI) -> None:
    visitors = [Visitor(app) for _ in range(12)]
    for visitor in visitors:
        visitor.get("/sign-in")

    guess = {"username": "owner1", "password": "wrong"}
    answers = at_once(*(partial(visitor.post, "/sign-in", guess) for visitor in visitors))

    most = RULES.per_account
    assert sorted(answer.status_code for answer in answers) == [422] * most + [429] * (12 - most)


def test_tries_that_wait_leave_one_event(app: OpenAPI) -> None:
    fail(app, "192.0.2.1", "owner1", RULES.per_account + 3)
    fail(app, "192.0.2.1", "my secret word", RULES.per_account + 3)

    refused = [(row.subject, row.address) for row in rows(app, EVENT) if row.event == "sign_in_refused"]
    assert refused == [("owner1", "192.0.2.1"), ("", "192.0.2.1")]


def test_wrong_old_passwords_count_like_refused_sign_ins(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    guess = {"old": "wrong", "new": "another long one", "again": "another long one"}

    answers = [owner.post("/account/password", guess).status_code for _ in range(RULES.per_account + 1)]

    assert answers == [422] * RULES.per_account + [429]
    assert owner.post("/account/password", guess | {"old": PASSWORD}).status_code == 429
    assert owner.sign_in("owner1").status_code == 429
    events = [(row.event, row.actor) for row in rows(app, EVENT) if row.event == "password_refused"]
    assert events == [("password_refused", "owner1")] * RULES.per_account


def test_an_initial_password_is_worth_nothing_after_a_week(app: OpenAPI) -> None:
    page = somebody(app, "sysadmin1").post("/administration/units/1/people", {"username": "new1", "name": "钟离"})
    given = page.text.split('class="secret">')[1].split("<")[0]

    with time_machine.travel(time.time() + 7 * 24 * 3600 + 60, tick=True):
        expired = Visitor(app).sign_in("new1", given)
        assert expired.status_code == 422
        assert "初始密码已过期" in expired.text
        assert "初始密码已过期" not in Visitor(app).sign_in("new1", "wrong").text
        assert [row.detail for row in rows(app, EVENT) if row.subject == "new1"][-2:] == [
            "initial password expired",
            "",
        ]
    with time_machine.travel(time.time() + 6 * 24 * 3600, tick=True):
        assert Visitor(app).sign_in("new1", given).status_code == 303


def test_signing_in_forgets_the_failures_before(app: OpenAPI) -> None:
    Visitor(app).sign_in("owner1", "wrong")

    somebody(app, "owner1")

    assert rows(app, ATTEMPT) == []


def test_the_database_holds_no_token_that_a_thief_could_use(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    with visitor.client.session_transaction() as cookie:
        token = cookie["_user_id"]

    sessions = rows(app, SIGN_IN)

    assert len(sessions) == 1
    assert token not in str(sessions)


def test_the_auditor_reads_who_came_and_who_failed(app: OpenAPI) -> None:
    Visitor(app, address="192.0.2.50").sign_in("owner1", "wrong")
    somebody(app, "owner1", address="192.0.2.51")

    page = somebody(app, "auditor1").get("/administration/events?subject=owner1")

    assert "登录失败" in page.text
    assert "192.0.2.50" in page.text
    assert "192.0.2.51" in page.text
