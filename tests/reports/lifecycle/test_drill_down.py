"""Each figure leads to a list of exactly that many rows; a window sees its own department's page and no other."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.accounts.queries import UNIT
from approvals.reports.figures.compilation import compile_month
from approvals.reports.lifecycle.drill_down import drill_down
from approvals.reports.periods import read_month
from tests.reports.conftest import LivedYear
from tests.support.builders import NOW, an_approval, when
from tests.support.desk import the_database
from tests.support.extent import PAGE_ENGINES
from tests.support.figures.checks import cases_in, tallied, with_other_lists
from tests.support.pages import a_site, somebody

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("month", ["2026-02", "2026-06", "2026-10"])
def test_every_figure_of_every_line_is_the_length_of_its_list(year: LivedYear, month: str) -> None:
    with year.database.read() as tx:
        assert with_other_lists(year.figures(month), tallied(tx, month), cases_in(tx, month)) == []


def test_the_pages_of_a_list_are_all_of_it_and_their_days_are_those_of_the_speed_up(year: LivedYear) -> None:
    with year.database.read() as tx:
        speed = compile_month(tx, "2026-06").city.now.speed
        rows, cursor = [], ""
        while True:
            part = drill_down(
                tx, read_month("2026-06"), "city", "city", "decisions.decided", today=TODAY, cursor=cursor
            )
            rows += part.page.rows
            cursor = part.page.next_cursor or ""
            if not cursor:
                break
    assert (part.count, part.used, part.legal) == (speed.count, speed.used, speed.legal)
    assert len(rows) == speed.count
    assert sum(row.used or 0 for row in rows) == speed.used
    assert sum(row.legal or 0 for row in rows) == speed.legal


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def app(request: pytest.FixtureRequest, make_database: Any) -> Iterator[OpenAPI]:
    with a_site(make_database(request.param), now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "accepted", at=when("2026-10-12"))
            names = tx.execute(select(UNIT.c.id).where(UNIT.c.kind == "department").order_by(UNIT.c.id))
            app.config["DEPARTMENTS"] = list(names.scalars())
            app.config["OWN"] = tx.execute(select(UNIT.c.id).where(UNIT.c.name == "市发展改革委")).scalar_one()
        yield app


def test_a_window_reads_its_own_departments_page_and_no_other(app: OpenAPI) -> None:
    own = app.config["OWN"]
    for username in ("window-a01", "head-a01"):
        window = somebody(app, username)
        page = window.get("/reports/own").text
        assert "市发展改革委" in page
        address = f"/reports/monthly/2026-10/departments/{own}"
        assert f'href="{address}/moves.accepted"' in page
        for path in (address, f"{address}/moves.accepted"):
            assert window.get(path).status_code == 200
        for department in set(app.config["DEPARTMENTS"]) - {own}:
            assert window.get(f"/reports/monthly/2026-10/departments/{department}").status_code == 404
        for path in ("city/city", "stages/1", "liaisons/liaison1", f"departments/{own}x"):
            assert window.get(f"/reports/monthly/2026-10/{path}").status_code == 404
            assert window.get(f"/reports/monthly/2026-10/{path}/moves.accepted").status_code == 404
        assert window.get("/reports/monthly/2026-10").status_code == 403


def test_managers_come_from_the_report_to_the_list_behind_a_figure(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    page = leader.get("/reports/monthly/2026-10?chapter=all").text
    own = app.config["OWN"]
    assert f'href="/reports/monthly/2026-10/departments/{own}"' in page
    linked = set(re.findall(r'href="(/reports/monthly/2026-10/[^"]*\.[^"]*)">([\d,]+)<', page))
    assert (f"/reports/monthly/2026-10/departments/{own}/moves.accepted", "1") in linked
    for address, number in sorted(linked):
        assert f"共{number}项" in leader.get(address).text, address
    line = leader.get(f"/reports/monthly/2026-10/departments/{own}").text
    assert f'href="/reports/monthly/2026-10/departments/{own}/moves.accepted"' in line
    cases = leader.get(f"/reports/monthly/2026-10/departments/{own}/moves.accepted").text
    assert "共1项" in cases
    assert "/A01" in cases


@pytest.mark.parametrize(
    "path",
    ["city/nowhere", "nothing/city", "city/city/moves.nothing", "stages/1/projects.filed", "city/city/levels.9.raised"],
)
def test_there_is_no_list_behind_what_is_no_figure(app: OpenAPI, path: str) -> None:
    assert somebody(app, "leader1").get(f"/reports/monthly/2026-10/{path}").status_code == 404


def test_a_bulletins_figures_lead_to_lists_too(app: OpenAPI) -> None:
    assert somebody(app, "leader1").get("/reports/bulletins/2026-10/city/city/moves.accepted").status_code == 200
