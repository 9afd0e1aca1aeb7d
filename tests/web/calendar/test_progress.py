"""A notice is loaded at the page, and the worker's process dates anew what it moves; the page says when none runs."""

from datetime import timedelta

import pytest

from approvals.base.database import Database
from approvals.recalculation.actions import finish, is_pending
from approvals.recalculation.views import STALLED_AFTER
from tests.support.builders import NOW, a_database, an_approval, approval_row, faults, when
from tests.support.desk import text_of, the_database
from tests.support.extent import ENGINES
from tests.support.holiday_notices import TWO_DAYS_OFF
from tests.support.pages import an_app, give_password, somebody
from tests.support.servers import PYTHON, a_process, eventually
from tests.web.calendar.test_routes import carried, upload

STALLED = "后台任务可能未在运行"
PATIENCE = 120  # seconds, on a machine that runs other tests at the same time


@pytest.fixture(params=ENGINES)
def city(request, make_database):
    """The address of a city with three accepted approvals, and their references."""
    url = make_database(request.param)
    database = a_database(url)
    give_password(database, "sysadmin1")
    with database.write() as tx:
        refs = [an_approval(tx, "accepted", at=when("2026-11-19")) for _ in range(3)]
    yield url, refs
    assert faults(database) == []
    database.close()


def load(visitor):
    answer = visitor.post("/calendars/load", carried(upload(visitor, TWO_DAYS_OFF.encode())))
    assert answer.status_code == 303


def seen(url, later=timedelta(0)):
    """What the page of progress says some time after NOW."""
    with an_app(url, now=NOW + later) as app:
        return text_of(somebody(app, "sysadmin1").get("/calendars/redating").text)


def let_the_worker_work(url):
    database = Database(url)
    assert len(list(finish(database, lambda: NOW))) == 3
    database.close()


def test_a_loaded_notice_waits_for_the_worker_who_dates_everything_anew(city):
    url, refs = city
    with an_app(url, now=NOW) as app:
        visitor, database = somebody(app, "sysadmin1"), the_database(app)
        load(visitor)

        def is_done():
            with database.read() as tx:
                return not is_pending(tx)

        assert not is_done()
        env = {"GUAHAO_DATABASE_URL": url, "GUAHAO_NOW": NOW.isoformat()}
        with a_process([PYTHON, "-m", "approvals", "worker"], env=env) as worker:
            eventually(is_done, seconds=PATIENCE, what="the dating anew")
            assert worker.popen.poll() is None, "it goes on working"
        assert "重新计算了3个审批事项的期限" in text_of(visitor.get("/calendars/redating").text)
        with database.read() as tx:
            rows = [approval_row(tx, *ref.split("/")) for ref in refs]
        assert {row.promised_due_on.isoformat() for row in rows} == {"2026-11-30"}


def test_the_page_says_so_when_no_worker_runs(city):
    url, _ = city
    with an_app(url, now=NOW) as app:
        load(somebody(app, "sysadmin1"))
    assert STALLED not in seen(url, STALLED_AFTER / 2), "a worker may just be beginning"
    said = seen(url, STALLED_AFTER + timedelta(minutes=1))  # of the clock, which goes on meanwhile
    assert STALLED in said
    assert "已重新计算0个，共3个审批事项" in said
    let_the_worker_work(url)
    assert STALLED not in seen(url, STALLED_AFTER * 2)
