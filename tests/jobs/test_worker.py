"""The worker's process: what is slow in one lane holds up nothing in another, and a stopped worker holds no job."""

import signal
from datetime import timedelta

import pytest

from approvals.base.jobs import JOB
from approvals.jobs.kinds import KINDS
from approvals.jobs.worker import LANES
from tests.support.post import BEGIN, STALL, URL, a_carried_city, a_post_office
from tests.support.servers import PYTHON, a_process, eventually

COMMAND = [PYTHON, "-m", "flask", "--app", "wsgi", "worker"]
PATIENCE = 120  # seconds, on a machine that runs other tests at the same time
MANY = 30  # mails, each of which stalls for three seconds


@pytest.fixture
def post():
    with a_post_office() as post:
        post.at("EHLO", *[STALL] * MANY)
        yield post


@pytest.fixture
def city(database_url, post):
    with a_carried_city(database_url, post) as city:
        city.mail("office1")
        for number in range(MANY):
            city.file(f"ext-{number}")
        yield city


def environment(url, post):
    """The worker goes by the city's clock, some minutes on: what was filed there is due."""
    mail = {"GUAHAO_SMTP_URL": f"smtp://127.0.0.1:{post.port}?tls=none", "GUAHAO_MAIL_FROM": post.server.sender}
    later = (BEGIN + timedelta(minutes=5)).isoformat()
    return {"GUAHAO_DATABASE_URL": url, "GUAHAO_NOW": later, "GUAHAO_URL": URL} | mail


def test_every_kind_of_job_has_one_lane():
    assert sorted(kind for lane in LANES for kind in lane.kinds) == sorted(KINDS)


def test_a_stalled_mail_server_holds_up_no_sweep_and_a_stopped_worker_holds_no_job(city, post, database_url):
    def is_there(kind, *states):
        with city.database.read() as tx:
            return tx.execute(JOB.select().where(JOB.c.kind == kind, JOB.c.state.in_(states))).first() is not None

    with a_process(COMMAND, env=environment(database_url, post)) as worker:
        eventually(lambda: post.sessions, seconds=PATIENCE, what="the first mail under way")
        eventually(lambda: is_there("sweep", "done"), seconds=PATIENCE, what="a sweep meanwhile")
        eventually(lambda: is_there("deliver_mail", "running"), seconds=PATIENCE, what="a mail under way")
        worker.send(signal.SIGTERM)
        assert worker.ended(seconds=PATIENCE) == 0
    assert post.taken == []
    assert not is_there("deliver_mail", "running")
    assert len(city.jobs("waiting")) >= MANY, "none is lost; the sweep told of more"
