"""Whose days: what clock and record say, what is divided of the rest, and that it always adds up to the days late."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.charts.programme_terms import PARTIES
from workflows.rules.programme_facts import CountedDay, DividedDays, ItemFacts, NodeFacts, Sight, TaskFacts
from workflows.rules.programme_figures import days_late
from workflows.rules.programme_whose_days import late_days, party_sums

PLANNED, ADOPTED = date(2026, 5, 10), date(2026, 1, 5)
ON = date(2026, 6, 9)  # 30 days late


def an_item(node, *states):
    about = (2026, "030", "道路通畅", "city", False, None, None, None, ADOPTED)
    return ItemFacts(*about, ((ADOPTED, "adopted"), *states), (TaskFacts("510402", "monthly", (node,)),))


def divided(day, party, days, division=1):
    return DividedDays(day, party, days, division)


def days_by_party(item, on=ON, known=None, hands=()):
    [node] = late_days([item], Sight(on, known or on), {7: hands})
    return dict(node.parties), node.undivided


def test_days_that_nobody_divided_show_as_such():
    assert days_by_party(an_item(NodeFacts("竣工", PLANNED))) == ({}, 30)


def test_days_are_divided_in_their_order_up_to_the_day_asked_about():
    parts = (divided(ON, "county", 20), divided(ON, "weather", 6))
    item = an_item(NodeFacts("竣工", PLANNED, divided=parts))
    assert days_by_party(item) == ({"county": 20, "weather": 6}, 4)
    assert days_by_party(item, ON - timedelta(8), ON) == ({"county": 20, "weather": 2}, 0)
    assert days_by_party(item, ON - timedelta(8)) == ({}, 22), "it was not known then"


def test_a_later_division_takes_the_place_of_the_one_before_and_a_new_plan_adds_to_it():
    parts = (divided(ON, "county", 20), divided(ON, "unit", 5, 2), divided(ON, "owner", 10, 0))
    assert days_by_party(an_item(NodeFacts("竣工", PLANNED, divided=parts))) == ({"unit": 5, "owner": 10}, 15)


def test_the_clock_of_the_approval_goes_first_then_the_suspension_then_what_was_divided():
    first = PLANNED.toordinal() + 1
    hands = ((first, "owner"), (first + 4, "department"), (first + 10, "special"))
    suspended = (PLANNED + timedelta(9), "suspended"), (PLANNED + timedelta(14), "under_way")
    node = NodeFacts("施工许可", PLANNED, approval="C05", id=7, divided=(divided(ON, "higher_level", 40),))
    days = {"approval_department": 6, "owner": 4, "higher_level": 17, "suspension": 3}
    assert days_by_party(an_item(node, *suspended), hands=hands) == (days, 0)


def test_a_node_that_was_reached_is_late_up_to_that_day():
    node = NodeFacts("竣工", PLANNED, reached=(CountedDay("2026-05", ON, PLANNED + timedelta(3)),))
    assert days_by_party(an_item(node), hands=((PLANNED.toordinal(), "department"),)) == ({}, 3)


parts = st.tuples(st.sampled_from([*PARTIES]), st.integers(1, 60), st.integers(0, 3), st.integers(0, 90))
changes = st.lists(st.tuples(st.integers(-30, 120), st.sampled_from(["department", "owner", "none"])), max_size=5)
spans = st.lists(st.tuples(st.integers(-30, 120), st.sampled_from(["suspended", "under_way"])), max_size=5)


@given(st.lists(parts, max_size=6), changes, spans, st.integers(1, 120))
def test_the_days_of_all_parties_add_up_to_the_days_late(rows, hands, states, late):
    stated = tuple(divided(PLANNED + timedelta(at), party, days, number) for party, days, number, at in rows)
    node = NodeFacts("竣工", PLANNED, id=7, divided=stated)
    item = an_item(node, *((PLANNED + timedelta(at), state) for at, state in sorted(states, key=lambda row: row[0])))
    on = PLANNED + timedelta(late)
    holders = tuple((PLANNED.toordinal() + at, who) for at, who in sorted(hands, key=lambda row: row[0]))
    nodes = list(late_days([item], Sight(on, on), {7: holders}))
    sums = party_sums(nodes)
    assert sums.days == days_late(node, Sight(on, on)) == late
    assert sum(days for days, _ in sums.parties.values()) + sums.undivided == late
    assert all(days >= 0 for days in nodes[0].parties.values()) and nodes[0].undivided >= 0
