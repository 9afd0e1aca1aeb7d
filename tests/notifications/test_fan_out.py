"""Who is told by which channel, from when on, at once or in the digest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.base.database import Database
from approvals.history.record import NOTICE
from approvals.notifications.fan_out import _are_settled, fan_out
from approvals.notifications.mail import message_of
from approvals.notifications.messages import Message, one_line
from tests.support.builders import START, a_project, when
from tests.support.pages import an_app
from tests.support.post import Carried, Post, a_carried_city
from workflows.charts.registry import CHARTS
from workflows.rules.notification_kinds import kind_of


def test_nothing_from_before_the_channel_was_switched_on_is_sent(city: Carried, post: Post) -> None:
    city.file("ext-1")
    city.mail("office1")
    city.file("ext-2", "第二个项目")

    city.work()

    assert post.subjects == ["提交申报 · 第二个项目 · 挂号"]


def test_an_old_year_that_is_fed_today_sends_nothing(city: Carried, post: Post) -> None:
    for username in ("office1", "owner1", "centre1", "liaison1", "window-a01"):
        city.mail(username)
    with city.writing() as tx:
        a_project(tx, "registered")  # recorded now, and dated in March
        assert len(tx.execute(NOTICE.select()).all()) > 3

    assert city.work() == {}
    assert city.deliveries() == []
    assert city.at - START > timedelta(days=3)


def test_each_is_told_of_their_own_once_however_often_the_worker_looks(city: Carried, post: Post) -> None:
    for username in ("office1", "owner1", "owner2", "centre1"):
        city.mail(username)
    city.file("ext-1")
    city.work()
    city.move("office1", "classify", "ext-1")
    for _ in range(3):
        city.work()

    assert sorted(post.receivers) == ["centre1@city.example", "office1@city.example", "owner1@city.example"]


@pytest.mark.parametrize(
    ("move", "audience", "kind"),
    [
        ("approval.submit", "window", "act"),
        ("approval.accept", "owner", "cases"),
        ("approval.notify_once", "owner", "act"),
        ("approval.grant", "owner", "cases"),
        ("approval.open", "owner", "act"),
        ("project.classify", "service_centre", "act"),
        ("project.classify", "owner", "cases"),
        ("project.file", "supervision_office", "act"),
        ("project.return_filing", "owner", "act"),
        ("escalation.raise", "window", "escalations"),
        ("escalation.answer", "owner", "escalations"),
        ("request.ask", "officer", "act"),
    ],
)
def test_the_chart_says_who_must_act(move: str, audience: str, kind: str) -> None:
    chart, name = move.split(".")

    assert kind_of(CHARTS[chart], CHARTS[chart].move(name), audience) == kind


def test_a_kind_that_is_not_wanted_is_not_sent(city: Carried, post: Post) -> None:
    city.mail("office1", act="never")
    city.file("ext-1")

    assert city.work() == {}
    assert city.deliveries() == []


def test_the_digest_goes_out_once_at_its_hour_and_empty_not_at_all(city: Carried, post: Post) -> None:
    city.mail("office1", act="daily")
    city.file("ext-1", "第一个项目")
    city.file("ext-2", "第二个项目")
    assert city.work() == {}
    assert city.states() == {"held": 2}

    city.at = when("2026-11-18", "08:00")
    assert city.work() == {"sent": 1}
    assert city.work() == {}
    assert post.subjects == ["每日汇总 2026年11月18日：共 2 条通知 · 挂号"]
    text = next(post.taken[0].iter_parts()).get_content()
    assert text.index("第二个项目") < text.index("第一个项目")
    assert city.states() == {"sent": 3}

    city.file("ext-3", "第三个项目")
    city.at = when("2026-11-18", "23:00")
    assert city.work() == {}
    city.at = when("2026-11-19", "08:01")
    assert city.work() == {"sent": 1}
    city.at = when("2026-11-20", "09:00")
    assert city.work() == {}
    assert len(post.taken) == 2


def test_who_switched_off_or_lost_their_role_gets_nothing_that_was_on_its_way(city: Carried, post: Post) -> None:
    city.mail("office1", act="daily")
    city.file("ext-1")
    city.work()
    with city.writing() as tx:
        tx.exec_driver_sql("DELETE FROM role_grants WHERE role = 'supervision_office'")

    city.at = when("2026-11-18", "08:00")

    assert city.work() == {"dropped": 1}
    assert post.taken == []
    assert city.states() == {"dropped": 2}


def test_a_slow_writer_with_a_smaller_id_is_not_stepped_over(postgres_url: str) -> None:
    with a_carried_city(postgres_url) as city:
        city.mail("office1")
        slow = Database(postgres_url)
        with slow.write() as tx:
            tx.exec_driver_sql(
                "INSERT INTO notices (project_id, seq, audience, unit_id, move, label, at) "
                "VALUES (0, 0, 'nobody', 0, 'project.file', '', now())"
            )
            city.file("ext-1")  # commits first, with the greater id
            assert not _are_settled(city.database)
            assert fan_out(city.database, city.now) == 0
        assert fan_out(city.database, city.now) == 1
        slow.close()


@given(st.text())
def test_no_text_makes_another_header_of_a_subject(text: str) -> None:
    letter = Message(one_line(text), (), "", "about", "", "zh-Hans")
    with an_app("sqlite:////nonexistent/none.db") as app, app.app_context():
        post = Post(1)
        written = message_of(letter, post.server, "a@city.example", "k", START).as_bytes().decode("ascii")

    heads = written.partition("\r\n\r\n")[0].split("\r\n")
    names = [line.partition(":")[0] for line in heads if not line.startswith((" ", "\t"))]
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"}
    assert sorted(names) == sorted(expected | {"MIME-Version", "Content-Type"})
