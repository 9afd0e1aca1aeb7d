"""The plan before the year, and what November and December must carry."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from workflows.rules.programme_facts import (
    CountedDay,
    ItemFacts,
    LineFacts,
    NodeFacts,
    PlannedDay,
    Sight,
    TaskFacts,
)
from workflows.rules.programme_outlook import actual_shares, is_tight, planned_shares, year_end

ADOPTED, JUNE = date(2026, 1, 5), date(2026, 6, 30)
HUNDRED = (LineFacts("city", True, Decimal(100)),)


def an_item(*nodes, lines=HUNDRED, starts_on=None, finishes_on=None):
    about = (2026, "030", "道路通畅", "city", False, None, starts_on, finishes_on, ADOPTED)
    task = TaskFacts("510402", "monthly", nodes, lines)
    return ItemFacts(*about, ((ADOPTED, "adopted"),), (task,))


def node(month, day=20):
    return NodeFacts(f"{month}", date(2026, month, day))


@pytest.mark.parametrize(
    ("months", "tight"),
    [((3, 10, 12), True), ((3, 6, 10), False), ((9,), False), ((10,), True), ((3, 9, 10, 11, 12), False)],
)
def test_a_plan_is_tight_from_two_thirds_in_the_last_quarter_on(months, tight):
    assert is_tight(an_item(*map(node, months))) is tight


def test_a_plan_without_nodes_is_even_over_its_months():
    assert not is_tight(an_item())
    assert is_tight(an_item(starts_on=date(2026, 9, 1)))
    assert planned_shares(an_item()) == tuple(map(Decimal, ("0.2500", "0.5000", "0.7500", "1.0000")))


def test_the_planned_course_stands_beside_what_was_reached_a_year_before():
    reached = CountedDay("2026-05", date(2026, 5, 28), date(2026, 5, 20))
    item = an_item(replace(node(2), reached=(reached,)), node(12))
    assert planned_shares(item) == tuple(map(Decimal, ("0.5000", "0.5000", "0.5000", "1.0000")))
    shares = actual_shares(2026, [item], date(2027, 3, 1))
    assert shares == tuple(map(Decimal, ("0.0000", "0.5000", "0.5000", "0.5000")))
    assert actual_shares(2026, [an_item(lines=())], date(2027, 3, 1)) is None


def test_november_and_december_carry_what_is_still_planned_there():
    moved = replace(node(8), replanned=(PlannedDay(JUNE, date(2026, 12, 20), 1),))
    done = replace(node(11), reached=(CountedDay("2026-06", JUNE, date(2026, 6, 20)),))
    whole = year_end(2026, [an_item(moved, done, node(11), node(3))], Sight(JUNE, JUNE))
    assert (whole.nodes, whole.nodes_share, whole.money, whole.money_share) == (
        2, Decimal("0.5000"), Decimal("50.00"), Decimal("0.5000"),
    )  # fmt: skip
    even = year_end(2026, [an_item()], Sight(JUNE, JUNE))
    assert (even.nodes, even.money) == (0, Decimal("16.67"))
    late = Sight(date(2026, 11, 30), date(2026, 11, 30))
    assert year_end(2026, [an_item()], late).money == Decimal("8.33")
