"""The queue of a window as its people see it: whose it is, in what order, with which lights and counts."""

import re
from datetime import date

import pytest

from approvals.base.sorting import ListPart
from approvals.calendar.queries import reading
from approvals.windows.queue import TABS, QueueFilter, queue
from tests.support.builders import (
    APPROVAL_PATHS,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    do,
    project_row,
    walk,
    when,
)
from tests.support.desk import a_prepared_desk, asked, listed, text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import Visitor, duties_on

PEOPLE = ("window-a01", "head-a01", "window-a02", "liaison1", "centre1", "office1", "owner1", "window-b04")
MANY = 57  # more than one page holds
ON = date(2026, 3, 10)


def prepare(tx) -> dict[str, str]:
    """An approval of A01 in each state, some more along the lights, and one of another department."""
    refs = {state: an_approval(tx, state) for state in APPROVAL_PATHS}
    for name, day in (("red", "2026-01-05"), ("yellow", "2026-02-27"), ("reminder", "2026-03-04")):
        refs[name] = an_approval(tx, "accepted", at=when(day))
    refs["urgent"] = an_approval(tx, "received", at=when("2026-03-09"))
    ref = a_project(tx, "registered", at=when("2026-02-24"), name="火箭路小学")
    walk(tx, ref, "A01", (*APPROVAL_PATHS["granted"], "deliver"))
    walk(tx, ref, "A02", APPROVAL_PATHS["accepted"])
    refs["foreign"] = f"{ref}/A02"
    refs["suspended"] = an_approval(tx, "accepted", at=when("2026-03-05"))
    do(tx, "office1", "suspend", refs["suspended"].partition("/")[0], at=when("2026-03-06"))
    return refs


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE, prepare) as desk:
        yield desk


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def crowd(request, make_database):
    """A window with more than one page in hand."""

    def many(tx):
        for number in range(MANY):
            an_approval(tx, "received" if number % 3 else "accepted", at=when(f"2026-03-0{2 + number % 6}"))
        return {}

    with a_prepared_desk(make_database(request.param), ("window-a01",), many) as desk:
        yield desk


def windows(desk, username: str, query: str = "") -> str:
    """The page of the queue as this person sees it."""
    visitor: Visitor = desk.people[username]
    return visitor.get(f"/windows{query}").text


def view(desk, username: str, filter_: QueueFilter, cursor: str = ""):
    with desk.database.read() as tx:
        return queue(tx, an_actor(tx, username), filter_, today=ON, part=ListPart(cursor=cursor))


def everything(desk, username: str, filter_: QueueFilter) -> list:
    rows, cursor = [], ""
    while cursor is not None:
        page = view(desk, username, filter_, cursor).page
        rows, cursor = rows + page.rows, page.next_cursor
    return rows


def number_of(desk, ref: str) -> str:
    with desk.database.read() as tx:
        return str(project_row(tx, ref.partition("/")[0]).number)


def test_a_window_sees_its_own_department_only(desk):
    page = windows(desk, "window-a01")

    assert listed(page) and {code for _, code in listed(page)} == {"A01"}
    assert "火箭路小学" not in page
    assert listed(windows(desk, "window-a02")) == [(number_of(desk, desk.refs["foreign"]), "A02")]
    assert listed(windows(desk, "window-a01", "?search=火箭路&state=accepted")) == []
    assert len(listed(windows(desk, "window-a02", "?search=火箭路"))) == 1


@pytest.mark.parametrize("address", ["/windows?department=市自然资源局", "/windows?department=无此部门"])
def test_another_department_does_not_exist_for_a_window(desk, address):
    assert desk.people["window-a01"].get(address).status_code == 404


@pytest.mark.parametrize("username", ["centre1", "office1", "liaison1"])
def test_the_offices_choose_a_department_or_see_all(desk, username):
    everybody = {code for _, code in listed(windows(desk, username))}
    of_department = {code for _, code in listed(windows(desk, username, "?department=市自然资源局"))}

    assert everybody == {"A01", "A02"}
    assert of_department == {"A02"}


def test_the_queue_is_ordered_by_the_due_dates_of_the_clock_those_that_stand_still_last(desk):
    rows = everything(desk, "office1", QueueFilter())
    running = [row for row in rows if row.approval.state != "paused"]

    assert rows[: len(running)] == running
    assert [row.first.due_on for row in running] == sorted(row.first.due_on for row in running)
    assert listed(windows(desk, "office1")) == [(row.approval.project, row.approval.code) for row in rows]


def test_dates_and_lights_are_those_of_the_clock_readings(desk):
    for row in everything(desk, "office1", QueueFilter()):
        with desk.database.read() as tx:
            clock = reading(tx, approval_row(tx, row.approval.project, row.approval.code), ON)
        first = clock.delivery or clock.promised or clock.notice
        assert (row.first.due_on, row.first.limit) == (first.due_on, first.limit)
        assert (row.legal and row.legal.due_on) == (clock.legal and clock.legal.due_on)
        assert row.light == (clock.light if row.approval.state in ("accepted", "paused") else None)


def test_both_limits_stand_side_by_side_with_what_is_left(desk):
    page = text_of(windows(desk, "window-a01", "?light=yellow"))
    row = next(r for r in everything(desk, "window-a01", QueueFilter()) if r.approval.ref == ref_of(desk, "yellow"))

    # Accepted on 27 February; Saturday the 28th is a make-up day.
    dues = [(due.name, due.due_on, due.days, due.tone) for due in (row.first, row.legal)]
    assert dues == [("promised", date(2026, 3, 5), 3, "late"), ("legal", date(2026, 3, 26), 12, "left")]
    assert "2026-03-05 超期 3 个工作日" in page and "2026-03-26 还剩 12 个工作日" in page


