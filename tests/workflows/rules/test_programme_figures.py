"""What an item's figures are at the edges: exactly the tolerance, a statement taken back, a day reported later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Counted, CountedDay, ItemFacts, NodeFacts, Sight, TaskFacts
from workflows.rules.programme_figures import is_behind, node_light, rate, time_share

ON = date(2026, 6, 30)
SIGHT = Sight(ON, ON)
RULES = ProgrammeRules()
ITEM = ItemFacts(
    2026, "030", "道路通畅", "city", True, None, None, None, date(2026, 1, 5), ((date(2026, 1, 5), "adopted"),)
)


def node(planned_on: date, *reached: CountedDay) -> NodeFacts:
    return NodeFacts("开工", planned_on, reached=reached)


def said(month: str, counted_on: date, day: date, *, is_stated: bool = True) -> CountedDay:
    return CountedDay(month, counted_on, day, is_stated)


@pytest.mark.parametrize(("reached", "expected"), [(2, False), (1, True)])
def test_a_tenth_below_the_plan_is_not_behind_and_any_more_is(reached: int, expected: bool) -> None:
    done = node(date(2026, 3, 1), said("2026-03", date(2026, 3, 29), date(2026, 3, 1)))
    nodes = [done] * reached + [node(date(2026, 3, 1))] * (5 - reached) + [node(date(2026, 12, 1))] * 25
    item = replace(ITEM, tasks=(TaskFacts("city", "monthly", tuple(nodes)),))
    assert is_behind(item, SIGHT, RULES) is expected


def test_a_node_counts_by_its_day_however_late_it_was_reported() -> None:
    late = node(date(2026, 5, 31), said("2026-07", date(2026, 7, 29), date(2026, 5, 4)))
    assert SIGHT.reached_on(late) is None
    assert Sight(ON, date(2026, 7, 29)).reached_on(late) == date(2026, 5, 4)


def test_a_day_that_an_amendment_takes_back_leaves_the_one_of_another_month() -> None:
    april = said("2026-04", date(2026, 4, 29), date(2026, 4, 20))
    may = said("2026-05", date(2026, 5, 29), date(2026, 5, 2))
    gone = said("2026-05", date(2026, 6, 9), date(2026, 5, 2), is_stated=False)
    assert SIGHT.reached_on(node(date(2026, 5, 31), april, may, gone)) == date(2026, 4, 20)
    assert Sight(date(2026, 5, 31), date(2026, 5, 31)).reached_on(node(date(2026, 5, 31), april, may)) == date(
        2026, 5, 2
    )


def test_a_month_without_a_figure_leaves_that_of_the_month_before() -> None:
    figures = (
        Counted("2026-04", date(2026, 4, 29), Decimal(3)),
        Counted("2026-05", date(2026, 5, 29), Decimal(5)),
        Counted("2026-05", date(2026, 6, 9), Decimal(0), is_stated=False),
    )
    latest = SIGHT.latest(figures)
    assert latest is not None
    assert (latest.month, latest.value) == ("2026-04", Decimal(3))


def test_lights_of_nodes() -> None:
    expected_late = NodeFacts("竣工", date(2026, 9, 1), expected=(said("2026-06", ON, date(2026, 9, 2)),))
    lights = [
        node_light(node(date(2026, 5, 4), said("2026-05", ON, date(2026, 5, 4))), SIGHT),
        node_light(node(date(2026, 5, 3), said("2026-05", ON, date(2026, 5, 4))), SIGHT),
        node_light(node(ON), SIGHT),
        node_light(expected_late, SIGHT),
        node_light(node(date(2026, 9, 1)), SIGHT),
    ]
    assert lights == ["green", "yellow", "red", "yellow", None]


def test_rates_have_four_decimals_half_up() -> None:
    assert (rate(1, 32), rate(Decimal("0.00005"), 1), rate(1, 0)) == (Decimal("0.0313"), Decimal("0.0001"), None)
    assert [time_share(2026, date(*day)) for day in ((2025, 12, 31), (2026, 5, 31), (2027, 1, 1))] == [
        0, Decimal("0.4167"), 1,
    ]  # fmt: skip
