"""Edition 0017: what waits to be delivered, or was given up, is a job, and a delivery again on the way back."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from approvals.base.jobs import JOB
from approvals.base.migrations import downgrade, upgrade
from approvals.notifications.queries import DELIVERING
from tests.support.builders import faults
from tests.support.former_editions import hash_as_before
from tests.support.post import Carried, a_carried_city, a_post_office

BEFORE = "0016"
STATES = text("SELECT state, tries, last_error, next_try_at IS NOT NULL FROM deliveries ORDER BY id")


@pytest.fixture
def city(database_url):
    """A city with mails that were sent, given up, and put off, one that waits, and one that is held for the digest."""
    with a_post_office() as post, a_carried_city(database_url, post) as city:
        city.mail("office1")
        city.mail("owner1", act="daily")
        city.file("ext-1")
        city.move("office1", "return_filing", "ext-1")
        city.work()
        for number, answer in ((2, "550 no such user"), (3, "450 greylisted")):
            city.file(f"ext-{number}")
            post.at("RCPT", answer)
            city.work()
        city.file("ext-4")
        city.fan_out()
        hash_as_before(city.database)
        yield city


def the_jobs(city: Carried):
    """When each is due, by all else that is known of it."""
    columns = (JOB.c[name] for name in ("kind", "period", "state", "tries", "most_tries", "error", "due_at"))
    with city.database.read() as tx:
        return {row[:-1]: row.due_at for row in tx.execute(select(*columns).where(DELIVERING).order_by(JOB.c.period))}


def test_what_is_on_its_way_goes_down_and_up_as_it_stands(city, database_url):
    before = the_jobs(city)
    assert sorted(state for _, _, state, *_ in before) == ["failed", "waiting", "waiting"]

    downgrade(database_url, BEFORE)
    with city.database.read() as tx:
        assert [tuple(row) for row in tx.execute(STATES)] == [
            ("sent", 0, "", False),
            ("held", 0, "", False),
            ("dead", 1, "550 no such user", False),
            ("failed", 1, "450 greylisted", True),
            ("waiting", 0, "", True),
        ]
        assert tx.execute(select(JOB.c.id).where(DELIVERING)).all() == []
    upgrade(database_url)

    after = the_jobs(city)
    assert set(after) == set(before)
    assert all(after[job] == due_at for job, due_at in before.items() if "waiting" in job)
    assert faults(city.database) == []


def test_what_a_worker_of_the_edition_before_held_is_sent_by_the_next_one(city, database_url):
    downgrade(database_url, BEFORE)
    with city.writing() as tx:
        held = {"until": city.at + timedelta(minutes=5)}
        tx.execute(text("UPDATE deliveries SET claim = 'x', claimed_until = :until WHERE state = 'waiting'"), held)
    upgrade(database_url)

    city.later(minutes=3)
    assert city.work() == {"sent": 2}


def test_the_queue_of_the_edition_before_is_gone(city, database_url, engine_name):
    queue = Path(f"{city.database.url.database}.queue")
    downgrade(database_url, BEFORE)
    if engine_name == "sqlite":
        queue.touch()
    with city.database.read() as tx:
        assert engine_name == "sqlite" or "huey_task" in inspect(tx).get_table_names("queue")
    upgrade(database_url)
    with city.database.read() as tx:
        assert "queue" not in inspect(tx).get_schema_names()
    assert not queue.exists()
