"""Who is named is re-derived here in a naive way, for the months of the lived year and for made-up figures."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.reports.document.bulletin.mentions import MOST_NAMED, Mention, criticised, praised
from approvals.reports.figures.bulletin_model import Objection, OwedAnswer
from approvals.reports.figures.model import Decisions, FigureLine, Figures
from approvals.reports.figures.oversight_model import CardLine
from approvals.reports.figures.programme_model import ProgrammeCounty
from approvals.reports.lifecycle.renditions import ISSUED_IN
from tests.reports.conftest import MONTHS, LivedYear
from tests.support.bulletins import a_card, a_chapter, a_late_approval, a_quiet, an_order

TARGET, LEAST, NOTABLE = 95, 3, 5


@pytest.fixture(scope="module", params=MONTHS)
def figures(request: pytest.FixtureRequest, app: OpenAPI, sqlite_year: LivedYear) -> Figures:
    return sqlite_year.figures(request.param)


@pytest.fixture
def quiet(app: OpenAPI, september: Figures) -> Figures:
    return a_quiet(september)


def named(figures: Figures) -> tuple[dict[str, Mention], dict[str, Mention]]:
    """Those commended and those criticised, by rule."""
    with in_language(ISSUED_IN):
        pair = praised(figures), criticised(figures)
    return {mention.rule: mention for mention in pair[0]}, {mention.rule: mention for mention in pair[1]}


def share(decisions: Decisions) -> float:
    return decisions.within_promised / decisions.decided


def expected(figures: Figures) -> dict[str, set[str]]:
    """What each rule names, by walking through the lines one by one."""
    return expected_by_share(figures) | expected_by_count(figures)


def expected_by_share(figures: Figures) -> dict[str, set[str]]:
    lines = {line.label.zh: line for line in figures.departments}
    shares = {unit: share(line.now.decisions) for unit, line in lines.items() if line.now.decisions.decided >= LEAST}
    rises = {
        unit: round((now - share(lines[unit].before.decisions)) * 100, 1)
        for unit, now in shares.items()
        if lines[unit].before.decisions.decided >= LEAST
    }
    high, low = equal(shares, max(shares.values(), default=0)), equal(shares, min(shares.values(), default=0))
    told = {
        "highest_share": {unit for unit in high if shares[unit] * 100 >= TARGET},
        "lowest_share": {unit for unit in low if shares[unit] * 100 < TARGET},
    }
    fallen = {unit for unit in equal(rises, min(rises.values(), default=0)) if rises[unit] <= -NOTABLE}
    told["largest_fall"] = set() if fallen & told["lowest_share"] else fallen
    risen = {unit for unit in equal(rises, max(rises.values(), default=0)) if rises[unit] >= NOTABLE}
    told["largest_rise"] = set() if any(risen & units for units in told.values()) else risen
    return {rule: units for rule, units in told.items() if units}


def expected_by_count(figures: Figures) -> dict[str, set[str]]:
    cards: dict[str, list[int]] = {}
    for card in figures.oversight.card_list:
        if figures.first_on <= card.shown_on and card.state != "withdrawn":
            cards.setdefault(card.department.zh, [0, 0])[card.colour == "yellow"] += 1
    counted = {
        "most_late": Counter(row.department.zh for row in figures.late),
        "unanswered": Counter(row.department.zh for row in figures.owed_answers),
        "overdue_orders": Counter(row.department.zh for row in figures.orders.told if row.is_overdue),
        "most_cards": cards,
    }
    return {rule: equal(counts, max(counts.values())) for rule, counts in counted.items() if counts}


def equal(values, value):  # type: ignore[no-untyped-def]
    return {unit for unit in values if values[unit] == value}


OF_COUNTIES = {"county_ahead", "county_behind"}


def test_each_rule_names_who_a_naive_count_finds(figures: Figures) -> None:
    good, bad = named(figures)
    told = {rule: set(mention.units) for rule, mention in {**good, **bad}.items() if rule not in OF_COUNTIES}
    assert told == expected(figures)
    assert set(good) <= {"highest_share", "largest_rise", "county_ahead"}


def test_figures_stand_beside_each_name(figures: Figures) -> None:
    good, bad = named(figures)
    lines = {line.label.zh: line.now.decisions for line in figures.departments}
    for rule, mention in {**good, **bad}.items():
        if rule in ("highest_share", "lowest_share", "largest_rise", "largest_fall"):
            for unit in mention.units[:MOST_NAMED]:
                decided, within = lines[unit].decided, lines[unit].within_promised
                assert f"{unit}办结{decided}件，按期{within}件（{within / decided:.1%}" in mention.text


def test_both_languages_name_the_same(figures: Figures) -> None:
    with in_language("en"):
        english = [mention.units for mention in (*praised(figures), *criticised(figures))]
    good, bad = named(figures)
    assert english == [mention.units for mention in (*good.values(), *bad.values())]


def decided(figures: Figures, *rows: tuple[int, int, int, int]) -> Figures:
    """The first departments with decisions, those in time, and both of the period before."""
    lines = list(figures.departments)
    for number, (now, within, then, within_then) in enumerate(rows):
        line: FigureLine = lines[number]
        lines[number] = replace(
            line,
            now=replace(line.now, decisions=Decisions(now, within, now)),
            before=replace(line.before, decisions=Decisions(then, within_then, then)),
        )
    return replace(figures, departments=tuple(lines))


def units(figures: Figures, *numbers: int) -> tuple[str, ...]:
    return tuple(figures.departments[number].label.zh for number in numbers)


def test_a_quiet_period_names_nobody(quiet: Figures) -> None:
    assert named(quiet) == ({}, {})


def test_equal_ones_are_all_named_the_one_that_decided_more_first(quiet: Figures) -> None:
    good, bad = named(decided(quiet, (4, 4, 0, 0), (9, 9, 0, 0), (4, 2, 0, 0), (8, 4, 0, 0), (2, 0, 0, 0)))
    assert good["highest_share"].units == units(quiet, 1, 0)
    assert bad["lowest_share"].units == units(quiet, 3, 2)


def test_more_than_have_room_are_counted(quiet: Figures) -> None:
    good, _bad = named(decided(quiet, *[(5, 5, 0, 0)] * (MOST_NAMED + 2)))
    assert len(good["highest_share"].units) == MOST_NAMED + 2
    assert "另有2个单位" in good["highest_share"].text


@pytest.mark.parametrize(("within", "rules"), [(94, {"lowest_share"}), (95, {"highest_share"})])
def test_the_target_parts_praise_from_criticism(quiet: Figures, within: int, rules: set[str]) -> None:
    good, bad = named(decided(quiet, (100, within, 0, 0)))
    assert {*good, *bad} == rules


def test_who_is_criticised_for_its_share_is_not_praised_for_its_rise(quiet: Figures) -> None:
    good, bad = named(decided(quiet, (10, 3, 10, 1), (10, 10, 10, 10)))
    assert bad["lowest_share"].units == units(quiet, 0) and "largest_rise" not in good


def test_a_rise_and_a_fall_of_others_are_told(quiet: Figures) -> None:
    rows = (20, 10, 0, 0), (20, 18, 20, 10), (20, 15, 20, 20), (20, 20, 0, 0)
    good, bad = named(decided(quiet, *rows))
    assert good["largest_rise"].units == units(quiet, 1) and "上升40.0个百分点" in good["largest_rise"].text
    assert bad["largest_fall"].units == units(quiet, 2) and "下降25.0个百分点" in bad["largest_fall"].text
    assert (
        "largest_fall" not in named(decided(quiet, (100, 50, 0, 0), (1000, 955, 1000, 1000)))[1]
    )  # four points and a half


def test_late_approvals_orders_and_answers_owed(quiet: Figures) -> None:
    first, second = (line.label for line in quiet.departments[:2])
    late = tuple(
        a_late_approval(unit, light=light) for unit, light in ((first, "red"), (second, "yellow"), (first, "yellow"))
    )
    owed = OwedAnswer("510400-2026-00001/A02", "甲", first, second, quiet.as_of_on)
    orders = (
        an_order("2026-1", second, is_overdue=True),
        an_order("2026-2", first, is_overdue=False),
    )
    busy = replace(quiet, late=late, owed_answers=(owed,), orders=replace(quiet.orders, told=orders))
    _good, bad = named(busy)
    assert {rule: mention.units for rule, mention in bad.items()} == {
        "most_late": (first.zh,),
        "unanswered": (second.zh,),
        "overdue_orders": (second.zh,),
    }
    assert bad["most_late"].text == f"{first.zh}2件，其中超法定时限1件。"


def test_one_red_card_weighs_more_than_yellow_ones_and_appeals_are_told(quiet: Figures) -> None:
    first, second = (line.label for line in quiet.departments[:2])
    cards: tuple[CardLine, ...] = (
        a_card(first, "red", quiet.last_on),
        *(a_card(second, "yellow", quiet.last_on) for _ in range(3)),
        a_card(second, "red", quiet.last_on, state="withdrawn"),
        a_card(second, "red", quiet.first_on - timedelta(days=1), state="upheld"),
    )
    objection = Objection("card", cards[0].ref, "甲", first, first, "red", quiet.last_on, quiet.last_on, is_raised=True)
    told = replace(quiet, oversight=replace(quiet.oversight, card_list=cards), objections=(objection,))
    mention = named(told)[1]["most_cards"]
    assert mention.units == (first.zh,)
    assert mention.text == f"{first.zh}红牌1张、黄牌0张（其中1张在申诉期内或异议处理中）。"


COUNTIES = [  # name, items, behind, share of the money paid
    (("甲", 20, 4, "0.9000"), ("乙", 20, 4, "0.5000"), ("丙", 30, 1, "0.7600"), ("丁", 30, 0, "0.7400")),
    (("甲", 20, 4, "0.9000"), ("乙", 20, 4, "0.9000")),
    (("甲", 20, 0, "0.1000"),),
]
AHEAD_AND_BEHIND = [({"甲"}, {"乙"}), (set(), {"甲", "乙"}), (set(), set())]


@pytest.mark.parametrize(("counties", "told"), zip(COUNTIES, AHEAD_AND_BEHIND, strict=True))
def test_counties_by_items_behind_and_money(
    quiet: Figures, counties: tuple[tuple[str, int, int, str], ...], told: tuple[set[str], set[str]]
) -> None:
    good, bad = named(replace(quiet, programme=a_chapter(counties, time_share="0.7500")))
    mentions = good.get("county_ahead"), bad.get("county_behind")
    assert tuple(set(mention.units) if mention else set() for mention in mentions) == told
    assert all(isinstance(county, ProgrammeCounty) for county in a_chapter(counties, "0.7500").counties)
