"""Planned against actual by month and quarter, and two days compared, on an item written by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from workflows.rules.programme_changes import CORRECTED, NEW, changes_between
from workflows.rules.programme_course import course_of
from workflows.rules.programme_facts import (
    Counted,
    CountedDay,
    CountedMoney,
    ItemFacts,
    LineFacts,
    NodeFacts,
    Sight,
    TargetFacts,
    TaskFacts,
)

ADOPTED = (date(2026, 1, 5), "adopted")


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def sight(on: date, known: date | None = None) -> Sight:
    return Sight(on, known or on)


def money(month: int, paid: str, counted_on: date) -> CountedMoney:
    return CountedMoney(f"2026-{month:02}", counted_on, Decimal(100), Decimal(100), Decimal(paid))


EAST = TaskFacts(
    code="510402",
    rhythm="monthly",
    nodes=(
        NodeFacts("施工许可", day(3, 31), reached=(CountedDay("2026-05", day(5, 29), day(5, 4)),), approval="C05"),
        NodeFacts("竣工", day(10, 31), reached=(CountedDay("2026-11", day(11, 29), day(11, 20)),)),
    ),
    lines=(LineFacts("city", True, Decimal(300), money=(money(5, "60", day(5, 29)), money(11, "240", day(11, 29)))),),
    targets=(
        TargetFacts("里程", "公里", 1, "sum", "more", Decimal(12), (Counted("2026-05", day(5, 29), Decimal("3.5")),)),
    ),
)
WEST = TaskFacts(
    "510403", "monthly", nodes=(NodeFacts("竣工", day(12, 20)),), lines=(LineFacts("own", False, Decimal(100)),)
)
ITEM = ItemFacts(2026, "030", "道路通畅", "city", True, None, None, None, day(1, 5), (ADOPTED,), (EAST, WEST))


def test_the_course_stands_still_where_nothing_was_reached_and_is_unknown_ahead() -> None:
    months = course_of(2026, [ITEM], sight(day(11, 30))).months
    assert [month.nodes_planned for month in months] == [0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3]
    assert [month.nodes_actual for month in months] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, None]
    assert [month.money_actual for month in months] == [0] * 4 + [60] * 6 + [240, None]


def test_nodes_weigh_as_much_as_the_money_of_their_task() -> None:
    may = course_of(2026, [ITEM], sight(day(11, 30))).months[4]
    assert (may.weighted_planned, may.weighted_actual) == (Decimal("0.3750"), Decimal("0.3750"))
    assert may.money_planned == Decimal(150)


def test_the_execution_rate_is_held_against_time_and_plan() -> None:
    course = course_of(2026, [ITEM], sight(day(11, 30)))
    assert (course.time_share, course.execution_rate, course.planned_rate) == (
        Decimal("0.9167"), Decimal("0.6000"), Decimal("0.7500"),
    )  # fmt: skip
    assert (course.gap_to_time, course.gap_to_plan) == (Decimal("0.3167"), Decimal("0.1500"))


def test_a_year_that_is_tight_late_is_told_by_its_quarters() -> None:
    rhythm = course_of(2026, [ITEM], sight(day(11, 30))).rhythm
    assert [quarter.nodes_planned for quarter in rhythm.quarters] == list(
        map(Decimal, ("0.3333", "0.3333", "0.3333", "1.0000"))
    )
    assert [quarter.money_actual for quarter in rhythm.quarters] == [0, Decimal("0.1500"), Decimal("0.1500"), None]
    assert (rhythm.last_quarter_planned, rhythm.last_quarter_nodes, rhythm.last_quarter_money) == (
        Decimal("0.6667"), Decimal("0.5000"), Decimal("0.7500"),
    )  # fmt: skip
    assert (rhythm.permits, rhythm.permits_by_june, rhythm.permit_share) == (1, 1, Decimal("1.0000"))


def test_counties_lie_apart_by_their_own_nodes() -> None:
    course = course_of(2026, [ITEM], sight(day(11, 30)))
    assert {county.county: county.nodes for county in course.counties} == {"510402": 1, "510403": 0}
    assert course.spread == 1


def test_quantities_are_planned_evenly_and_counted_as_reported() -> None:
    [quantity] = course_of(2026, [ITEM], sight(day(6, 30))).quantities
    assert quantity.planned[:6] == tuple(map(Decimal, range(1, 7)))
    assert quantity.actual == (None,) * 4 + (Decimal("3.5"),) * 2 + (None,) * 6


def test_two_days_tell_new_facts_apart_from_corrections() -> None:
    amended = replace(
        EAST.lines[0], money=(*EAST.lines[0].money[:1], money(5, "55", day(6, 9)), EAST.lines[0].money[1])
    )
    item = replace(ITEM, tasks=(replace(EAST, lines=(amended,)), WEST))
    changes = changes_between([item], sight(day(5, 31)), sight(day(11, 30)))
    paid = [(change.before, change.after, change.kind) for change in changes.changed if change.what == "paid"]
    assert paid == [(Decimal(60), Decimal(55), CORRECTED), (Decimal(55), Decimal(240), NEW)]
    [reached] = [change for change in changes.changed if change.what == "reached_on"]
    assert (reached.name, reached.before, reached.after, reached.kind) == ("竣工", None, day(11, 20), NEW)


def test_items_join_and_leave_between_two_days() -> None:
    dropped = replace(ITEM, item_no="031", states=(ADOPTED, (day(6, 2), "dropped")))
    later = replace(ITEM, item_no="032", states=((day(6, 3), "adopted"),))
    changes = changes_between([ITEM, dropped, later], sight(day(5, 31)), sight(day(6, 30)))
    assert (changes.joined, changes.left) == (("032",), ("031",))


def test_late_nodes_have_their_days_and_whether_somebody_saw_it_coming() -> None:
    late = course_of(2026, [ITEM], sight(day(11, 10))).late
    assert [(node.name, node.days, node.reached_on) for node in late] == [
        ("施工许可", 34, day(5, 4)),
        ("竣工", 10, None),
    ]
    seen = replace(EAST.nodes[1], expected=(CountedDay("2026-09", day(9, 29), day(11, 15)),))
    item = replace(ITEM, tasks=(replace(EAST, nodes=(seen,)), WEST))
    assert [node.was_foreseen for node in course_of(2026, [item], sight(day(11, 10))).late] == [True]
