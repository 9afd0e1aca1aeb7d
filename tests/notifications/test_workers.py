"""Several workers at once, one of them killed: nothing is lost, nothing is sent twice."""

from collections import Counter
from datetime import timedelta
from typing import Any

from approvals.base.database import Database
from approvals.base.jobs import LEASE
from approvals.base.settings import MailServer
from approvals.notifications.fan_out import fan_out, gather_digests
from tests.support.concurrency import CONTEXT, race
from tests.support.pages import an_app
from tests.support.post import STALL, Carried, Post, deliver_all
from tests.support.servers import eventually

MANY = 30


def carry(database: Database, wait: Any, server: MailServer, at: Any) -> dict[str, int]:
    """One worker's look: fan out, gather, deliver."""
    with an_app(database.url.render_as_string(hide_password=False), mail=server) as app, app.app_context():
        wait()
        fan_out(database, lambda: at)
        gather_digests(database, lambda: at)
        return dict(deliver_all(database, lambda: at))


def carry_until_killed(url: str, server: MailServer, at: Any) -> None:
    carry(Database(url), lambda: None, server, at)


def the_url(city: Carried) -> str:
    return city.database.url.render_as_string(hide_password=False)


def test_four_workers_at_once_send_each_notice_once(city: Carried, post: Post) -> None:
    city.mail("office1")
    city.mail("owner1")
    for number in range(MANY):
        city.file(f"ext-{number}", f"第{number}号项目")

    done = race(the_url(city), [(carry, (post.server, city.at))] * 4)

    assert sum(outcome.get("sent", 0) for outcome in done) <= MANY
    assert city.work() in ({}, {"sent": MANY - sum(outcome.get("sent", 0) for outcome in done)})
    assert Counter(post.subjects) == {f"提交申报 · 第{number}号项目 · 挂号": 1 for number in range(MANY)}


def test_four_workers_at_once_send_one_digest(city: Carried, post: Post) -> None:
    city.mail("office1", act="daily")
    for number in range(5):
        city.file(f"ext-{number}")
    city.work()

    race(the_url(city), [(carry, (post.server, city.at + timedelta(hours=2)))] * 4)

    assert len(post.taken) == 1
    assert city.states() == {"sent": 6}


def test_what_a_killed_worker_held_is_sent_by_another_once_its_lease_has_ended(city: Carried, post: Post) -> None:
    city.mail("office1")
    for number in range(3):
        city.file(f"ext-{number}", f"第{number}号项目")
    post.at("MAIL", "", STALL)
    doomed = CONTEXT.Process(target=carry_until_killed, args=(the_url(city), post.server, city.at))
    doomed.start()
    eventually(lambda: post.sessions == 2, seconds=60, what="the second mail under way")
    doomed.kill()
    doomed.join()

    assert city.work() == {"sent": 1}  # the one that nobody holds
    city.later(seconds=LEASE.total_seconds() + 1)
    assert city.work() == {"sent": 1}

    assert Counter(post.subjects) == {f"提交申报 · 第{number}号项目 · 挂号": 1 for number in range(3)}
