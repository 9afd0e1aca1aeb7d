"""The page of jobs: what failed stands there with its reason, and is tried again."""

import pytest

from approvals.base.jobs import JOB, Running, enqueue, progress, take
from tests.support.builders import NOW, a_database
from tests.support.desk import text_of
from tests.support.pages import an_app, give_password, somebody


@pytest.fixture
def city(page_url):
    database = a_database(page_url)
    give_password(database, "sysadmin1")
    with database.write() as tx:
        job_id = enqueue(tx, "compile_month", "2026-10", {}, NOW)
        claim = take(tx, JOB.c.id == job_id, "machine-1:17", NOW)
    Running(database, claim, lambda: NOW).fail("排印失败", None)
    with an_app(page_url, now=NOW) as app:
        yield app, database
    database.close()


def test_a_failed_job_is_told_with_its_reason_and_tried_again(city):
    app, database = city
    visitor = somebody(app, "sysadmin1")
    page = visitor.get("/administration/jobs")
    said = text_of(page.text)
    assert "编制月度报告" in said
    assert "排印失败" in said
    assert "有任务到时未执行" in said, "no worker runs"
    with database.read() as tx:
        job_id = progress(tx, "compile_month", "2026-10").id
    answer = visitor.post("/administration/jobs/again", {"which": str(job_id)})
    assert answer.status_code == 303
    assert "已重新执行该任务" in text_of(visitor.get("/administration/jobs").text)
    with database.read() as tx:
        assert progress(tx, "compile_month", "2026-10").state == "waiting"
    assert visitor.post("/administration/jobs/again", {"which": str(job_id)}).status_code == 404
