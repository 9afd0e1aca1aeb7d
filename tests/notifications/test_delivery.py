"""Mail through a real server that refuses, stalls and disconnects: nothing is lost, nothing arrives twice."""

import pytest
from sqlalchemy import select

from approvals.base.jobs import enqueue
from approvals.notifications.delivery import send_letter
from approvals.notifications.queries import DELIVERY
from tests.support.post import CLOSE, STALL, Carried, Post, a_carried_city
from workflows.config.outbox_policy import load_outbox_policy


@pytest.fixture
def city(city: Carried) -> Carried:
    """The office gets mail, and a project has been filed."""
    city.mail("office1")
    city.file("ext-1")
    return city


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server is waited for a second only."""
    monkeypatch.setattr(send_letter, "__kwdefaults__", {"patience": 1.0})


def test_a_notice_arrives_in_the_words_of_the_list_with_a_link(city: Carried, post: Post) -> None:
    assert city.work() == {"sent": 1}

    (message,) = post.taken
    assert message["To"] == "office1@city.example"
    assert message["From"] == "挂号 <noreply@city.example>"
    assert message["Subject"] == "提交申报 · 新建小学教学楼 · 挂号"
    assert message["List-Unsubscribe"] == "<https://guahao.city.example/account/notifications>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_content() for part in message.iter_parts())
    for text in (
        "提交申报",
        "新建小学教学楼",
        "市教育局",
        "2026-11-18 07:00",
        "https://guahao.city.example/casefiles/ext-1",
    ):
        assert text in plain
        assert text in html
    assert "您收到此消息" in plain


def test_the_mail_speaks_the_language_of_its_receiver(city: Carried, post: Post) -> None:
    with city.writing() as tx:
        tx.exec_driver_sql("UPDATE people SET language = 'en' WHERE username = 'office1'")

    city.work()

    assert post.subjects == ["File the project · 新建小学教学楼 · Guahao"]
    assert "You receive this because of your settings" in post.taken[0].iter_parts().__next__().get_content()


@pytest.mark.parametrize(
    ("step", "behaviour"),
    [
        ("EHLO", CLOSE),
        ("MAIL", CLOSE),
        ("RCPT", CLOSE),
        ("BODY", CLOSE),
        ("EHLO", STALL),
        ("MAIL", STALL),
        ("RCPT", STALL),
        ("BODY", STALL),
        ("MAIL", "451 later"),
        ("RCPT", "450 greylisted"),
        ("BODY", "452 no room"),
        ("MAIL", "530 sign in first"),
    ],
)
def test_what_did_not_arrive_is_tried_again_and_arrives_once(
    city: Carried, post: Post, hasty: None, step: str, behaviour: str
) -> None:
    post.at(step, behaviour, behaviour)

    assert city.work() == {"failed": 1}
    assert post.taken == []
    (failed,) = city.jobs()
    assert failed.error
    assert 0.8 * 60 <= (failed.due_at - city.at).total_seconds() <= 1.2 * 60

    assert city.work() == {}  # it is not due yet
    post.at(step)
    city.later(minutes=2)
    assert city.work() == {"sent": 1}
    city.later(hours=8)
    assert city.work() == {}
    assert len(post.taken) == 1


@pytest.mark.parametrize("behaviour", [CLOSE, STALL, "421 go away"])
def test_what_the_server_took_is_sent_whatever_the_connection_does_afterwards(
    city: Carried, post: Post, hasty: None, behaviour: str
) -> None:
    post.at("QUIT", behaviour)

    assert city.work() == {"sent": 1}
    city.later(hours=8)
    assert city.work() == {}
    assert len(post.taken) == 1


@pytest.mark.parametrize(("step", "answer"), [("RCPT", "550 no such user"), ("BODY", "554 spam")])
def test_what_is_refused_for_good_is_dead_at_once(city: Carried, post: Post, step: str, answer: str) -> None:
    post.at(step, answer)

    assert city.work() == {"dead": 1}
    (dead,) = city.jobs("failed")
    assert dead.error == answer
    city.later(days=2)
    assert city.work() == {}


def test_one_receiver_who_is_refused_holds_up_nobody_else(city: Carried, post: Post) -> None:
    city.mail("owner1")
    city.move("office1", "return_filing", "ext-1")
    post.at("RCPT", "550 no such user")

    assert city.work() == {"dead": 1, "sent": 1}
    assert post.receivers == ["owner1@city.example"]


def test_a_server_that_is_away_loses_nothing_until_the_last_try(city: Carried, post: Post) -> None:
    policy = load_outbox_policy()
    waits = []
    post.at("MAIL", *["451 later"] * policy.tries)

    while city.work() == {"failed": 1}:
        (job,) = city.jobs()
        waits.append((job.due_at - city.at).total_seconds() / 60)
        city.at = job.due_at

    assert len(waits) == policy.tries - 1
    assert all(0.8 * 2**n <= wait <= 1.2 * 2**n for n, wait in enumerate(waits[:8]))
    assert max(waits) <= 1.2 * 360
    (dead,) = city.jobs("failed")
    assert dead.tries == policy.tries


def test_a_mail_that_is_sent_again_has_the_same_message_id(city: Carried, post: Post) -> None:
    city.work()
    with city.writing() as tx:  # as if the worker had died between the server's 250 and its own note
        tx.execute(DELIVERY.update().values(state="waiting", sent_at=None))
        enqueue(tx, "deliver_mail", tx.execute(select(DELIVERY.c.key)).scalar_one(), {}, city.at)

    assert city.work() == {"sent": 1}

    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@city.example>")


def test_without_a_mail_server_mail_waits_and_says_why(database_url: str) -> None:
    with a_carried_city(database_url) as city:
        city.mail("office1")
        city.file("ext-1")

        assert city.work() == {"failed": 1}
        assert "GUAHAO_SMTP_URL" in city.jobs()[0].error
