"""The page of a project's schedule: a chart, the same in a table, and its way back."""

import re

from flask_openapi3 import OpenAPI

from tests.support.builders import a_project, project_row, walk, when
from tests.support.desk import asked, text_of, the_database
from tests.support.pages import somebody


def a_case(app: OpenAPI) -> str:
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-03-05"))
        return str(project_row(tx, ref).number)


def test_each_approval_has_a_row_in_the_chart_and_in_the_table(app: OpenAPI) -> None:
    ref = a_case(app)
    for username, home in (("owner1", f"/projects/{ref}"), ("centre1", f"/casefiles/{ref}")):
        visitor = somebody(app, username)
        assert f"/casefiles/{ref}/schedule" in visitor.get(home).text
        page = visitor.get(f"/casefiles/{ref}/schedule").text
        chart, table = page.split("</svg>\n</div>")
        drawn = re.findall(r'class="schedule-code"[^>]*>(\w+)<', chart)
        assert drawn and drawn == re.findall(r'href="[^"]+">([A-Z]\d\d) [^<]+</a></td>', table)
        assert f'href="{home}"' in page
        assert "2026-03-05" in text_of(table)  # handed in


def test_the_chart_has_a_bar_for_whose_turn_it_was_and_marks_what_is_late(app: OpenAPI) -> None:
    page = somebody(app, "centre1").get(f"/casefiles/{a_case(app)}/schedule").text
    assert 'class="schedule-owner" fill="url(#hatch-owner)"' in page
    assert 'class="schedule-department"' in page and 'class="schedule-due schedule-due-late"' in page


def test_the_statements_do_not_grow_with_the_project(app: OpenAPI) -> None:
    ref, visitor = a_case(app), somebody(app, "centre1")
    few = asked(visitor, f"/casefiles/{ref}/schedule")
    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("grant",), at=when("2026-03-20"))
        for day, code in enumerate(("A02", "A03", "A05"), 2):
            walk(tx, ref, code, ("submit", "accept"), at=when(f"2026-11-0{day}"))
    assert asked(visitor, f"/casefiles/{ref}/schedule") == few <= 16
