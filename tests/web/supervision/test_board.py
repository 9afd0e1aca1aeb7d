"""The board: its numbers, the lists behind them, and what it asks of the database."""

import re
from datetime import date, timedelta

import pytest

from approvals.casefile.board.queries import COLUMNS, counted, counts_by_column
from approvals.casefile.board.trend import trend
from approvals.history.commands import Command, orders_about
from approvals.supervision.orders.actions import issue_order
from approvals.supervision.sweep import sweep
from tests.support.builders import GIVEN, a_project, an_actor, an_approval, do, walk, when
from tests.support.desk import TODAY, a_prepared_desk, asked, text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.leaves import a_leave

MANAGERS = ("office1", "centre1", "leader1")
_NUMBER = re.compile(r'class="board-number" href="([^"]+)">([\d,]+)</a>')
_ROW = re.compile(r'class="head-cell"')


def a_late_city(database):
    """Approvals of every column; the number of each."""
    with database.write() as tx:
        for day in ("2026-03-09", "2026-03-04", "2026-03-02", "2026-01-15"):
            an_approval(tx, "accepted", at=when(day))
        an_approval(tx, "paused", at=when("2026-03-06"))
        an_approval(tx, "granted", at=when("2026-02-10"))
        an_approval(tx, "received", at=when("2026-03-09"))
        an_approval(tx, "correcting", at=when("2026-03-09"))
        key = a_project(tx, "filed", at=when("2026-03-03"))
        do(tx, "office1", "classify", key, GIVEN["classify"] | {"key": True})
        do(tx, "centre1", "register", key)
        walk(tx, key, "A01", ("submit", "accept"))
        do(tx, "owner1", "ask", f"{key}/requests", at=when("2026-03-10", "09:30"))
        do(tx, "owner1", "withdraw", a_project(tx, "registered", at=when("2026-03-03")))
        for due_on in ("2026-03-06", "2026-03-20"):
            fields = GIVEN["issue"] | {"due_on": due_on}
            by, at = an_actor(tx, "office1"), when("2026-03-04")
            issue_order(tx, Command("issue", orders_about(""), fields, by, TODAY, at=at))
    sweep(database, TODAY, lambda: TODAY)


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), MANAGERS) as desk:
        a_late_city(desk.database)
        yield desk


@pytest.mark.parametrize("who", MANAGERS)
def test_each_number_leads_to_a_list_of_exactly_so_many(desk, who):
    page = desk.people[who].get("/board").text
    links = _NUMBER.findall(page)
    assert len({link for link, _ in links}) > 15 and ("/requests", "1") in links
    assert ("/orders?state=issued", "2") in links and ("/orders?late=yes", "1") in links
    for link, number in dict(links).items():
        listed = desk.people[who].get(link.replace("&amp;", "&"))
        assert listed.status_code == 200, link
        rows = len(_ROW.findall(listed.text))
        assert rows == int(number) or (rows == 50 and f"共 {number} 件" in listed.text), (link, number)


def test_all_lights_and_what_has_none_are_counted_once(desk):
    with desk.database.read() as tx:
        counts = counts_by_column(counted(tx, TODAY.date()))
    assert {name: counts[name] for name in COLUMNS if name != "waiting"} == {
        "red": 1,
        "yellow": 1,
        "reminder": 2,  # of the key project too
        "green": 2,
        "received": 1,
        "correcting": 1,
        "ready": 5,  # what the grant has opened
    }


def test_the_key_project_stands_on_top_and_in_its_list(desk):
    page = desk.people["leader1"].get("/board").text
    top = page.partition("重点项目与急难险重项目")[2].partition("board-section")[0]
    assert top.count('scope="row"') == 1 and "重点项目" in text_of(top)
    assert len(_ROW.findall(desk.people["leader1"].get("/casefiles?followed=yes").text)) == 1


def test_the_last_day_of_the_course_is_what_the_board_counts_today(desk):
    with desk.database.read() as tx:
        last, counts = trend(tx, TODAY.date())[-1], counts_by_column(counted(tx, TODAY.date()))
    assert (last.on, last.yellow, last.red) == (TODAY.date(), counts["yellow"], counts["red"])
    levels = re.findall(r'href="/escalations\?level=\d">(\d+)<', desk.people["office1"].get("/board").text)
    assert last.escalations == sum(map(int, levels)) > 0


def test_the_course_of_a_day_is_what_the_board_counted_on_that_day(desk):
    """What a pause, a grant or a sweep of a later day changed does not reach back."""
    with desk.database.read() as tx:
        later = {entry.on: entry for entry in trend(tx, date(2026, 3, 20))}
        for entry in trend(tx, TODAY.date()):
            assert later.get(entry.on, entry) == entry
        for number in range(4):
            day = TODAY.date() + timedelta(days=number)
            counts = counts_by_column(counted(tx, day))
            assert (later[day].yellow, later[day].red) == (counts["yellow"], counts["red"]), day


def test_a_decision_takes_its_escalations_off_every_list_at_once(desk):
    before = desk.people["centre1"].get("/board").text
    with desk.database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-02"))
    sweep(desk.database, TODAY, lambda: TODAY)
    with desk.database.write() as tx:
        do(tx, "window-a01", "grant", ref, at=TODAY)
    after = desk.people["centre1"].get("/board").text
    waiting = re.compile(r'href="/escalations\?level=\d">\d+<')
    assert waiting.findall(after) == waiting.findall(before)
    assert ref.partition("/")[0] not in desk.people["office1"].get("/escalations?level=2").text


def test_the_board_asks_as_often_of_a_large_city_as_of_a_small_one(desk):
    desk.people["office1"].get("/board")
    few = asked(desk.people["office1"], "/board")
    with desk.database.write() as tx:
        for _ in range(6):
            an_approval(tx, "accepted", at=when("2026-03-04"))
    assert few == asked(desk.people["office1"], "/board") <= 42  # two of them for the number of duties


@pytest.mark.parametrize(
    "narrowed", ["light=blue", "state=granted", "department=nobody", "liaison=nobody", "project=510400-2026-99999"]
)
def test_a_list_of_nothing_known_is_not_found(desk, narrowed):
    assert desk.people["office1"].get(f"/board/approvals?{narrowed}").status_code == 404


def test_an_empty_city_is_told_so(sqlite_url):
    with a_prepared_desk(sqlite_url, ("office1",)) as desk:
        page = text_of(desk.people["office1"].get("/board").text)
    assert "目前没有在办审批事项" in page and "红灯" in page


@pytest.mark.parametrize(
    "path", ["/cards", "/whose-time/approvals?period=2026-03", "/whose-time/pauses?period=2026-03"]
)
def test_lists_of_approvals_show_the_light_of_what_runs(desk, path):
    page = desk.people["office1"].get(path)
    assert page.status_code == 200
    assert 'class="light light-' in page.text


def test_who_is_away_is_named_with_whoever_stands_in(desk):
    with desk.database.write() as tx:
        a_leave(tx, "liaison1", "2026-03-10", "2026-03-12", "liaison2", now=when("2026-03-09"))
        a_leave(tx, "head-a01", "2026-03-09", "2026-03-12", now=when("2026-03-09"))
        a_leave(tx, "head-a02", "2026-03-11", "2026-03-12", now=when("2026-03-09"))
        deputy = an_actor(tx, "liaison2").name
    page = text_of(desk.people["office1"].get("/board").text)
    assert f"请假，由{deputy}代岗" in page.partition("按一对一联系人")[2]
    assert page.count("请假，无人代岗") == 1
