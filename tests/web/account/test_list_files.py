"""Files of long lists: asked for on a page, made by a worker with the rights of the day, and for who asked alone."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import select, true

from approvals.accounts.list_files import FILES, KEPT_FOR, MOST_FILES, delete_old_files
from approvals.handover.actions import CENTRE, deactivate
from approvals.http.application import PAGE_JOBS
from approvals.jobs import running
from approvals.jobs.kinds import KINDS
from approvals.web import lists
from approvals.web.account import list_files
from tests.support.builders import a_project, an_actor
from tests.support.desk import TODAY, Desk, a_prepared_desk

NAMES = ("炳草岗小学", "一号桥", "阿署达桥", "清香坪卫生院")
SORTED = "/casefiles?sort=-name&state=filed"


@pytest.fixture
def desk(page_url, monkeypatch):
    for module in (lists, list_files):
        monkeypatch.setattr(module, "LONG", len(NAMES) - 1)

    def prepare(tx):
        return {name: a_project(tx, "filed", name=name) for name in NAMES}

    with a_prepared_desk(page_url, ("office1", "centre1", "owner1"), prepare) as desk:
        yield desk


def work(desk: Desk) -> str:
    """The worker does one job."""
    kinds = {**KINDS, **desk.app.extensions[PAGE_JOBS]}
    return running.run(desk.database, true(), "the worker", lambda: TODAY, kinds)


def asked(desk: Desk, username: str = "office1", path: str = SORTED, kind: str = "csv") -> str:
    """The address at which the long list's file is asked for, after it was."""
    person = desk.people[username]
    offered = person.get(f"{path}&file={kind}")
    assert offered.status_code == 303 and offered.location.startswith("/files?at=")
    assert "超过 3 条" in person.get(offered.location).text
    answer = person.post(offered.location, {"at": f"{path}&file={kind}"})
    assert answer.location == "/files"
    return str(offered.location)


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/files/\d+)"', page)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_worker_makes_what_the_list_itself_would_give(desk, monkeypatch, kind) -> None:
    office = desk.people["office1"]
    asked(desk, kind=kind)
    waiting = office.get("/files").text
    assert "正在生成" in waiting and 'http-equiv="refresh"' in waiting and links(waiting) == []
    assert work(desk) == "done"

    made = office.get("/files").text
    [link] = links(made)
    file = office.get(link)
    monkeypatch.setattr(lists, "LONG", len(NAMES))
    itself = office.get(f"{SORTED}&file={kind}")

    assert 'http-equiv="refresh"' not in made
    names = [answer.headers["Content-Disposition"].partition("filename*=")[2] for answer in (file, itself)]
    assert names[0] == names[1] != ""
    assert file.mimetype == itself.mimetype
    if kind == "csv":
        assert file.data == itself.data
        assert [name for line in file.text.splitlines() for name in NAMES if name in line] == sorted(NAMES)[::-1]


def test_a_list_of_the_right_length_is_sent_at_once(desk) -> None:
    answer = desk.people["office1"].get(f"{SORTED}&search=桥&file=csv")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"


def test_a_file_is_for_who_asked_alone(desk) -> None:
    asked(desk)
    assert work(desk) == "done"
    [link] = links(desk.people["office1"].get("/files").text)
    centre = desk.people["centre1"]
    assert links(centre.get("/files").text) == []
    assert centre.get(link).status_code == 404
    assert centre.post(f"{link}/remove").status_code == 404
    assert desk.people["office1"].get(link).status_code == 200


def test_who_left_meanwhile_gets_none(desk) -> None:
    asked(desk)
    with desk.database.write() as tx:
        deactivate(tx, "office1", CENTRE, by=an_actor(tx, "sysadmin1"), now=TODAY)
    assert work(desk) == "failed"
    with desk.database.read() as tx:
        assert tx.execute(select(FILES.c.content)).scalar_one() is None


def test_who_may_not_open_the_list_any_more_is_told(desk) -> None:
    asked(desk)
    with desk.database.write() as tx:
        tx.execute(FILES.update().values(address="/administration/people?file=csv"))
    assert work(desk) == "failed"
    assert "未能生成" in desk.people["office1"].get("/files").text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.com/casefiles?file=csv",
        "//example.com/casefiles?file=csv",
        "/casefiles",
        "/casefiles?file=exe",
        "/casefiles/nothing?file=csv",
        "/administration/people?file=csv",
        "/healthz?file=csv",
        f"/casefiles?file=csv&search={'a' * 2001}",
    ],
)
def test_only_a_list_that_one_may_open_is_made_into_a_file(desk, address) -> None:
    office = desk.people["office1"]
    assert office.post("/files", {"at": address}).status_code == 404
    assert address == "" or office.get(f"/files?at={quote(address)}").status_code == 404
    assert work(desk) == "idle"


def test_a_file_that_is_waited_for_is_made_once_and_there_is_a_highest_number(desk) -> None:
    office = desk.people["office1"]
    for number in range(MOST_FILES):
        for _twice in range(2):
            assert office.post("/files", {"at": f"/casefiles?file=csv&search={number}"}).status_code == 303
    refused = office.post("/files", {"at": "/casefiles?file=csv"})
    assert refused.status_code == 409 and "10" in refused.text
    with desk.database.read() as tx:
        assert len(tx.execute(select(FILES.c.id)).all()) == MOST_FILES
    assert office.post("/files/1/remove").status_code == 303
    assert office.post("/files", {"at": "/casefiles?file=csv"}).status_code == 303


def test_a_file_that_was_removed_meanwhile_is_not_made(desk) -> None:
    asked(desk)
    with desk.database.write() as tx:
        tx.execute(FILES.delete())
    assert work(desk) == "done"


def test_files_are_deleted_after_days(desk) -> None:
    asked(desk)
    assert work(desk) == "done"
    with desk.database.write() as tx:
        assert delete_old_files(tx, TODAY + KEPT_FOR) == 0
        assert delete_old_files(tx, TODAY + KEPT_FOR + timedelta(hours=1)) == 1
