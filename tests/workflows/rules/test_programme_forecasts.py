"""How far forecasts were from what came: the last one that counted when the node was reached."""

from datetime import date
from decimal import Decimal

from workflows.rules.programme_facts import CountedDay, ItemFacts, NodeFacts, Sight, TaskFacts
from workflows.rules.programme_forecasts import forecast_error, forecasts_of

ON = date(2026, 11, 30)
ADOPTED = date(2026, 1, 5)


def said(month, day):
    """An entry of the month, confirmed on its 28th."""
    return CountedDay(month, date.fromisoformat(f"{month}-28"), day)


def days_apart(*nodes):
    about = (2026, "030", "道路通畅", "city", False, None, None, None, ADOPTED)
    item = ItemFacts(*about, ((ADOPTED, "adopted"),), (TaskFacts("510402", "monthly", nodes),))
    forecasts = list(forecasts_of([item], Sight(ON, ON)))
    error = forecast_error(forecasts)
    return [forecast.days for forecast in forecasts], error.nodes, error.days


def node(*expected, reached=date(2026, 6, 10)):
    return NodeFacts("竣工", date(2026, 6, 1), reached=(said("2026-06", reached),), expected=expected)


def test_the_last_forecast_before_the_day_is_compared_whichever_came_first():
    later = node(said("2026-04", date(2026, 6, 1)), said("2026-05", date(2026, 6, 7)))
    earlier = node(said("2026-05", date(2026, 6, 14)))
    assert days_apart(later, earlier) == ([3, 4], 2, Decimal("3.5"))


def test_what_is_said_once_the_node_is_reached_is_no_forecast():
    assert days_apart(node(said("2026-06", date(2026, 6, 10)))) == ([], 0, None)
    corrected = CountedDay("2026-05", date(2026, 8, 1), date(2026, 6, 10))  # the entry of May, amended in August
    assert days_apart(node(said("2026-05", date(2026, 6, 1)), corrected)) == ([9], 1, Decimal("9.0"))


def test_open_nodes_and_nodes_without_a_forecast_are_left_out():
    is_open = NodeFacts("竣工", date(2026, 6, 1), expected=(said("2026-05", date(2026, 12, 1)),))
    assert days_apart(is_open, node()) == ([], 0, None)