def ref_of(desk, name: str) -> str:
    return f"{number_of(desk, desk.refs[name])}/A01"


@pytest.mark.parametrize("username", ["window-a01", "office1"])
def test_each_list_and_light_holds_as_many_as_it_says(desk, username):
    for tab, count in view(desk, username, QueueFilter()).tabs:
        rows = everything(desk, username, QueueFilter(tab=tab.name))
        assert count is None or len(rows) == count, tab.name
        for light, lit in view(desk, username, QueueFilter(tab=tab.name)).lights:
            assert len(everything(desk, username, QueueFilter(tab=tab.name, light=light))) == lit, (tab.name, light)


def test_the_lists_hold_what_their_names_say(desk):
    states = {
        name: {row.approval.state for row in everything(desk, "window-a01", QueueFilter(tab=name))} for name in TABS
    }

    assert states == {
        "": {"received", "accepted", "paused", "granted", "refused"},
        "received": {"received"},
        "accepted": {"accepted"},
        "paused": {"paused"},
        "correcting": {"correcting"},
        "deliver": {"granted", "refused"},
        "decided": {"granted", "refused", "not_accepted"},
    }


def test_what_was_decided_comes_with_the_newest_first(desk):
    rows = everything(desk, "office1", QueueFilter(tab="decided"))

    assert [row.approval.state_since for row in rows] == sorted((r.approval.state_since for r in rows), reverse=True)


@pytest.mark.parametrize("search", ["火箭路", "A02", "用地预审", "land pre-examination"])
def test_an_approval_is_found_by_project_item_or_code(desk, search):
    results = listed(desk.people["office1"].get("/windows", query_string={"search": search}).text)

    assert results == [(number_of(desk, desk.refs["foreign"]), "A02")]


def test_an_approval_is_found_by_the_number_as_people_read_it(desk):
    number = number_of(desk, desk.refs["foreign"])
    year, serial = number.split("-")[1:]
    as_read = f"攀挂〔{year}〕{int(serial)}号"

    for search in (number, as_read, f"{year}-{int(serial)}"):
        results = listed(desk.people["office1"].get("/windows", query_string={"search": search}).text)
        assert results == [(number, "A02")], search


@pytest.mark.parametrize("address", ["?state=nonsense", "?light=blue", "?state=waiting"])
def test_a_list_that_is_none_is_not_found(desk, address):
    assert desk.people["window-a01"].get(f"/windows{address}").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "WzksbnVsbCwxXQ", "WzAsImEiLDFd"])
@pytest.mark.parametrize("tab", ["", "decided"])
def test_a_cursor_of_somebody_elses_making_is_refused(desk, cursor, tab):
    assert desk.people["window-a01"].get(f"/windows?state={tab}&cursor={cursor}").status_code == 422


def test_an_empty_queue_says_so(desk):
    assert "目前没有在办事项" in text_of(windows(desk, "window-b04"))
    assert "没有符合" in text_of(windows(desk, "window-b04", "?search=x"))


def test_the_home_page_lists_what_is_in_hand(desk):
    count = view(desk, "window-a01", QueueFilter()).tabs[0][1]
    at_hand = {"受理审查", "审批决定", "特别程序", "决定送达"}

    assert sum(kind in at_hand for kind in duties_on(desk.people["window-a01"].get("/"))) == count


def test_a_long_queue_is_read_page_by_page_without_loss(crowd):
    seen = [link for page in crowd.people["window-a01"].pages("/windows") for link in listed(page)]

    assert len(seen) == len(set(seen)) == MANY
    assert seen == [(r.approval.project, r.approval.code) for r in everything(crowd, "window-a01", QueueFilter())]


def test_a_page_of_fifty_asks_the_database_as_often_as_a_page_of_one(crowd):
    number = everything(crowd, "window-a01", QueueFilter())[0].approval.project
    window = crowd.people["window-a01"]

    assert asked(window, "/windows?search=510400") == asked(window, f"/windows?search={number}") < 20


def row_of(page: str, ref: str) -> str:
    """What the queue tells of this approval, in one line."""
    link = re.compile(rf'href="/approvals/{ref}[?"]')
    return text_of(next(row for row in page.split("<tr>") if link.search(row)))


def test_before_the_acceptance_both_limits_are_told_in_days(desk):
    row = row_of(windows(desk, "window-a01", "?state=received"), ref_of(desk, "received"))

    assert "收件答复" in row
    assert "承诺5个工作日" in row and "法定20个工作日" in row


def test_what_is_to_be_delivered_tells_how_both_limits_were_kept(desk):
    page = windows(desk, "window-a01", "?state=deliver")
    ref = ref_of(desk, "granted")
    row = next(row for row in everything(desk, "window-a01", QueueFilter(tab="deliver")) if row.approval.ref == ref)

    assert (row.promised.tone, row.legal.tone) == ("done", "done")
    assert row_of(page, ref).count("按期") == 2
    assert "送达" in row_of(page, ref)


@pytest.mark.parametrize("tab", ["", "received", "accepted", "paused", "correcting", "deliver", "decided"])
def test_every_row_of_every_list_has_both_limits(desk, tab):
    page = windows(desk, "office1", f"?state={tab}")

    for project, code in listed(page):
        cells = row_of(page, f"{project}/{code}")
        assert re.search(r"承诺\d+个工作日|\d{4}-\d\d-\d\d (还剩|超期|今日|按期|逾期|已过)", cells), cells
        assert re.search(r"法定\d+(个工作|)日|\d{4}-\d\d-\d\d (还剩|超期|今日|按期|逾期|已过)", cells), cells
