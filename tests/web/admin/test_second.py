"""Resets that no administrator sees, and what a second administrator confirms on the page."""

import re

import pytest
from sqlalchemy import select

from approvals.base.jobs import JOB
from approvals.base.tables import table_of
from approvals.notifications.tables import Channel
from tests.support.builders import NOW, an_actor
from tests.support.desk import text_of, the_database
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody
from tests.support.post import URL, a_post_office

NEW = "brown fox 1977"
LINK = re.compile(r"/new-password\?secret=([\w-]+)")


@pytest.fixture
def post():
    with a_post_office() as post:
        yield post


@pytest.fixture
def app(page_url, post):
    with a_site(page_url, now=NOW, mail=post.server, public_url=URL) as app:
        with the_database(app).write() as tx:
            row = {"person_id": an_actor(tx, "owner1").id, "channel": "mail", "address": "owner1@city.example"}
            tx.execute(table_of(Channel).insert().values(row | {"on_since": NOW}))
        yield app


def choose(visitor, secret, password=NEW, again=None):
    visitor.get(f"/new-password?secret={secret}")
    given = {"secret": secret, "new": password, "again": again or password}
    return visitor.post("/new-password", given)


def test_a_reset_goes_to_the_confirmed_address_and_to_nobody_else(app, post):
    sysadmin = somebody(app, "sysadmin1")
    answer = sysadmin.post("/administration/people/owner1/password")
    page = sysadmin.get(answer.headers["Location"]).text
    (mail,) = post.taken
    body = mail.get_body(("plain",)).get_content()
    secret = LINK.search(body).group(1)
    assert post.receivers == ["owner1@city.example"] and URL in body
    assert secret not in page and "一次性链接已发送" in page
    assert Visitor(app).sign_in("owner1").status_code == 422, "the former password has ended"
    visitor = Visitor(app)
    assert choose(visitor, secret).headers["Location"] == "/sign-in"
    assert choose(Visitor(app), secret).status_code == 409
    owner = Visitor(app)
    assert owner.sign_in("owner1", NEW).status_code == 303
    home = text_of(owner.get("/").text)
    assert "您的账号 重置密码 · sysadmin1" in home
    owner.post("/account/events/read")
    assert "重置密码" not in owner.get("/").text


def test_what_was_done_to_an_account_is_mailed_to_its_person(app, post):
    somebody(app, "secadmin1").post("/administration/people/owner1/roles", {"roles": ["owner", "window"]})
    with the_database(app).read() as tx:
        keys = tx.execute(select(JOB.c.period).where(JOB.c.kind == "tell_account")).scalars().all()
    assert len(keys) == 1
    assert work(app).count("done") >= 1
    assert [subject.partition(" · ")[0] for subject in post.subjects] == ["您的账号：变更角色"]


def test_a_server_that_takes_no_mail_is_told_and_nothing_is_shown(app, post):
    post.at("RCPT", "550 no such box")
    sysadmin = somebody(app, "sysadmin1")
    answer = sysadmin.post("/administration/people/owner1/password")
    page = sysadmin.get(answer.headers["Location"]).text
    assert "邮件服务器未接收该链接" in page and "secret=" not in page


@pytest.mark.parametrize("username", ["owner2", "secadmin1"])
def test_without_an_address_and_for_administrators_a_second_one_prints_a_code(app, post, username):
    sysadmin, auditor = somebody(app, "sysadmin1"), somebody(app, "auditor1", "192.0.2.8")
    answer = sysadmin.post(f"/administration/people/{username}/password")
    page = text_of(sysadmin.get(answer.headers["Location"]).text)
    assert "正等待第二名管理员确认" in page and post.taken == []
    assert Visitor(app).sign_in(username).status_code == 303, "nothing has changed yet"
    assert "另一名管理员决定" in sysadmin.get("/administration/requests").text
    assert sysadmin.post("/administration/requests/1/confirm").status_code == 403
    assert "1 项申请等待第二名管理员确认" in text_of(auditor.get("/").text)
    auditor.get("/administration/requests")
    page = auditor.post("/administration/requests/1/confirm").text
    code = page.split('class="secret">')[1].split("<")[0]
    assert choose(Visitor(app), code).status_code == 303
    assert Visitor(app).sign_in(username, NEW).status_code == 303
    assert auditor.post("/administration/requests/1/confirm").status_code == 409


def test_a_request_can_be_declined(app):
    secadmin, sysadmin = somebody(app, "secadmin1"), somebody(app, "sysadmin1", "192.0.2.8")
    secadmin.post("/administration/people/owner2/roles", {"roles": "auditor"})
    assert "审计管理员" in text_of(sysadmin.get("/administration/requests").text)
    assert sysadmin.post("/administration/requests/1/decline").status_code == 303
    assert "没有等待第二名管理员确认的申请" in sysadmin.get("/administration/requests").text


@pytest.mark.parametrize(
    ("secret", "password", "again", "status", "said"),
    [
        ("nonsense", NEW, NEW, 409, "无效、已使用或已过期"),
        ("", NEW, NEW, 409, "无效、已使用或已过期"),
        ("nonsense", NEW, "another", 422, "不一致"),
    ],
)
def test_a_wrong_secret_or_password_gets_a_clear_error(app, secret, password, again, status, said):
    answer = choose(Visitor(app), secret, password, again)
    assert answer.status_code == status
    assert said in answer.text


def test_a_new_password_has_the_rules_of_all_passwords(app, post):
    somebody(app, "sysadmin1").post("/administration/people/owner1/password")
    secret = LINK.search(post.taken[0].get_body(("plain",)).get_content()).group(1)
    visitor = Visitor(app)
    assert choose(visitor, secret, "short").status_code == 422
    assert choose(visitor, secret).status_code == 303
