"""The second factor on pages: set up, asked for after the password, lost, and obligatory."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask_openapi3 import OpenAPI

from approvals.accounts.audit import EVENT
from approvals.accounts.identity import SIGN_IN
from approvals.http.application import KEY
from tests.support.pages import PASSWORD, Visitor, somebody
from workflows.config.sign_in_policy import load_sign_in_policy

PAGE = "/account/second-factor"
SECRET = re.compile(r'name="secret" value="([A-Z2-7]{32})"')
RECOVERY_CODE = re.compile(r'class="recovery-code">([^<]+)<')
MOST = load_sign_in_policy().throttle.per_account


def code_of(secret: str, steps: int = 1) -> str:
    """What the device shows so many steps later: the code of now was used for the set-up."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + steps * timedelta(seconds=30))


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    secret = SECRET.search(visitor.get(f"{PAGE}/new").text).group(1)  # type: ignore[union-attr]
    page = visitor.post(f"{PAGE}/new", {"secret": secret, "code": code_of(secret, 0)})
    assert page.status_code == 200
    return secret, RECOVERY_CODE.findall(page.text)


def events(app: OpenAPI, *names: str) -> list[tuple[str, str]]:
    with app.extensions[KEY].database.read() as tx:
        return [(row.event, row.actor) for row in tx.execute(EVENT.select()) if row.event in names]


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def test_a_code_is_asked_for_after_the_password(app: OpenAPI) -> None:
    secret, codes = set_up(somebody(app, "owner1"))
    assert len(codes) == 10

    visitor = Visitor(app)
    first = visitor.post("/sign-in", {"username": "owner1", "password": PASSWORD, "next": "/projects"})
    assert (first.status_code, first.headers["Location"]) == (303, "/sign-in/code?next=/projects")
    assert not is_in(visitor)
    assert not visitor.client.get_cookie("guahao-browser")
    visitor.get(first.headers["Location"])
    code = code_of(secret)
    second = visitor.post("/sign-in/code", {"code": code, "next": "/projects"})
    assert (second.status_code, second.headers["Location"]) == (303, "/projects")
    assert is_in(visitor)

    replay = Visitor(app)
    replay.sign_in("owner1")
    assert replay.post("/sign-in/code", {"code": code}).status_code == 422
    assert not is_in(replay)
    assert Visitor(app).sign_in("owner2").headers["Location"] == "/"


def test_a_form_that_met_the_end_of_its_session_goes_on_through_the_code(app: OpenAPI) -> None:
    secret, _codes = set_up(somebody(app, "owner1"))
    visitor, carried = Visitor(app), '["/account/notifications/choices",[["mail.act","all"]]]'

    asked = visitor.post("/sign-in", {"username": "owner1", "password": PASSWORD, "carried": carried})
    assert asked.status_code == 200
    assert 'name="carried"' in asked.text
    resumed = visitor.post("/sign-in/code", {"code": code_of(secret), "carried": carried})

    assert resumed.status_code == 200
    assert 'action="/account/notifications/choices"' in resumed.text
    assert is_in(visitor)


def test_without_the_password_there_is_no_page_of_the_code(app: OpenAPI) -> None:
    secret, _codes = set_up(somebody(app, "owner1"))

    assert 'action="/sign-in"' in Visitor(app).get("/sign-in/code").text
    assert Visitor(app).post("/sign-in/code", {"code": code_of(secret)}).headers["Location"] == "/sign-in"
    wrong = Visitor(app)
    assert wrong.sign_in("owner1", "wrong").status_code == 422
    assert wrong.post("/sign-in/code", {"code": code_of(secret)}).headers["Location"] == "/sign-in"


