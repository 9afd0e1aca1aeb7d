"""Whose time it was: the three ledgers on pages, adding up exactly, and seen by whom they concern."""

import re
from datetime import date, timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.time_accounting import approvals_by_time, city_time, known_periods, read_period
from approvals.casefile.time_spent import project_time
from approvals.history.record import ENTRY
from approvals.http.application import KEY
from approvals.windows.queries import approvals_of_project
from tests.support.builders import NOW, a_project, an_actor, entries, project_row, walk, when
from tests.support.desk import asked
from tests.support.lived_project import a_lived_project
from tests.support.pages import a_site, somebody
from workflows.clock.calendar import Calendar
from workflows.clock.time_accounting import TimeAccount, sum_of_accounts
from workflows.config.catalogue import load_catalogue

TODAY = day_of(NOW)
HANDS = {"ready": "owner", "correcting": "owner", "received": "department", "accepted": "department"}
FIGURES = re.compile(r'class="num">([\d,]+)</td>')


@pytest.fixture
def database(app: OpenAPI) -> Database:
    return app.extensions[KEY].database


@pytest.fixture
def city(database: Database) -> tuple[str, str]:
    """Two projects of two owners, over a spring and an autumn, with all that makes time somebody's."""
    with database.write() as tx:
        school = a_lived_project(tx)
        roads = a_project(tx, "registered", owner="owner2", at=when("2026-10-09"))
        walk(tx, roads, "A01", ("submit", "accept", "grant"), owner="owner2", at=when("2026-10-15"))
        return school, roads


def by_hand(tx, ref: str, first: date, last: date, calendar: Calendar) -> dict[str, TimeAccount]:  # type: ignore[no-untyped-def]
    """The ledgers of a project's approvals counted day by day from the record, by none of the product's rules."""
    project = project_row(tx, ref)
    codes = {approval.id: approval.code for approval in approvals_of_project(tx, project.id, TODAY)}
    accounts = {code: dict.fromkeys(TimeAccount._fields, 0) for code in codes.values()}
    record = [row for row in entries(tx, ref) if row.subject in ("project", "approval")]
    state, halted = dict.fromkeys(codes.values(), "waiting"), False
    day = min(first, day_of(record[0].at))
    while day <= last:
        before, today = dict(state), [row for row in record if day_of(row.at) == day]
        was_halted, answered = halted, set()
        for row in today:
            if row.move in ("suspend", "resume"):
                halted = row.move == "suspend"
            if row.approval_id:
                if state[codes[row.approval_id]] == "accepted" and row.to_state not in ("accepted", "paused"):
                    answered.add(codes[row.approval_id])
                state[codes[row.approval_id]] = row.to_state
        if day >= first and calendar.is_working_day(day):
            for code in codes.values():
                accounts[code][holder(before[code], state[code], was_halted, halted, code in answered)] += 1
        day += timedelta(days=1)
    return {code: TimeAccount(**days) for code, days in accounts.items()}


def holder(before: str, after: str, was_halted: bool, is_halted: bool, was_decided: bool) -> str:
    """Whose a day is that began and ended in these states; an event's day is his who held it, a pause rules its own."""
    at_open = HANDS.get("accepted" if before == "paused" else before, "none")
    if at_open == "department" and (is_halted or after == "paused"):
        return "special"
    if at_open == "owner" and is_halted:
        return "special"
    return at_open


@pytest.mark.parametrize("name", ["2026", "2026-03", "2026-04", "2026-05", "2026-06", "2026-10", "2026-11"])
def test_every_total_is_the_sum_of_a_count_by_hand(database: Database, city: tuple[str, str], name: str) -> None:
    with database.read() as tx:
        period, calendar = read_period(name, TODAY), calendar_in_force(tx)
        view = city_time(tx, an_actor(tx, "office1"), period)
        counted = [by_hand(tx, ref, period.first_on, period.last_on, calendar) for ref in city]

    accounts = [days for line in counted for days in line.values() if days.open]
    assert (view.days[:3], view.approvals) == (sum_of_accounts(accounts)[:3], len(accounts))
    assert sum_of_accounts(line.days for line in view.departments) == view.days
    assert sum(line.approvals for line in view.departments) == view.approvals


def test_the_months_of_a_year_add_up_to_it_and_each_is_that_months_own_page(
    database: Database, city: tuple[str, str]
) -> None:
    with database.read() as tx:
        office = an_actor(tx, "office1")
        year = city_time(tx, office, read_period("2026", TODAY))
        alone = [city_time(tx, office, read_period(str(month.month), TODAY)).days[:3] for month in year.months]

    assert sum_of_accounts(month.days for month in year.months)[:3] == year.days[:3]
    assert [month.days[:3] for month in year.months] == alone
    assert len(year.months) == 11


def test_the_approvals_behind_a_department_add_up_to_its_line(database: Database, city: tuple[str, str]) -> None:
    with database.read() as tx:
        office, period = an_actor(tx, "office1"), read_period("2026", TODAY)
        for line in city_time(tx, office, period).departments:
            rows = approvals_by_time(tx, office, period, line.department.name, today=TODAY).rows
            assert sum_of_accounts(row.days for row in rows) == line.days
            assert len(rows) == line.approvals


def test_a_project_is_the_sum_of_its_approvals_and_its_own_part_of_the_city(
    database: Database, city: tuple[str, str]
) -> None:
    with database.read() as tx:
        ids = [project_row(tx, ref).id for ref in city]
        spent = [
            project_time(tx, approvals_of_project(tx, approval, TODAY), load_catalogue(), TODAY) for approval in ids
        ]
        view = city_time(tx, an_actor(tx, "leader1"), read_period("2026", TODAY))

    assert all(
        sum_of_accounts(approval.days for approval in project.approvals)[:3] == project.days[:3] for project in spent
    )
    assert sum_of_accounts(project.days for project in spent)[:3] == view.days[:3]


