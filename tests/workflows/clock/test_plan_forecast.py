"""The days to expect of a plan, against brute force: every chain, counted day by day."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EVERY_ITEM
from tests.support.clock.cases import on, the_calendar
from workflows.clock.calendar import Calendar
from workflows.clock.plan import Forecast, ForecastShift, ForecastStatus, Limit, forecast, forecast_shifts
from workflows.clock.timeline import CALENDAR_DAYS
from workflows.config.catalogue import load_catalogue

CALENDAR = the_calendar()
LAWS_CHAIN = "A01 A02 A07 A08 B01 B02 C02 C03 C05 D02 D06 D07"
MONDAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
OWNERS = ("ready", "correcting", "refused", "not_accepted")  # states that wait for the owner
RECEIVED = {"received_on": "03-02", "answer_by": "03-09"}
SILENT = {"received_on": "02-24", "answer_by": "03-02"}


def whole_plan() -> list[ForecastStatus]:
    """All 29 items, with nothing done."""
    catalogue = load_catalogue()
    planned = catalogue.plan(EVERY_ITEM)
    return [
        ForecastStatus(p.item.code, p.requires, "waiting", Limit(0 if p.item.instant else p.item.promised))
        for p in planned
    ]


def a_chain(first: ForecastStatus, *days: int) -> list[ForecastStatus]:
    """`first`, and behind it one waiting approval for each number of days: A, B, C …"""
    codes = [chr(ord(first.code) + number) for number in range(1, len(days) + 1)]
    before = [first.code, *codes]
    rest = [ForecastStatus(code, (before[i],), "waiting", Limit(days[i])) for i, code in enumerate(codes)]
    return [first, *rest]


def expect(plan: list[ForecastStatus], today: date = MONDAY, later: Mapping[str, int] | None = None) -> Forecast:
    return forecast(plan, CALENDAR, today, later)


# What the law and the office say.


@pytest.mark.parametrize("today", [MONDAY, date(2026, 2, 12), date(2026, 9, 30), date(2026, 3, 7), date(2025, 11, 25)])
def test_the_whole_catalogue_with_nothing_done_takes_77_working_days_along_the_known_chain(today: date) -> None:
    result = expect(whole_plan(), today)
    assert result.complete_on == CALENDAR.nth_working_day_after(today, 77)
    assert " ".join(result.chain) == LAWS_CHAIN


SINGLE = {  # state, limit, today, what is known of it, and the days on which it starts, is accepted and is decided
    "Overdue by 20 days a holiday": ("ready", Limit(20), "02-12", {}, ("02-12", "02-12", "03-18")),
    "due today": ("accepted", Limit(5), "03-02", {"due_on": "03-02"}, (None, None, "03-02")),
    "late": ("accepted", Limit(5), "03-06", {"due_on": "02-27"}, (None, None, "03-09")),
    "received": ("received", Limit(5), "03-02", RECEIVED, ("03-02", "03-09", "03-16")),
    "silence": ("received", Limit(8), "03-03", SILENT, ("02-24", "02-24", "03-05")),
    "at once": ("ready", Limit(0), "03-02", {}, ("03-02", "03-02", "03-02")),
    "at once on a Saturday": ("ready", Limit(0), "03-07", {}, ("03-07", "03-07", "03-09")),
    "60 calendar days": ("ready", Limit(60, CALENDAR_DAYS), "03-02", {}, ("03-02", "03-02", "05-06")),
    "8 calendar days": ("ready", Limit(8, CALENDAR_DAYS), "03-02", {}, ("03-02", "03-02", "03-10")),
    **{state: (state, Limit(5), "03-02", {"received_on": "01-05"}, ("03-02", "03-02", "03-09")) for state in OWNERS},
}


@pytest.mark.parametrize("case", SINGLE)
def test_an_approval_by_itself_is_expected_on_its_days(case: str) -> None:
    state, limit, today, known_days, days = SINGLE[case]
    status = ForecastStatus("A", (), state, limit, **{name: on(day) for name, day in known_days.items()})
    result = expect([status], on(today))
    item = result.expected["A"]
    assert (item.start_on, item.accept_on, item.decide_on) == tuple(day and on(day) for day in days)
    assert (result.complete_on, item.is_late) == (item.decide_on, case == "late")


def test_what_is_granted_counts_with_its_day_and_no_longer_on_the_path() -> None:
    granted = ForecastStatus("A", (), "granted", Limit(5), decided_on=date(2026, 1, 5))
    result = expect(a_chain(granted, 3))
    assert result.expected["A"].decide_on == date(2026, 1, 5)
    assert (result.chain, result.complete_on) == (("B",), date(2026, 3, 5))


def test_what_runs_is_expected_on_its_due_date() -> None:
    result = expect(a_chain(ForecastStatus("A", (), "accepted", Limit(5), due_on=date(2026, 3, 4)), 3))
    assert [item.decide_on for item in result.expected.values()] == [date(2026, 3, 4), date(2026, 3, 9)]
    assert not any(item.is_late for item in result.expected.values())


def test_what_waits_begins_when_all_that_it_needs_is_granted() -> None:
    result = expect(
        [
            ForecastStatus("A", (), "accepted", Limit(5), due_on=date(2026, 3, 4)),
            ForecastStatus("B", (), "accepted", Limit(5), due_on=date(2026, 3, 10)),
            ForecastStatus("C", ("A", "B"), "waiting", Limit(2)),
        ]
    )
    assert result.expected["C"].start_on == date(2026, 3, 10)
    assert (result.chain, result.complete_on) == (("B", "C"), date(2026, 3, 12))


def test_what_needs_a_withdrawn_approval_is_never_to_be_expected() -> None:
    plan = a_chain(ForecastStatus("A", (), "withdrawn", Limit(5)), 3, 3)
    result = expect([*plan, ForecastStatus("X", (), "ready", Limit(1))])
    assert (result.complete_on, result.blocked, result.chain) == (None, ("B", "C"), ("X",))
    assert "A" not in result.expected
    assert expect([plan[0]]).complete_on is None


def test_all_granted_is_complete_on_the_last_day_and_holds_up_nothing() -> None:
    days = (date(2026, 1, 5), date(2026, 2, 3))
    plan = [ForecastStatus(code, (), "granted", Limit(5), decided_on=day) for code, day in zip("AB", days, strict=True)]
    result = expect(plan)
    assert (result.complete_on, result.chain, result.left) == (days[1], (), ())


def test_what_comes_two_days_late_moves_what_waits_for_it_and_nothing_else() -> None:
    plan = [
        *a_chain(ForecastStatus("A", (), "accepted", Limit(5), due_on=date(2026, 3, 4)), 3),
        ForecastStatus("X", (), "ready", Limit(20)),
    ]
    before, after = expect(plan), expect(plan, later={"A": 2})
    assert forecast_shifts(before, after) == (
        ForecastShift("A", date(2026, 3, 4), date(2026, 3, 6)),
        ForecastShift("B", date(2026, 3, 9), date(2026, 3, 11)),
    )
    assert before.complete_on == after.complete_on  # X takes longer
    assert expect(plan, later={"B": 30}).chain == ("A", "B")


# Brute force.


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[ForecastStatus], date]:
    """Up to eight approvals, each needing some of those before it, each as far as those allow, and some day."""
    today = MONDAY + timedelta(days=draw(st.integers(-30, 300)))
    codes = [chr(ord("A") + number) for number in range(draw(st.integers(0, 8)))]
    statuses: list[ForecastStatus] = []
    for number, code in enumerate(codes):
        requires = draw(st.lists(st.sampled_from(codes[:number]), unique=True)) if number else []
        states = {status.code: status.state for status in statuses}
        is_open = all(states[need] == "granted" for need in requires)
        statuses.append(draw(standings(code, tuple(requires), today, is_open=is_open)))
    return draw(st.permutations(statuses)), today


@st.composite
def standings(draw: st.DrawFn, code: str, requires: tuple[str, ...], today: date, *, is_open: bool) -> ForecastStatus:
    in_play = ("granted", "granted", "withdrawn", "received", "accepted", "paused", *OWNERS)
    state = draw(st.sampled_from(in_play)) if is_open else "waiting"
    limit = Limit(draw(st.integers(0, 6)), draw(st.sampled_from(("working_days", CALENDAR_DAYS))))
    status = ForecastStatus(code, requires, state, limit)
    past = today - timedelta(days=draw(st.integers(0, 20)))
    ahead = CALENDAR.next_working_day(today + timedelta(days=draw(st.integers(-9, 9))))
    if state == "granted":
        return replace(status, received_on=past, accepted_on=past, decided_on=past)
    if state == "received":
        return replace(status, received_on=past, answer_by=max(ahead, past))
    return (
        replace(status, received_on=past, accepted_on=past, due_on=ahead) if state in ("accepted", "paused") else status
    )


def chains(plan: Mapping[str, ForecastStatus], end: str) -> Iterator[tuple[str, ...]]:
    """Every chain of unfinished approvals that ends with this one, written out one by one."""
    yield (end,)
    for need in plan[end].requires:
        if plan[need].state != "granted":
            yield from ((*chain, end) for chain in chains(plan, need))


def counted(calendar: Calendar, day: date, days: int) -> date:
    """So many working days later, day by day."""
    while days:
        day += ONE_DAY
        days -= calendar.is_working_day(day)
    return day


def rolled(day: date) -> date:
    while not CALENDAR.is_working_day(day):
        day += ONE_DAY
    return day


def ended(status: ForecastStatus, start: date) -> date:
    if status.limit.unit == CALENDAR_DAYS:
        return rolled(start + ONE_DAY * status.limit.days)
    return counted(CALENDAR, start, status.limit.days) if status.limit.days else rolled(start)


def begun(status: ForecastStatus, today: date) -> date:
    """When what heads a chain is expected, by its own days alone."""
    day = ended(status, today)
    if status.state == "received":
        assert status.answer_by and status.received_on
        day = ended(status, status.answer_by if status.answer_by >= today else status.received_on)
    elif status.state in ("accepted", "paused"):
        assert status.due_on
        day = status.due_on
    return day if day >= today else counted(CALENDAR, today, 1)


def walked(plan: Mapping[str, ForecastStatus], chain: tuple[str, ...], today: date, later: Mapping[str, int]) -> date:
    """The day on which this chain alone is through."""
    day = today
    for code in chain:
        day = begun(plan[code], today) if code == chain[0] else ended(plan[code], day)
        day = counted(CALENDAR, day, later.get(code, 0))
    return day


def is_stuck(plan: Mapping[str, ForecastStatus], code: str) -> bool:
    return any(plan[need].state == "withdrawn" or is_stuck(plan, need) for need in plan[code].requires)


@given(plans(), st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 9), max_size=2))
def test_each_day_is_that_of_the_longest_of_all_chains(
    drawn: tuple[list[ForecastStatus], date], later: dict[str, int]
) -> None:
    listed, today = drawn
    result, plan = forecast(listed, CALENDAR, today, later), {status.code: status for status in listed}
    open_codes = [
        code for code in plan if plan[code].state not in ("granted", "withdrawn") and not is_stuck(plan, code)
    ]
    days = {code: max(walked(plan, c, today, later) for c in chains(plan, code)) for code in open_codes}

    assert {code: result.expected[code].decide_on for code in open_codes} == days
    assert set(result.blocked) == {c for c in plan if plan[c].state == "waiting" and is_stuck(plan, c)}
    assert set(result.left) == set(open_codes)
    assert set(result.expected) == {c for c in plan if plan[c].state != "withdrawn"}
    if open_codes:
        last = max(days.values())
        assert result.chain in [c for code in open_codes for c in chains(plan, code)]
        assert walked(plan, result.chain, today, later) == last
    if result.complete_on:
        done = [status.decided_on for status in plan.values() if status.state == "granted" and status.decided_on]
        assert result.complete_on == max([*days.values(), *done])


@given(plans())
def test_nothing_unfinished_is_expected_before_today_or_before_what_it_needs(
    drawn: tuple[list[ForecastStatus], date],
) -> None:
    listed, today = drawn
    result = forecast(listed, CALENDAR, today)
    for status in listed:
        item = result.expected.get(status.code)
        if item and item.decide_on and not item.is_done:
            assert item.decide_on >= today
            assert all(result.expected[need].decide_on <= item.decide_on for need in status.requires)  # type: ignore[operator]


@given(plans(), st.data(), st.integers(1, 30))
def test_making_one_approval_later_makes_nothing_earlier(
    drawn: tuple[list[ForecastStatus], date], data: st.DataObject, days: int
) -> None:
    listed, today = drawn
    before = forecast(listed, CALENDAR, today)
    code = data.draw(st.sampled_from(sorted(before.expected) or ["none"]))
    after = forecast(listed, CALENDAR, today, {code: days})

    moved = {shift.code: shift for shift in forecast_shifts(before, after)}
    assert all(shift.after_on > shift.before_on for shift in moved.values())
    assert (code in moved) == (code in before.left)
    for moved_code in set(moved) - {code}:
        assert code in after.expected[moved_code].chain
    assert before.complete_on is None or before.complete_on <= (after.complete_on or date.min)


@given(plans(), st.data())
def test_a_longer_limit_makes_nothing_earlier(drawn: tuple[list[ForecastStatus], date], data: st.DataObject) -> None:
    listed, today = drawn
    if listed:
        slower = data.draw(st.sampled_from(listed))
        longer = replace(slower, limit=replace(slower.limit, days=slower.limit.days + 3))
        after = forecast([longer if status is slower else status for status in listed], CALENDAR, today)
        for shift in forecast_shifts(forecast(listed, CALENDAR, today), after):
            assert shift.after_on > shift.before_on


@given(plans())
def test_the_order_of_the_list_is_no_matter(drawn: tuple[list[ForecastStatus], date]) -> None:
    listed, today = drawn
    assert forecast(listed, CALENDAR, today) == forecast(listed[::-1], CALENDAR, today)
