"""Sessions live on the server and end there."""

import time

import pytest
import time_machine
from flask_openapi3 import OpenAPI

from tests.support.pages import PASSWORD, Visitor, bearer, somebody

HOUR = 3600  # seconds


def a_copy(visitor: Visitor) -> Visitor:
    """A thief who copied the cookie."""
    thief = Visitor(visitor.app)
    cookie = visitor.client.get_cookie("guahao")
    thief.client.set_cookie("guahao", cookie.value)
    return thief


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def test_a_cookie_copied_before_signing_out_is_dead_after(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    thief = a_copy(visitor)
    assert is_in(thief)

    assert visitor.post("/sign-out").headers["Location"] == "/sign-in"

    assert not is_in(thief)
    assert not is_in(visitor)


def test_a_cookie_from_before_signing_in_gets_nobody_in(app: OpenAPI) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    thief = a_copy(visitor)

    visitor.sign_in("owner1")

    assert is_in(visitor)
    assert not is_in(thief)


def test_a_second_signing_in_gives_a_new_session(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    before = visitor.client.get_cookie("guahao").value

    visitor.sign_in("owner1")

    assert visitor.client.get_cookie("guahao").value != before


def test_a_changed_password_ends_all_sessions_of_the_person_only(app: OpenAPI) -> None:
    here, there, other = somebody(app, "owner1"), somebody(app, "owner1"), somebody(app, "owner2")

    new = "another long one"
    here.post("/account/password", {"old": PASSWORD, "new": new, "again": new})

    assert not is_in(here)
    assert not is_in(there)
    assert is_in(other)
    assert Visitor(app).sign_in("owner1").status_code == 422
    assert Visitor(app).sign_in("owner1", new).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        ("wrong", "another long one", "another long one", "与当前密码不符"),
        (PASSWORD, "kurz12", "kurz12", "至少 10 个字符"),
        (PASSWORD, "another long one", "another", "两次输入不一致"),
        (PASSWORD, "the owner1 himself", "the owner1 himself", "不得包含用户名"),
        (PASSWORD, PASSWORD, PASSWORD, "与原密码相同"),
        (PASSWORD, "aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "不同的字符太少"),
        (PASSWORD, "panzhihua2026", "panzhihua2026", "过于常见"),
        (PASSWORD, "abcdefghijkl", "abcdefghijkl", "规律过于简单"),
        (PASSWORD, "x1y2z3" * 50, "x1y2z3" * 50, "超过 200 个字符"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(app: OpenAPI, old: str, new: str, again: str, why: str) -> None:
    visitor = somebody(app, "owner1")

    page = visitor.post("/account/password", {"old": old, "new": new, "again": again})

    assert page.status_code == 422
    assert why in page.text
    assert new not in page.text
    assert is_in(visitor)


@pytest.mark.parametrize(("roles", "is_over"), [(["owner", "liaison"], True), (["owner"], False)])
def test_a_changed_role_ends_the_sessions_of_the_person(app: OpenAPI, roles: list[str], is_over: bool) -> None:
    owner, secadmin = somebody(app, "owner1"), somebody(app, "secadmin1")

    secadmin.post("/administration/people/owner1/roles", {"roles": roles})

    assert is_in(owner) != is_over
    assert ("一对一联系人" in somebody(app, "owner1").get("/").text) == is_over


def test_a_deactivated_person_is_out_at_once_with_all_their_programs(
    app: OpenAPI, owner: Visitor, sysadmin: Visitor
) -> None:
    bearer(app, "owner1")

    sysadmin.post("/administration/people/owner1/active", {"active": "no"})

    assert not is_in(owner)
    assert Visitor(app).sign_in("owner1").status_code == 422
    page = sysadmin.get("/administration/people/owner1")
    assert "已停用" in page.text
    assert "撤销</button>" not in page.text


@pytest.mark.parametrize("hours", [(7.9, 11.8, 12.1), (8.1,)])
def test_a_session_ends_after_twelve_hours_or_eight_without_use(app: OpenAPI, hours: tuple[float, ...]) -> None:
    visitor = somebody(app, "owner1")

    for later in hours:
        with time_machine.travel(time.time() + later * HOUR, tick=True):
            assert is_in(visitor) == (later != hours[-1])


def test_a_password_that_an_administrator_gave_is_changed_before_anything_else(app: OpenAPI, sysadmin: Visitor) -> None:
    page = sysadmin.post("/administration/units/1/people", {"username": "new1", "name": "钟离"})
    somebody(app, "secadmin1", "192.0.2.9").post("/administration/people/new1/roles", {"roles": "owner"})
    given = page.text.split('class="secret">')[1].split("<")[0]

    visitor = Visitor(app)
    visitor.sign_in("new1", given)
    assert visitor.get("/projects").headers["Location"] == "/account/password"

    visitor.post("/account/password", {"old": given, "new": "another long one", "again": "another long one"})
    visitor.sign_in("new1", "another long one")
    assert visitor.get("/projects").status_code == 200


@pytest.mark.parametrize(
    ("password", "said"),
    [("", ""), ("Passw0rd2026", "强度：弱"), ("correct horse battery", "强"), ("kurz", "至少 10 个字符")],
)
def test_a_password_is_judged_while_it_is_typed(app: OpenAPI, password: str, said: str) -> None:
    visitor = somebody(app, "owner1")

    answer = visitor.post("/password-strength", {"new": password})

    assert answer.status_code == 200
    assert said in answer.text
    assert bool(answer.text.strip()) == bool(password)
    assert not password or password not in answer.text