def test_half_a_sign_in_is_over_after_ten_minutes_or_with_another_password(app: OpenAPI) -> None:
    owner, (waiting, late) = somebody(app, "owner1"), (Visitor(app), Visitor(app))
    secret, codes = set_up(owner)
    waiting.sign_in("owner1"), late.sign_in("owner1")
    with time_machine.travel(time.time() + 601, tick=True):
        assert late.post("/sign-in/code", {"code": code_of(secret)}).headers["Location"] == "/sign-in"
    new = "another long one"
    assert owner.post("/account/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 303
    assert waiting.post("/sign-in/code", {"code": codes[0]}).headers["Location"] == "/sign-in"


def test_wrong_codes_count_like_wrong_passwords_and_the_password_does_not_clear_them(app: OpenAPI) -> None:
    secret, codes = set_up(somebody(app, "owner1"))
    thief = Visitor(app, "198.51.100.9")
    for _ in range(MOST):
        assert thief.sign_in("owner1").status_code == 303
        assert thief.post("/sign-in/code", {"code": "000000"}).status_code == 422

    assert thief.post("/sign-in/code", {"code": codes[0]}).status_code == 429
    assert thief.sign_in("owner1").status_code == 429
    assert len(events(app, "second_factor_refused")) == MOST
    own = Visitor(app)
    own.sign_in("owner1")
    assert own.post("/sign-in/code", {"code": code_of(secret)}).status_code == 303


def test_a_recovery_code_stands_in_for_the_device_once(app: OpenAPI) -> None:
    _secret, codes = set_up(somebody(app, "owner1"))
    for status in (303, 422):
        visitor = Visitor(app)
        visitor.sign_in("owner1")
        assert visitor.post("/sign-in/code", {"code": codes[0]}).status_code == status
    assert events(app, "recovery_code_used") == [("recovery_code_used", "owner1")]


def test_a_wrong_code_keeps_the_key_that_is_being_set_up(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    secret = SECRET.search(owner.get(f"{PAGE}/new").text).group(1)  # type: ignore[union-attr]

    refused = owner.post(f"{PAGE}/new", {"secret": secret, "code": "000000"})

    assert refused.status_code == 422
    assert f'value="{secret}"' in refused.text
    assert Visitor(app).sign_in("owner1").headers["Location"] == "/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["new", "codes", "remove"])
def test_the_password_is_asked_for_again(app: OpenAPI, path: str, method: str) -> None:
    if (path, method) in (("codes", "get"), ("remove", "get")):
        return
    owner = somebody(app, "owner1")
    with time_machine.travel(time.time() + 601, tick=True):
        asked = owner.get(f"{PAGE}/{path}") if method == "get" else owner.post(f"{PAGE}/{path}")
        assert asked.status_code == 401
        assert "请再次输入密码" in asked.text


def test_it_is_removed_by_its_person_with_a_code(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    _secret, codes = set_up(owner)

    assert owner.post(f"{PAGE}/remove", {"code": "000000"}).status_code == 422
    assert owner.post(f"{PAGE}/remove", {"code": codes[1]}).status_code == 303

    assert Visitor(app).sign_in("owner1").headers["Location"] == "/"


def test_two_administrators_take_it_off_and_the_person_is_told(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    set_up(owner)
    sysadmin, auditor = somebody(app, "sysadmin1"), somebody(app, "auditor1")

    assert sysadmin.post("/administration/people/owner1/second-factor").status_code == 303
    assert Visitor(app).sign_in("owner1").headers["Location"] == "/sign-in/code"
    confirm = re.search(r"/administration/requests/\d+/confirm", auditor.get("/administration/requests").text).group()  # type: ignore[union-attr]
    assert sysadmin.post(confirm).status_code == 403
    assert auditor.post(confirm).status_code == 303

    assert not is_in(owner)
    back = Visitor(app)
    assert back.sign_in("owner1").headers["Location"] == "/"
    assert "停用两步验证" in back.get("/").text
    assert sysadmin.post("/administration/people/owner1/second-factor").status_code == 409
    with app.extensions[KEY].database.read() as tx:
        assert tx.execute(SIGN_IN.select()).all()


def test_where_it_is_obligatory_nothing_else_opens_before(app: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = replace(load_sign_in_policy(), second_factor_roles=frozenset({"sysadmin"}))
    for module in ("approvals.accounts.identity", "approvals.web.account.second_factor"):
        monkeypatch.setattr(f"{module}.load_sign_in_policy", lambda: policy)
    sysadmin = somebody(app, "sysadmin1")

    assert sysadmin.get("/administration/people").headers["Location"] == PAGE
    assert "须启用两步验证" in sysadmin.get(PAGE).text
    assert somebody(app, "owner1").get("/projects").status_code == 200

    _secret, codes = set_up(sysadmin)
    assert sysadmin.get("/administration/people").status_code == 200
    assert sysadmin.post(f"{PAGE}/remove", {"code": codes[0]}).status_code == 409
