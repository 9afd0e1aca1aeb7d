"""The page of notifications, the personal calendar, and what was given up."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from icalendar import Calendar

from approvals.accounts.queries import PERSON
from approvals.http.application import KEY
from approvals.notifications.queries import CHANNEL, FEED
from tests.support.builders import a_project, approval_row, do, head, walk, when, window
from tests.support.pages import Visitor, somebody
from tests.support.post import Carried, Post, a_carried_city

PAGE = "/account/notifications"


@pytest.fixture
def app(city: Carried) -> OpenAPI:
    return city.app


def the_link(post: Post) -> str:
    text = next(post.taken[-1].iter_parts()).get_content()
    match = re.search(r"https://guahao\.city\.example(/account/notifications/confirm/\S+)", text)
    assert match is not None
    return match.group(1)


def test_a_mail_address_is_used_once_its_link_was_opened_by_its_person(
    city: Carried, owner: Visitor, post: Post
) -> None:
    assert owner.post(f"{PAGE}/mail", {"address": "me@city.example"}).status_code == 303
    assert post.receivers == ["me@city.example"]
    assert "待确认" in owner.get(PAGE).text
    link = the_link(post)

    assert somebody(city.app, "owner2").get(link).status_code == 404
    assert "me@city.example" in owner.get(link).text
    with city.database.read() as tx:
        assert tx.execute(CHANNEL.select()).one().address == ""  # looking alone confirms nothing
    assert owner.post(link).status_code == 303
    with city.database.read() as tx:
        row = tx.execute(CHANNEL.select()).one()
    assert (row.address, row.token_digest) == ("me@city.example", None)
    assert owner.get(link).status_code == 404


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: x@y.example", "a b@city.example", "a@", "@b", "a@b..c"])
def test_what_is_no_mail_address_is_refused_and_kept(owner: Visitor, post: Post, address: str) -> None:
    answer = owner.post(f"{PAGE}/mail", {"address": address})

    assert answer.status_code == 422
    assert post.taken == []


def test_an_address_that_the_mail_server_refuses_is_told_at_once(city: Carried, owner: Visitor, post: Post) -> None:
    post.at("RCPT", "550 no such user")

    answer = owner.post(f"{PAGE}/mail", {"address": "nobody@city.example"})

    assert answer.status_code == 422
    assert "550 no such user" in answer.text
    assert owner.post(f"{PAGE}/mail", {"address": "me@city.example"}).status_code == 303


def test_a_second_mail_right_after_the_first_has_to_wait(city: Carried, owner: Visitor, post: Post) -> None:
    owner.post(f"{PAGE}/mail", {"address": "me@city.example"})

    assert owner.post(f"{PAGE}/mail", {"address": "victim@city.example"}).status_code == 422
    assert post.receivers == ["me@city.example"]


def test_a_robots_secrets_are_masked_afterwards(office: Visitor) -> None:
    secret = {"address": "https://127.0.0.1:1/send?key=0123456789abcdef", "robot": "dingtalk", "secret": "SEC0123"}
    assert office.post(f"{PAGE}/webhook", secret).status_code == 303

    page = office.get(PAGE).text

    assert "127.0.0.1 ••••cdef" in page
    assert "0123456789" not in page
    assert "SEC0123" not in page
    answer = office.post(f"{PAGE}/webhook/trial")
    assert answer.status_code == 409
    assert "测试消息未送达" in answer.text


def test_a_private_address_is_refused_at_entry(page_url: str) -> None:
    with a_carried_city(page_url) as city:
        running = city.app.extensions[KEY]
        running.settings = replace(running.settings, any_webhook=False, robot_hosts=("10.0.0.1",))
        office = somebody(city.app, "office1")
        answer = office.post(f"{PAGE}/webhook", {"address": "https://10.0.0.1/x", "robot": "wecom"})

    assert answer.status_code == 422
    assert "指向本机或内部网络" in answer.text
    assert "https://10.0.0.1/x" in answer.text


def test_each_person_chooses_for_each_kind(city: Carried, office: Visitor) -> None:
    city.mail("office1")

    office.post(f"{PAGE}/choices", {"mail.act": "daily", "mail.cases": "never", "mail.escalations": "now"})

    with city.database.read() as tx:
        row = tx.execute(CHANNEL.select()).one()
    assert (row.act, row.cases, row.escalations, row.on_since) == ("daily", "never", "now", None)
    assert office.post(f"{PAGE}/choices", {"mail.act": "sometimes"}).status_code == 422


def a_feed(visitor: Visitor) -> str:
    page = visitor.post(f"{PAGE}/calendar").text
    match = re.search(r"https://guahao\.city\.example(/calendar/\S+\.ics)", page)
    assert match is not None
    return match.group(1)


def test_the_calendar_holds_the_due_days_of_ones_own(city: Carried) -> None:
    with city.writing() as tx:
        ref = a_project(tx, "registered", name="新建小学")
        walk(tx, ref, "A01", ("submit", "accept"))
    window, uninvolved = somebody(city.app, "window-a01"), somebody(city.app, "window-a05")
    address = a_feed(window)
    stranger = city.app.test_client()

    answer = stranger.get(address)

    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    with city.database.read() as tx:
        due_on = approval_row(tx, ref, "A01").due_on
    assert event["DTSTART"].dt == due_on
    assert "A01" in event["SUMMARY"]
    assert "新建小学" in event["DESCRIPTION"]
    assert stranger.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert Calendar.from_ical(stranger.get(a_feed(uninvolved)).data).walk("VEVENT") == []
    for username in ("owner1", "liaison1"):
        events = Calendar.from_ical(stranger.get(a_feed(somebody(city.app, username))).data).walk("VEVENT")
        assert [own_event["UID"] for own_event in events] == [event["UID"]]


def test_the_calendar_leaves_out_clocks_that_stand_still_and_says_when_a_day_moved(city: Carried) -> None:
    with city.writing() as tx:
        ref = a_project(tx, "registered", at=when("2026-11-16"))
        walk(tx, ref, "A01", ("submit",), at=when("2026-11-17"))
    address, stranger = a_feed(somebody(city.app, "liaison1")), city.app.test_client()

    def events() -> list[Any]:
        return list(Calendar.from_ical(stranger.get(address).data).walk("VEVENT"))

    (before,) = events()
    with city.writing() as tx:
        do(tx, "office1", "suspend", ref, at=when("2026-11-18"))
    assert events() == []
    with city.writing() as tx:
        do(tx, "office1", "resume", ref, at=when("2026-11-20"))
    (after,) = events()
    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt > before["DTSTART"].dt
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    with city.writing() as tx:
        wrong = {"entry": "submit", "right_on": "2026-11-16", "reason": "收件单日期有误"}
        do(tx, window("A01"), "propose_correction", f"{ref}/A01", wrong)
        do(tx, head("A01"), "confirm_correction", f"{ref}/A01")
    (corrected,) = events()
    assert corrected["DTSTART"].dt < after["DTSTART"].dt
    assert corrected["SEQUENCE"] > after["SEQUENCE"]


def test_the_calendar_of_a_liaison_holds_what_is_to_be_followed_up_until_it_is_done(city: Carried) -> None:
    with city.writing() as tx:
        ref = a_project(tx, "registered", name="新建小学")
    keeper = somebody(city.app, "liaison1")
    log = f"/projects/{ref}/contacts"
    keeper.get(log)
    note = {"channel": "phone", "with_whom": "基建科", "text": "提醒补正", "follow_up_on": "2026-12-01"}
    assert keeper.post(log, note | {"once": keeper.once_key()}).status_code == 303
    address, stranger = a_feed(keeper), city.app.test_client()

    (event,) = Calendar.from_ical(stranger.get(address).data).walk("VEVENT")

    assert (event["DTSTART"].dt, event["DESCRIPTION"]) == (date(2026, 12, 1), "提醒补正")
    assert "新建小学" in event["SUMMARY"]
    feed_of_another = a_feed(somebody(city.app, "liaison2"))
    assert Calendar.from_ical(stranger.get(feed_of_another).data).walk("VEVENT") == []
    (line,) = re.findall(r'action="([^"]+/done)"', keeper.get(log).text)
    assert keeper.post(line, {"once": keeper.once_key()}).status_code == 303
    assert Calendar.from_ical(stranger.get(address).data).walk("VEVENT") == []


def test_a_revoked_address_and_that_of_somebody_who_left_answer_404(city: Carried) -> None:
    owner, stranger = somebody(city.app, "owner1"), city.app.test_client()
    first = a_feed(owner)
    assert first.split("/")[-1].removesuffix(".ics") not in owner.get(PAGE).text
    second = a_feed(owner)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    with city.writing() as tx:
        assert second not in str(tx.execute(FEED.select()).all())
        tx.execute(PERSON.update().where(PERSON.c.username == "owner1").values(is_active=False))
    assert stranger.get(second).status_code == 404
    with city.writing() as tx:
        tx.execute(PERSON.update().values(is_active=True))
    owner = somebody(city.app, "owner1")
    owner.post(f"{PAGE}/calendar/revoke")
    assert stranger.get(second).status_code == 404


def test_what_was_given_up_is_seen_and_tried_again(city: Carried, sysadmin: Visitor, post: Post) -> None:
    city.mail("office1", "nobody@city.example")
    city.file("ext-1", "新建小学")
    post.at("RCPT", "550 no such user")
    city.work()

    page = sysadmin.get("/administration/deliveries").text
    assert "550 no such user" in page
    assert "新建小学" not in page
    assert "1 deliveries were given up" in city.app.test_client().get("/readyz").json["checks"]["outbox"]["told"]
    assert sysadmin.post("/administration/deliveries/again", {"which": "all"}).status_code == 303
    city.later(minutes=1)

    assert city.work() == {"sent": 1}
    assert "全部通知均已送达" in sysadmin.get("/administration/deliveries").text
