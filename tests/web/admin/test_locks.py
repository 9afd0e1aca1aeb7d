"""The page of sign-ins that wait: whose, from where, until when, and how they are let in again."""

import re

from flask_openapi3 import OpenAPI

from approvals.accounts.audit import EVENT
from approvals.http.application import KEY
from tests.support.pages import Visitor, somebody
from workflows.config.sign_in_policy import load_sign_in_policy

RULES = load_sign_in_policy().throttle
ELSEWHERE = "198.51.100.4"
LOCK = re.compile(r'name="lock" value="([^"]+)"')


def lock(app: OpenAPI, username: str, address: str = ELSEWHERE) -> None:
    for _ in range(RULES.per_account):
        Visitor(app, address).sign_in(username, "wrong")


def lift(visitor: Visitor, key: str) -> int:
    return visitor.post("/administration/locks", {"lock": key, "once": visitor.once_key()}).status_code


def test_a_lock_is_listed_and_lifted(app: OpenAPI) -> None:
    lock(app, "owner1")
    lock(app, "my secret word", "198.51.100.5")
    sysadmin = somebody(app, "sysadmin1")

    page = sysadmin.get("/administration/locks").text
    assert "owner1" in page
    assert ELSEWHERE in page
    assert "my secret word" not in page
    assert "无此账号" in page

    assert lift(sysadmin, LOCK.findall(page)[0]) == 303
    assert Visitor(app, ELSEWHERE).sign_in("owner1").status_code == 303
    assert Visitor(app, "198.51.100.5").sign_in("my secret word").status_code == 429
    with app.extensions[KEY].database.read() as tx:
        lifted = [row for row in tx.execute(EVENT.select()) if row.event == "lock_lifted"]
    assert [(row.actor, row.subject, row.detail) for row in lifted] == [("sysadmin1", "owner1", ELSEWHERE)]


def test_a_locked_address_is_let_in_again_as_a_whole(app: OpenAPI) -> None:
    for n in range(RULES.per_address):
        Visitor(app, ELSEWHERE).sign_in(f"owner{1 + n // RULES.per_account}", "wrong")
    assert Visitor(app, ELSEWHERE).sign_in("owner9").status_code == 429
    sysadmin = somebody(app, "sysadmin1")

    keys = LOCK.findall(sysadmin.get("/administration/locks").text)
    assert keys[0].startswith("address-")
    assert len(keys) == 1 + RULES.per_address // RULES.per_account
    assert lift(sysadmin, keys[0]) == 303

    assert LOCK.findall(sysadmin.get("/administration/locks").text) == []
    assert Visitor(app, ELSEWHERE).sign_in("owner9").status_code == 303
    assert Visitor(app, ELSEWHERE).sign_in("owner1").status_code == 303


def test_a_lock_that_holds_no_more_is_not_found(app: OpenAPI) -> None:
    sysadmin = somebody(app, "sysadmin1")
    sysadmin.get("/administration/locks")

    assert [sysadmin.post("/administration/locks", {"lock": key}).status_code for key in ("", "account-7")] == [404] * 2
