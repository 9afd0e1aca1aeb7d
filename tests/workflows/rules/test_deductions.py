"""Deductions: one cause one deduction, the unit of the day, no rule backwards; an oracle recounts everything."""

from datetime import date, timedelta

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.deduction_oracle import recount
from tests.support.extent import effort
from workflows.charts.deduction_terms import EVENT_KINDS
from workflows.config import DATA
from workflows.config.point_rules import read_point_rules
from workflows.rules.deductions import ChargeableEvent, charged_days, due_deductions

TEXT = (DATA / "points.yaml").read_text(encoding="utf-8")
LATER = TEXT.replace('"2026-1"', '"2026-2"').replace("2025-12-25", "2026-06-20").replace("2026-01-01", "2026-07-01")
LATER = LATER.replace("yellow_card: {points: -1", "yellow_card: {points: -4").replace("red_card", "# red_card", 1)
BOOKS, RAW = read_point_rules(TEXT + LATER), yaml.safe_load(TEXT + LATER)
DAY = date(2026, 3, 2)
BOTH = ("livelihood", "urgent")
FREE = frozenset({"owner", "suspension", "weather"})


def an_event(kind, on=DAY, cause="a", unit_id=1, regimes=("livelihood",), days=0):
    return ChargeableEvent(f"{kind}/{cause}/{on}", kind, cause, on, unit_id, regimes, days)


def points(*events):
    return [(due.event.kind, due.regime, due.points) for due in due_deductions(events, BOOKS)]


def test_a_delay_that_went_up_all_steps_costs_the_highest_once():
    steps = ("escalation_unanswered", "yellow_card", "order_overdue", "red_card", "node_late")
    events = [an_event(kind, DAY + timedelta(number), days=10) for number, kind in enumerate(steps)]
    charged = points(*events)
    assert charged == [("escalation_unanswered", "livelihood", -1), ("order_overdue", "livelihood", -2),
                       ("red_card", "livelihood", -3)]  # fmt: skip
    assert min(cost for _, _, cost in charged) == -3, "the account counts the highest of a cause"


def test_one_event_is_one_deduction_in_each_regime():
    assert points(an_event("red_card", regimes=BOTH)) == [("red_card", "livelihood", -3), ("red_card", "urgent", -3)]


def test_two_causes_are_two_deductions():
    assert len(points(an_event("yellow_card"), an_event("yellow_card", cause="b"))) == 2


def test_a_rule_never_works_backwards():
    before, since = an_event("yellow_card", date(2026, 6, 30)), an_event("yellow_card", date(2026, 7, 1), cause="b")
    assert [cost for _, _, cost in points(before, since)] == [-1, -4]
    assert points(an_event("yellow_card", date(2025, 12, 31))) == []


def test_an_event_without_a_rule_in_force_costs_nothing():
    assert points(an_event("red_card", date(2026, 8, 1))) == []


_DAYS = st.dates(date(2025, 12, 20), date(2027, 1, 10))
_EVENTS = st.lists(
    st.builds(
        an_event,
        kind=st.sampled_from([*EVENT_KINDS]),
        on=_DAYS,
        cause=st.sampled_from("abc"),
        unit_id=st.integers(1, 2),
        regimes=st.sampled_from([("livelihood",), BOTH]),
        days=st.integers(0, 80),
    ),
    max_size=14,
    unique_by=lambda event: event.key,
)


@given(_EVENTS)
@settings(max_examples=effort(300, 20_000), deadline=None)
def test_deductions_are_what_a_naive_recount_finds(events):
    due = due_deductions(events, BOOKS)
    counted = {(one.event.key, one.event.unit_id, one.regime): (one.edition, one.points) for one in due}
    assert counted == recount(events, RAW)
    assert len(counted) == len(due)


@given(_EVENTS, st.randoms(use_true_random=False))
@settings(max_examples=effort(100, 5000), deadline=None)
def test_the_order_of_events_does_not_matter(events, dice):
    shuffled = list(events)
    dice.shuffle(shuffled)
    assert due_deductions(shuffled, BOOKS) == due_deductions(events, BOOKS)


def parties(*spans):
    """Whose each day is from 2 March on: (party, days) in order; "" is nobody's yet."""
    whose = [party for party, days in spans for _ in range(days)]
    return {DAY + timedelta(number): party for number, party in enumerate(whose) if party}


def test_days_are_charged_to_those_whose_they_are():
    days = parties(("approval_department", 4), ("owner", 3), ("unit", 5), ("suspension", 2), ("", 6), ("county", 1))
    assert charged_days(days, [(date(2026, 1, 1), 7)], 9, FREE) == {9: 4, 7: 6}


def test_a_change_of_responsibility_in_mid_month_charges_each_for_their_days():
    holders = [(date(2026, 1, 1), 7), (date(2026, 3, 15), 8)]
    assert charged_days(parties(("unit", 30)), holders, None, FREE) == {7: 13, 8: 17}


def test_days_of_a_department_without_an_approval_are_nobodys():
    assert charged_days(parties(("approval_department", 4)), [(date(2026, 1, 1), 7)], None, FREE) == {}


@given(
    st.lists(st.tuples(st.sampled_from(["", "unit", "county", "owner", "weather", "approval_department"]),
                       st.integers(0, 9)), max_size=8),
    st.lists(st.tuples(st.dates(date(2026, 2, 20), date(2026, 5, 1)), st.integers(1, 3)), max_size=4),
)  # fmt: skip
@settings(max_examples=effort(200, 5000), deadline=None)
def test_charged_days_are_what_a_walk_over_the_days_finds(spans, changes):
    changes = sorted(changes, key=lambda change: change[0])
    walked, day = {}, DAY
    for party, count in spans:
        for _ in range(count):
            holder = None
            for since, unit in changes:
                holder = unit if since <= day else holder
            unit = 9 if party == "approval_department" else holder if party in ("unit", "county") else None
            if unit is not None:
                walked[unit] = walked.get(unit, 0) + 1
            day += timedelta(1)
    assert charged_days(parties(*spans), changes, 9, FREE) == walked
