"""The brief says what its rules choose, each number that of the figures, re-derived here in a naive way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.reports.document.brief.brief import MOST_DATES, MOST_PROJECTS, MOST_REQUESTS, brief
from approvals.reports.document.brief.findings import MOST, findings
from approvals.reports.document.brief.model import Brief, Finding
from approvals.reports.figures.model import (
    Decisions,
    EscalationAnswer,
    FigureLine,
    Figures,
    LateApproval,
    LevelCounts,
    LightCounts,
)
from approvals.reports.lifecycle.renditions import ISSUED_IN
from tests.reports.conftest import MONTHS, LivedYear


@pytest.fixture(scope="module", params=MONTHS)
def figures(request: pytest.FixtureRequest, app: OpenAPI, sqlite_year: LivedYear) -> Figures:
    return sqlite_year.figures(request.param)


def of(figures: Figures) -> Brief:
    with in_language(ISSUED_IN):
        return brief(figures)


def said(figures: Figures) -> dict[str, Finding]:
    with in_language(ISSUED_IN):
        return {finding.rule: finding for finding in findings(figures)}


def share(line: FigureLine) -> float:
    return line.now.decisions.within_promised / line.now.decisions.decided


def test_numbers_are_those_of_the_figures(figures: Figures) -> None:
    now, before, decided = figures.city.now.standing, figures.city.before.standing, figures.city.now.decisions
    numbers = {number.name: number for number in of(figures).numbers}
    assert (numbers["在办"].value, numbers["在办"].before) == (str(now.open), str(before.open))
    late = numbers["超期事项"]
    assert (int(late.value), int(late.before)) == (now.yellow + now.red, before.yellow + before.red)
    assert late.trend == (
        "" if late.value == late.before else "worse" if int(late.value) > int(late.before) else "better"
    )
    rate = numbers["承诺时限内办结"]
    assert rate.value == (f"{decided.within_promised / decided.decided:.1%}" if decided.decided else "—")
    assert rate.meets_target == (decided.within_promised / decided.decided >= 0.95 if decided.decided else None)


def test_the_light_is_the_worst_of_an_open_approval(figures: Figures) -> None:
    standing = figures.city.now.standing
    worst = "red" if standing.red else "yellow" if standing.yellow else "reminder" if standing.reminder else "green"
    assert of(figures).light == worst


def test_requests_are_what_reached_the_city_or_broke_its_promise(figures: Figures) -> None:
    asked = [
        late
        for late in figures.late
        if late.level == 4 or (late.answer and late.answer.commitment_on < figures.as_of_on)
    ]
    told = of(figures)
    assert [request.project for request in told.requests] == [late.project for late in asked[:MOST_REQUESTS]]
    assert told.more_requests == max(0, len(asked) - MOST_REQUESTS)
    assert all(request.asked and request.reason and request.who for request in told.requests)


def test_sentences_name_the_worst_and_the_best(figures: Figures) -> None:
    rated = {line.key: share(line) for line in figures.departments if line.now.decisions.decided >= 3}
    told = said(figures)
    assert len(told) <= MOST
    if rated and min(rated.values()) < 1:
        line = told["worst"].line
        assert line and rated[line[1]] == min(rated.values())
    if "best" in told and told["best"].line:
        assert rated[told["best"].line[1]] == max(rated.values())
    late = [approval.over_promised for approval in figures.late]
    if late and max(late):
        assert f"超承诺时限{max(late)}个工作日" in told["longest_wait"].text


def test_lights_of_departments_leave_no_empty_row_and_add_up(figures: Figures) -> None:
    lights = of(figures).tables[0]
    total, *rows = lights.rows
    for column in range(1, len(lights.columns)):
        assert sum(int(row.cells[column].text or 0) for row in rows) == int(total.cells[column].text or 0)
    assert all(int(row.cells[1].text) for row in rows)


def test_lists_keep_to_their_room_and_say_where_the_rest_is(figures: Figures) -> None:
    told = of(figures)
    assert len(told.dates) + told.more_dates == len(figures.due) and len(told.dates) <= MOST_DATES
    projects = told.tables[2]
    assert len(projects.rows) == min(MOST_PROJECTS, len(figures.key_projects))
    assert bool(projects.note) == (len(figures.key_projects) > MOST_PROJECTS)


LEVELS = tuple(LevelCounts(level) for level in (1, 2, 3, 4))

# Made-up figures, for what the example year does not have.


@pytest.fixture
def quiet(september: Figures) -> Figures:
    """A month in which nothing happened."""
    idle = replace(
        september.city.now, decisions=Decisions(), standing=LightCounts(), levels=tuple(map(LevelCounts, (1, 2, 3, 4)))
    )
    lines = tuple(replace(line, now=idle, before=idle) for line in september.departments)
    city = replace(september.city, now=idle, before=idle)
    return replace(september, city=city, departments=lines, late=(), due=(), key_projects=(), programme=None)


def decided(figures: Figures, *shares: tuple[int, int, int, int]) -> Figures:
    """The first departments with decisions, those within the promised limit, and both of the month before."""
    lines = list(figures.departments)
    for number, (now, promised, then, promised_then) in enumerate(shares):
        cells = [
            replace(lines[number].now, decisions=Decisions(count, within, count))
            for count, within in ((now, promised), (then, promised_then))
        ]
        lines[number] = replace(lines[number], now=cells[0], before=cells[1])
    return replace(figures, departments=tuple(lines))


def test_a_quiet_month_says_so(app: OpenAPI, quiet: Figures) -> None:
    told = of(quiet)
    assert [finding.rule for finding in told.findings] == ["nothing"]
    assert (told.requests, told.dates, told.charts, told.light) == ((), (), (), "green")
    assert all(not block.rows and block.empty for block in told.tables)


def test_few_decisions_make_nobody_the_worst(app: OpenAPI, quiet: Figures) -> None:
    assert "worst" not in said(decided(quiet, (2, 0, 0, 0)))
    assert said(decided(quiet, (3, 2, 0, 0)))["worst"].line == ("departments", quiet.departments[0].key)


def test_of_equal_shares_the_one_that_decided_more_is_named(app: OpenAPI, quiet: Figures) -> None:
    told = said(decided(quiet, (4, 2, 0, 0), (8, 4, 0, 0), (5, 5, 0, 0), (9, 9, 0, 0)))
    assert told["worst"].line == ("departments", quiet.departments[1].key)
    assert told["best"].line == ("departments", quiet.departments[3].key)


def test_the_largest_fall_is_not_told_of_the_worst_again(app: OpenAPI, quiet: Figures) -> None:
    alone = said(decided(quiet, (10, 5, 10, 10)))
    assert "largest_fall" not in alone and "−50.0" in alone["worst"].text
    both = said(decided(quiet, (10, 5, 10, 5), (10, 8, 10, 10)))
    assert both["largest_fall"].line == ("departments", quiet.departments[1].key)
    assert "largest_fall" not in said(decided(quiet, (10, 5, 10, 5), (100, 96, 100, 100)))  # four points


def test_a_promise_holds_on_its_day_and_is_broken_after_it(app: OpenAPI, quiet: Figures, september: Figures) -> None:
    def late(days: int) -> LateApproval:
        answer = EscalationAnswer(2, "等待材料", quiet.as_of_on + timedelta(days=days))
        return replace(september.late[0], level=2, answer=answer)

    assert of(replace(quiet, late=(late(0),))).requests == ()
    broken = replace(quiet, late=(late(-1),))
    assert "限期办结" in of(broken).requests[0].asked
    assert "承诺未兑现1件" in said(broken)["broken_promises"].text