def test_the_page_shows_three_ledgers_by_department_with_their_sum(app: OpenAPI, city: tuple[str, str]) -> None:
    page = somebody(app, "office1").get("/whose-time?period=2026-03").text

    row = FIGURES.findall(page.partition("市发展改革委</a>")[2].partition("</tr>")[0])
    total = FIGURES.findall(page.partition("<tfoot>")[2].partition("</tr>")[0])
    assert row == total
    assert int(row[1]) + int(row[2]) + int(row[3]) == int(row[4])
    assert "department=%E5%B8%82" in page or "department=市发展改革委" in page


def test_the_link_leads_to_the_approvals_with_their_figures(app: OpenAPI, city: tuple[str, str]) -> None:
    page = somebody(app, "office1").get("/whose-time/approvals?period=2026&department=市发展改革委").text

    assert page.count("A01 项目建议书审批") == 2
    assert "/A01" in page and "攀挂〔2026〕1号" in page


def test_a_window_sees_its_own_department_alone(app: OpenAPI, city: tuple[str, str]) -> None:
    window = somebody(app, "window-a02")
    page = window.get("/whose-time?period=2026").text
    assert "市自然资源局" in page and "市发展改革委" not in page.partition("<main")[2]
    assert "A01" not in window.get("/whose-time/approvals?period=2026&department=市发展改革委").text
    assert window.get("/whose-time/pauses").status_code == 403


def test_an_owner_sees_the_ledgers_of_their_own_project_on_its_page(app: OpenAPI, city: tuple[str, str]) -> None:
    owner = somebody(app, "owner1")
    assert owner.get("/whose-time").status_code == 403
    page = owner.get(f"/projects/{city[0]}").text
    assert "用时分析" in page and "部门用时" in page


def test_the_casefile_and_the_approval_show_the_same_figures(
    app: OpenAPI, database: Database, city: tuple[str, str]
) -> None:
    with database.read() as tx:
        project = project_row(tx, city[0])
        spent = project_time(tx, approvals_of_project(tx, project.id, TODAY), load_catalogue(), TODAY)
    of_a01 = next(approval.days for approval in spent.approvals if approval.item.code == "A01")
    office = somebody(app, "office1")

    casefile = office.get(f"/casefiles/{city[0]}").text.partition('id="whose-time"')[2]
    approval = office.get(f"/approvals/{city[0]}/A01").text

    assert three_of(casefile) == spent.days[:3]
    assert three_of(approval.partition("用时分析")[2]) == of_a01[:3]
    assert FIGURES.findall(casefile.partition("A01 ")[2].partition("</tr>")[0])[:3] == [str(n) for n in of_a01[:3]]


def three_of(page: str) -> tuple[int, ...]:
    numbers = re.findall(r"<dd>([\d,]+)</dd>", page.partition('<dl class="three">')[2].partition("</dl>")[0])
    return tuple(int(number.replace(",", "")) for number in numbers[:3])


@pytest.mark.parametrize("path", ["", "?period=2026", "/approvals", "/pauses"])
def test_the_pages_speak_english_too(app: OpenAPI, city: tuple[str, str], path: str) -> None:
    office = somebody(app, "office1")
    office.get("/whose-time")
    office.post("/language", {"language": "en", "next": "/"})
    page = office.get(f"/whose-time{path}")
    assert page.status_code == 200
    assert not re.search(r"用时|合计|部门|期间", page.text.partition("<main")[2].partition("<td")[0])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"?period={text}", 404) for text in ("2026-13", "x", "2027", "٢٠٢٦", "2026-12")),
        *((f"/approvals?{query}", 422) for query in ("department=x", "cursor=x", "cursor=W251bGwsMV0")),
    ],
)
def test_no_period_and_no_choice_is_made_up(app: OpenAPI, path: str, status: int) -> None:
    assert somebody(app, "office1").get(f"/whose-time{path}").status_code == status


def test_a_list_goes_on_where_the_page_before_ended(
    database: Database, city: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.casefile.time_accounting.PAGE", 2)
    with database.read() as tx:
        office, period = an_actor(tx, "office1"), read_period("2026", TODAY)
        whole = city_time(tx, office, period).approvals
        cursor, ids = "", []
        while cursor is not None:
            page = approvals_by_time(tx, office, period, "", today=TODAY, cursor=cursor)
            ids += [row.approval.id for row in page.rows]
            cursor = page.next_cursor

    assert len(ids) == len(set(ids)) == whole > 4


def test_the_page_asks_the_database_as_often_for_ten_projects_as_for_one(sqlite_url: str) -> None:
    with a_site(sqlite_url, now=NOW) as app:
        database, office = app.extensions[KEY].database, somebody(app, "office1")
        counts = []
        for number in (1, 9):
            with database.write() as tx:
                for _ in range(number):
                    a_project(tx, "registered")
            counts.append(asked(office, "/whose-time?period=2026"))

    assert counts[0] == counts[1] <= 26  # four of them for the offices' own steps, two for the number of duties


def test_the_periods_reach_from_the_first_registration_to_today(database: Database, city: tuple[str, str]) -> None:
    with database.read() as tx:
        names = [period.name for period in known_periods(tx, TODAY)]
        assert tx.execute(ENTRY.select().limit(1)).one()
    assert names[:3] == ["2026", "2026-11", "2026-10"]
    assert names[-1] == "2026-03"
