"""The board: its numbers, the lists behind them, and what it asks of the database."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs

import pytest

from approvals.casefile.board.queries import COLUMNS
from approvals.casefile.board.trend import trend
from approvals.history.commands import Command, orders_about
from approvals.registration.queries import approval_for
from approvals.supervision.orders.actions import issue_order
from approvals.supervision.sweep import sweep
from approvals.windows.clocks import reading_of
from tests.support.board_counts import board_counts
from tests.support.builders import GIVEN, a_project, an_actor, an_approval, do, walk, when
from tests.support.desk import TODAY, a_prepared_desk, asked, text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.leaves import a_leave

MOST = 15  # with heads and deputies of today
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
    tabs = ("department", "project", "liaison", "county", "stage", "office")
    pages = [desk.people[who].get(f"/board?by={tab}").text for tab in tabs]
    links = [(unescape(link), number) for page in pages for link, number in _NUMBER.findall(page)]
    assert len({link for link, _ in links}) > 40 and ("/requests", "1") in links
    assert ("/orders?state=issued", "2") in links and ("/orders?late=yes", "1") in links
    for link, number in dict(links).items():
        listed = desk.people[who].get(link.replace("&amp;", "&"))
        assert listed.status_code == 200, link
        rows = len(_ROW.findall(listed.text))
        assert rows == int(number) or (rows == 50 and f"共 {number} 条" in listed.text), (link, number)


def test_all_lights_and_what_has_none_are_counted_once(desk):
    with desk.database.read() as tx:
        counts = board_counts(tx, TODAY.date())
    assert {name: counts[name] for name in COLUMNS if name != "waiting"} == {
        "red": 1,
        "yellow": 1,
        "reminder": 2,  # of the key project too
        "green": 2,
        "received": 1,
        "correcting": 1,
        "ready": 5,  # what the grant has opened
    }


def test_late_approvals_stand_first_by_name_with_the_days_that_their_list_tells(desk):
    page = desk.people["leader1"].get("/board").text
    first = page.partition('class="late-list"')[2].partition("</ol>")[0]
    told = re.findall(r'href="/approvals/([^/"]+)/(\w+)">(\w+) ([^<]+)</a>.*?超期(\d+)个工作日', first, re.DOTALL)
    assert len(told) == 2 and page.index("late-list") < page.index("board-table")
    with desk.database.read() as tx:
        for project, code, _, name, days in told:
            view = approval_for(tx, project, code, an_actor(tx, "office1"))
            reading = reading_of(tx, view, TODAY.date())
            assert int(days) == -reading["promised"]["left"] > 0
            assert name == "项目建议书审批"


def naive_lines(tx, key, only=lambda row: True):
    """Approvals in progress by this key and column, each read by itself and its light taken from its clock."""
    lines = defaultdict(Counter)
    rows = tx.exec_driver_sql(
        "SELECT a.code, a.state, p.number, p.name AS project, u.name AS department, e.username AS liaison,"
        " p.county, a.stage, p.is_key OR p.is_urgent AS followed FROM approvals a"
        " JOIN projects p ON p.id = a.project_id JOIN units u ON u.id = a.department_id"
        " LEFT JOIN people e ON e.id = p.liaison_id"
        " WHERE p.state IN ('registered', 'suspended')"
    ).mappings()
    for row in rows.all():
        if only(row) and row["state"] in ("accepted", "paused", "received", "correcting", "ready", "waiting"):
            column = row["state"]
            if column in ("accepted", "paused"):
                view = approval_for(tx, row["number"], row["code"], an_actor(tx, "office1"))
                column = reading_of(tx, view, TODAY.date())["light"]
            lines[str(row[key] or "-")][column] += 1
    return lines


def told_lines(page, key):
    """The lines of the table by the key in the addresses of their numbers."""
    lines = defaultdict(Counter)
    table = page.partition("board-table")[2].partition("</table>")[0]
    for link, number in _NUMBER.findall(table):
        query = parse_qs(unescape(link).partition("?")[2])
        lines[query[key][0]][query.get("light", query.get("state"))[0]] += int(number.replace(",", ""))
    assert ">0<" not in table
    return lines


KEYS = {"department": "department", "project": "number", "liaison": "liaison", "county": "county", "stage": "stage"}


@pytest.mark.parametrize("tab", KEYS)
@pytest.mark.parametrize(
    ("query", "only"),
    [
        ("", lambda row: True),
        ("&county=东区", lambda row: row["county"] == "东区"),
        ("&stage=1", lambda row: row["stage"] == 1),
        ("&followed=yes", lambda row: row["followed"]),
    ],
)
def test_each_tab_counts_what_is_in_progress(desk, tab, query, only):
    page = desk.people["office1"].get(f"/board?by={tab}{query}").text
    with desk.database.read() as tx:
        expected = naive_lines(tx, KEYS[tab], only)
    assert expected and told_lines(page, tab) == expected


def test_the_tabs_keep_the_filters(desk):
    page = desk.people["office1"].get("/board?by=stage&county=东区&followed=yes").text
    links = re.findall(r'<li><a href="(/board\?[^"]+)"', page.partition("board-tabs")[2])
    assert [parse_qs(unescape(link).partition("?")[2])["by"] for link in links] == [
        [name] for name in ("department", "project", "liaison", "county", "stage", "office")
    ]
    assert all(parse_qs(unescape(link).partition("?")[2])["county"] == ["东区"] for link in links)


@pytest.mark.parametrize("query", ["by=x", "county=x", "stage=9", "followed=x"])
def test_a_view_of_nothing_known_is_refused(desk, query):
    assert desk.people["office1"].get(f"/board?{query}").status_code == 422


def test_the_last_day_of_the_course_is_what_the_board_counts_today(desk):
    with desk.database.read() as tx:
        last, counts = trend(tx, TODAY.date())[-1], board_counts(tx, TODAY.date())
    assert (last.on, last.yellow, last.red) == (TODAY.date(), counts["yellow"], counts["red"])
    levels = re.findall(r'href="/escalations\?level=\d">(\d+)<', desk.people["office1"].get("/board?by=office").text)
    assert last.escalations == sum(map(int, levels)) > 0


def test_the_course_of_a_day_is_what_the_board_counted_on_that_day(desk):
    """What a pause, a grant or a sweep of a later day changed does not reach back."""
    with desk.database.read() as tx:
        later = {entry.on: entry for entry in trend(tx, date(2026, 3, 20))}
        for entry in trend(tx, TODAY.date()):
            assert later.get(entry.on, entry) == entry
        for number in range(4):
            day = TODAY.date() + timedelta(days=number)
            counts = board_counts(tx, day)
            assert (later[day].yellow, later[day].red) == (counts["yellow"], counts["red"]), day


def test_a_decision_takes_its_escalations_off_every_list_at_once(desk):
    before = desk.people["centre1"].get("/board?by=office").text
    with desk.database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-03-02"))
    sweep(desk.database, TODAY, lambda: TODAY)
    with desk.database.write() as tx:
        do(tx, "window-a01", "grant", ref, at=TODAY)
    after = desk.people["centre1"].get("/board?by=office").text
    waiting = re.compile(r'href="/escalations\?level=\d">\d+<')
    assert waiting.findall(after) == waiting.findall(before)
    assert ref.partition("/")[0] not in desk.people["office1"].get("/escalations?level=2").text


def test_the_board_asks_as_often_of_a_large_city_as_of_a_small_one(desk):
    paths = {"/board": MOST, "/board?by=project": 12, "/board?by=liaison": MOST, "/board?by=county": 12}
    paths |= {"/board?by=stage": 12, "/board?by=office": 34}
    few = {path: asked(desk.people["office1"], path) for path in paths}
    with desk.database.write() as tx:
        for _ in range(6):
            an_approval(tx, "accepted", at=when("2026-03-04"))
    assert few == {path: asked(desk.people["office1"], path) for path in paths}
    assert all(number <= paths[path] for path, number in few.items()), few


@pytest.mark.parametrize(
    "narrowed", ["light=blue", "state=granted", "department=nobody", "liaison=nobody", "project=510400-2026-99999"]
)
def test_a_list_of_nothing_known_is_not_found(desk, narrowed):
    assert desk.people["office1"].get(f"/board/approvals?{narrowed}").status_code == 404


def test_an_empty_city_is_told_so(sqlite_url):
    with a_prepared_desk(sqlite_url, ("office1",)) as desk:
        page = text_of(desk.people["office1"].get("/board").text)
    assert "目前没有在办审批事项" in page and "红灯" in page


@pytest.mark.parametrize("path", ["/whose-time/approvals?period=2026-03", "/whose-time/pauses?period=2026-03"])
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
    assert f"请假，由{deputy}代岗" in text_of(desk.people["office1"].get("/board?by=liaison").text)
    assert text_of(desk.people["office1"].get("/board?by=department").text).count("请假，无人代岗") == 1
