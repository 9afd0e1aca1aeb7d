"""The offices' own steps: their limits and lights."""

from datetime import date, timedelta

import pytest

from tests.support.clock.cases import the_calendar
from workflows.charts.office_moves import REMIND, REPORT
from workflows.config.policy import OFFICE_STEPS, load_policy
from workflows.rules.office_tasks import OFFICE_TASKS, office_deadline, office_statements


@pytest.mark.parametrize(
    ("on", "left", "light"),
    [
        ("2026-03-02", 3, "green"),  # a Monday, with three working days
        ("2026-03-03", 2, "green"),
        ("2026-03-04", 1, "reminder"),
        ("2026-03-05", 0, "reminder"),
        ("2026-03-06", -1, "yellow"),
        ("2026-03-10", -3, "yellow"),
        ("2026-03-11", -4, "red"),
    ],
)
def test_an_offices_light_follows_its_limit(on: str, left: int, light: str) -> None:
    deadline = office_deadline(date(2026, 3, 2), 3, date.fromisoformat(on), the_calendar(), reminder_at=1)
    assert (deadline.due_on, deadline.left, deadline.light) == (date(2026, 3, 5), left, light)


def test_a_make_up_saturday_counts_for_offices_too() -> None:
    deadline = office_deadline(date(2026, 9, 18), 1, date(2026, 9, 20), the_calendar(), reminder_at=1)
    assert (deadline.due_on, deadline.left) == (date(2026, 9, 20), 0)


def test_the_policy_names_every_step() -> None:
    assert set(load_policy().offices) == set(OFFICE_STEPS) == set(OFFICE_TASKS)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10])
def test_what_is_said_of_a_step_follows_its_light(limit: int) -> None:
    since, calendar = date(2026, 3, 2), the_calendar()
    statements = office_statements(2, since, limit, calendar, reminder_at=1)
    days = [since + timedelta(days=number) for number in range(1, 40)]
    lights = {day: office_deadline(since, limit, day, calendar, reminder_at=1).light for day in days}

    assert [(one.move, one.level) for one in statements] == [(REMIND, 2), (REPORT, 3), (REPORT, 4)]
    for statement, light in zip(statements, ("reminder", "yellow", "red"), strict=True):
        assert statement.on == next(day for day in days if lights[day] == light)


def test_nobody_hears_above_the_city_government() -> None:
    statements = office_statements(3, date(2026, 3, 2), 3, the_calendar(), reminder_at=1)
    assert [(one.move, one.level) for one in statements] == [(REMIND, 3), (REPORT, 4)]
