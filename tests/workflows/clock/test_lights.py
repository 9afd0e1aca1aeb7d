"""Lights look at days and at nothing else."""

import pytest

from tests.support.clock.cases import on
from workflows.clock.lights import LIGHTS, light


@pytest.mark.parametrize(
    ("day", "left", "expected"),
    [
        ("03-16", 2, "green"),
        ("03-17", 1, "reminder"),
        ("03-18", 0, "reminder"),
        ("03-19", -1, "yellow"),
        ("04-01", -10, "yellow"),
        ("04-02", -11, "red"),
    ],
)
def test_the_light_goes_from_green_to_red_with_the_days(day, left, expected):
    assert light(on(day), on("03-18"), on("04-01"), left) == expected


def test_the_policy_says_when_to_remind():
    assert light(on("03-13"), on("03-18"), on("04-01"), 3, reminder_at=3) == "reminder"
    assert light(on("03-13"), on("03-18"), on("04-01"), 3, reminder_at=0) == "green"


def test_late_by_law_is_red_even_before_the_promise_is_broken():
    assert light(on("03-18"), on("03-20"), on("03-17"), 2) == "red"


def test_the_lights_stand_in_order_of_alarm():
    assert LIGHTS == ("green", "reminder", "yellow", "red")
