"""The calendar of due dates: what is due on a day, once, by month and by week."""

import re

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import a_project, an_approval, when
from tests.support.desk import asked, text_of, the_database
from tests.support.pages import somebody

MANY = 6


def cases(app: OpenAPI, count: int = 1) -> None:
    with the_database(app).write() as tx:
        for _ in range(count):
            an_approval(tx, "accepted", at=when("2026-11-18"))


def entries(page: str) -> list[str]:
    return re.findall(r'class="due-entry[^"]*" href="([^"#]+)', page)


def due_month(app: OpenAPI) -> str:
    """The month in which the promised limit of these cases ends."""
    page = somebody(app, "window-a01").get("/due-dates?month=2026-11").text
    return "2026-11" if entries(page) else "2026-12"


@pytest.mark.parametrize("username", ["window-a01", "liaison1", "owner1"])
def test_a_running_limit_stands_on_its_day_once(app: OpenAPI, username: str) -> None:
    cases(app)
    month = due_month(app)
    page = somebody(app, username).get(f"/due-dates?month={month}").text
    linked = [href for href in entries(page) if "/A01" in href]
    assert len(linked) == 1
    (day,) = re.findall(r'<time datetime="([\d-]+)">(?:(?!<time).)*?href="' + re.escape(linked[0]), page, re.DOTALL)
    shown = text_of(somebody(app, username).get(linked[0]).text)
    assert day in shown


def test_the_office_finds_the_filings_that_wait_for_it(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        ref = a_project(tx, "filed", at=when("2026-11-19"))
    page = somebody(app, "office1").get("/due-dates?month=2026-11").text
    assert f"/triage/{ref}" in entries(page)


def test_a_full_day_leads_to_its_week_which_has_all(app: OpenAPI) -> None:
    cases(app, MANY)
    visitor = somebody(app, "window-a01")
    page = visitor.get(f"/due-dates?month={due_month(app)}").text
    assert "还有2项" in page and len(entries(page)) == MANY - 2
    (week,) = set(re.findall(r'class="due-more" href="([^"]+)"', page))
    assert len(entries(visitor.get(week).text)) == MANY


def test_an_empty_month_says_so_and_leads_on(app: OpenAPI) -> None:
    page = somebody(app, "liaison1").get("/due-dates?month=2027-05").text
    assert "本月没有到期事项。" in page
    assert "month=2027-04" in page and "month=2027-06" in page


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=May", "month=1999-01", "week=2026-W54", "week=2026-W00", "week=49", "week=٢٠٢٦-W01"],
)
def test_what_is_no_month_and_no_week_is_refused(app: OpenAPI, query: str) -> None:
    answer = somebody(app, "owner1").get(f"/due-dates?{query}")
    assert answer.status_code == 422 and "2026-" in answer.text


def test_the_statements_do_not_grow_with_what_is_due(app: OpenAPI) -> None:
    cases(app)
    visitor = somebody(app, "window-a01")
    few = asked(visitor, "/due-dates?month=2026-11")
    cases(app, MANY)
    assert asked(visitor, "/due-dates?month=2026-11") == few <= 16
