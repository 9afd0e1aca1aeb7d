"""Items behind their plan: the widest gaps first, each with the node that is open longest after its day."""

from datetime import date

from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_behind import PlanGap, plan_gaps
from workflows.rules.programme_facts import CountedDay, ItemFacts, NodeFacts, Sight, TaskFacts

ON = date(2026, 5, 31)


def an_item(item_no: str, *nodes: NodeFacts) -> ItemFacts:
    started = date(2026, 1, 5)
    return ItemFacts(
        year=2026,
        item_no=item_no,
        category="",
        level="city",
        is_practical_matter=False,
        planned=None,
        starts_on=None,
        finishes_on=None,
        adopted_on=started,
        states=((started, "under_way"),),
        tasks=(TaskFacts("510402", "monthly", nodes, (), (), ()),),
    )


def a_node(name: str, planned_on: date, reached_on: date | None = None) -> NodeFacts:
    reached = (CountedDay("2026-05", reached_on, reached_on),) if reached_on else ()
    return NodeFacts(name, planned_on, (), reached, (), "")


def test_gaps_stand_in_the_order_of_their_width_with_the_longest_late_open_node() -> None:
    one = an_item(
        "001",
        a_node("reached late", date(2026, 1, 10), date(2026, 5, 30)),
        a_node("open", date(2026, 5, 1)),
        a_node("later", date(2026, 10, 1)),
    )
    both = an_item("002", a_node("first", date(2026, 4, 1)), a_node("second", date(2026, 3, 1)))
    in_time = an_item("003", a_node("ahead", date(2026, 10, 1)))

    gaps = plan_gaps({1: one, 2: both, 3: in_time}, Sight(ON, ON), ProgrammeRules())

    assert [*gaps] == [2, 1]
    assert (gaps[1].node, gaps[1].days, f"{gaps[1].gap:.4f}") == ("open", 30, "0.3333")
    assert isinstance(gaps[2], PlanGap) and (gaps[2].node, gaps[2].days, gaps[2].gap) == ("second", 91, 1)
