"""My sessions: listed, ended one by one or all others; the password is asked for again before what matters."""

import re
import time
from html import unescape

import pytest
import time_machine
from flask_openapi3 import OpenAPI

from approvals.accounts.identity import SIGN_IN
from approvals.accounts.sessions import browser_name
from approvals.http.application import KEY
from tests.support.pages import PASSWORD, Visitor, a_site, bearer, somebody

KEY_OF = re.compile(r'name="session" value="([0-9a-f]{64})"')
ELEVEN_MINUTES, MINUTE = 11 * 60, 60  # seconds
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def keys(visitor: Visitor) -> list[str]:
    return KEY_OF.findall(visitor.get("/account/sessions").text)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [(FIREFOX, "Firefox · Linux"), (WECHAT, "微信 · Android"), (EDGE, "Edge · Windows"), ("curl/8", ""), ("", "")],
)
def test_browsers_are_named_as_people_name_them(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def test_sessions_are_listed_with_browser_address_and_times(app: OpenAPI) -> None:
    elsewhere = Visitor(app, "198.51.100.3")
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    elsewhere.sign_in("owner1")
    somebody(app, "owner2", "198.51.100.4")

    page = somebody(app, "owner1").get("/account/sessions").text

    assert "Firefox · Linux" in page
    assert "198.51.100.3" in page
    assert "198.51.100.4" not in page
    assert page.count("本浏览器") == 1


def test_one_session_is_ended_and_the_others_go_on(app: OpenAPI) -> None:
    here, there, other = somebody(app, "owner1"), somebody(app, "owner1"), somebody(app, "owner2")

    [key] = keys(here)
    assert here.post("/account/sessions", {"session": key}).status_code == 303

    assert [is_in(visitor) for visitor in (here, there, other)] == [True, False, True]


def test_all_others_are_ended(app: OpenAPI) -> None:
    here, other = somebody(app, "owner1"), somebody(app, "owner2")
    elsewhere = [somebody(app, "owner1") for _ in range(3)]

    assert here.post("/account/sessions", {"session": "others"}).status_code == 303

    assert is_in(here)
    assert is_in(other)
    assert not any(is_in(visitor) for visitor in elsewhere)
    assert keys(here) == []


def test_nobody_ends_the_session_of_somebody_else_nor_by_this_page_their_own(app: OpenAPI) -> None:
    here, other = somebody(app, "owner1"), somebody(app, "owner2")
    with app.extensions[KEY].database.read() as tx:
        digests = [row.digest for row in tx.execute(SIGN_IN.select())]

    assert len(digests) == 2
    assert [here.post("/account/sessions", {"session": key}).status_code for key in (*digests, "", "x")] == [404] * 4
    assert is_in(here)
    assert is_in(other)


def test_after_ten_minutes_the_password_is_asked_for_and_what_was_typed_is_kept(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    with time_machine.travel(time.time() + ELEVEN_MINUTES, tick=True):
        asked = owner.post("/account/notifications/calendar", {"once": "0123456789"})
        assert asked.status_code == 401
        assert "请再次输入密码" in asked.text
        carried = unescape(re.search(r'name="carried" value="([^"]+)"', asked.text).group(1))  # type: ignore[union-attr]

        wrong = owner.post("/account/confirm", {"password": "wrong", "carried": carried})
        assert wrong.status_code == 422
        assert 'name="carried"' in wrong.text
        right = owner.post("/account/confirm", {"password": PASSWORD, "carried": carried})
        assert right.status_code == 200
        assert 'action="/account/notifications/calendar"' in right.text
        assert 'name="once" value="0123456789"' in right.text

        made = owner.post("/account/notifications/calendar", {"once": "0123456789"})
        assert "/calendar/" in made.text


CHANNELS = ("mail", "webhook", "mail/remove", "calendar", "confirm/0123456789abcdef")


@pytest.mark.parametrize("path", [*(f"/account/notifications/{path}" for path in CHANNELS), "/account/sessions"])
def test_what_matters_is_asked_for_the_password_again(app: OpenAPI, path: str) -> None:
    owner = somebody(app, "owner1")
    assert owner.post(path, {"session": "others"}).status_code != 401

    with time_machine.travel(time.time() + ELEVEN_MINUTES, tick=True):
        assert owner.post(path, {"session": "others"}).status_code == 401
        assert (
            owner.post("/account/confirm", {"password": PASSWORD, "next": "/projects"}).headers["Location"]
            == "/projects"
        )
        assert owner.post(path, {"session": "others"}).status_code != 401


def test_tokens_of_others_are_revoked_with_the_password(app: OpenAPI) -> None:
    bearer(app, "integration1")
    sysadmin = somebody(app, "sysadmin1")
    page = sysadmin.get("/administration/people/integration1").text
    path = re.search(r'action="(/administration/people/integration1/tokens/\d+/revoke)"', page).group(1)  # type: ignore[union-attr]

    with time_machine.travel(time.time() + ELEVEN_MINUTES, tick=True):
        assert sysadmin.post(path).status_code == 401
        sysadmin.post("/account/confirm", {"password": PASSWORD})
        assert sysadmin.post(path).status_code == 303


@pytest.mark.parametrize(
    ("username", "minutes"), [("head-a01", 30), ("office1", 30), ("sysadmin1", 30), ("owner1", 480)]
)
def test_who_decides_is_signed_out_sooner(app: OpenAPI, username: str, minutes: int) -> None:
    visitor, begun = somebody(app, username), time.time()

    with time_machine.travel(begun + (minutes - 1) * MINUTE, tick=True):
        assert is_in(visitor)
    with time_machine.travel(begun + (minutes + 20) * MINUTE, tick=True):
        assert is_in(visitor)
    with time_machine.travel(begun + (2 * minutes + 21) * MINUTE, tick=True):
        assert not is_in(visitor)


def test_nobody_is_led_elsewhere_after_giving_their_password(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")

    answer = owner.post("/account/confirm", {"password": PASSWORD, "next": "//evil.example"})

    assert answer.headers["Location"] == "/"


def test_the_cookies_of_production_are_bound_to_their_host(page_url: str) -> None:
    with a_site(page_url, environment="production") as app:
        visitor = Visitor(app)
        page = visitor.client.get("/sign-in", base_url="https://localhost")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)  # type: ignore[union-attr]
        given = {"username": "owner1", "password": PASSWORD, "csrf_token": token}
        headers = {"Referer": "https://localhost/sign-in"}
        signed_in = visitor.client.post("/sign-in", data=given, base_url="https://localhost", headers=headers)

    assert signed_in.status_code == 303
    cookies = [cookie for cookie in signed_in.headers.getlist("Set-Cookie") if not cookie.startswith("language=")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-guahao", "__Host-guahao-browser"}
    for cookie in cookies:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
        assert not any(part.startswith("Domain") for part in attributes)
