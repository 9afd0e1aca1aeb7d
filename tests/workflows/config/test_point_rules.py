"""Rule books of deductions: read, checked, and chosen by the day."""

from datetime import date

import pytest

from workflows.charts.deduction_terms import EVENT_KINDS
from workflows.config import DATA
from workflows.config.point_rules import PointRulesError, book_on, load_point_rules, read_point_rules

TEXT = (DATA / "points.yaml").read_text(encoding="utf-8")
LATER = TEXT.replace('"2026-1"', '"2026-2"').replace("2025-12-25", "2026-06-20").replace("2026-01-01", "2026-07-01")


def test_the_citys_own_book_has_a_rule_for_every_event():
    [book] = load_point_rules()
    assert set(book.rules) == set(EVENT_KINDS)
    assert all(rule.points < 0 for rule in book.rules.values())


def test_a_days_events_count_by_the_edition_in_force_on_it():
    books = read_point_rules(TEXT + LATER)
    editions = {day: book_on(books, date.fromisoformat(day)) for day in ("2026-06-30", "2026-07-01", "2025-12-31")}
    assert [book and book.edition for book in editions.values()] == ["2026-1", "2026-2", None]
    assert book_on(books, date(2027, 1, 1)) is None, "each year has its own book"


def test_points_grow_with_full_days_up_to_the_cap_of_the_event():
    rule = load_point_rules()[0].rules["node_late"]
    assert [rule.points_for(days) for days in (9, 10, 19, 20, 50, 400)] == [0, -1, -1, -2, -5, -5]
    assert load_point_rules()[0].rules["red_card"].points_for() == -3


@pytest.mark.parametrize(
    ("line", "replacement", "words"),
    [
        ("yellow_card: {points: -1,", "yellow_card: {points: 1,", "points are taken off"),
        ("yellow_card: {points: -1,", "yellow_card: {points: 0,", "points are taken off"),
        ("yellow_card: {points: -1,", "yellow_card: {points: true,", "points are taken off"),
        ("yellow_card: {points: -1,", "yellow_card: {points: -0.5,", "points are taken off"),
        ("cap: -5", "cap: 0", "a cap of 0 would make the rule void"),
        ("cap: -5", "cap: 5", "a cap of 5 would make the rule void"),
        ("points: -1, each_days: 10, cap: -5", "points: -7, each_days: 10, cap: -5", "lies above the points"),
        ("    red_card:", "    purple_card:", "“purple_card” is not an event"),
        ("    red_card:", "    yellow_card:", "stands here twice"),
        ("each_days: 10, ", "", "each_days is a whole number"),
        ("each_days: 10", "each_days: 0", "each_days is a whole number"),
        ("red_card: {points: -3,", "red_card: {points: -3, each_days: 3,", "belongs to events that last"),
        ("red_card: {points: -3, whom: department", "red_card: {points: -3, whom: mayor", "whom is department"),
        ("red_card: {points: -3, whom: department", "red_card: {points: -3, who: department", "“who” is not known"),
        ("red_card: {points: -3, whom: department}", "red_card: {whom: department}", "points is missing"),
        ("red_card: {points: -3, whom: department}", "red_card: -3", "points, whom are needed"),
        ("from_on: 2026-01-01", "from_on: 2025-12-01", "never works backwards"),
        ("from_on: 2026-01-01", "from_on: 2027-01-01", "outside the year"),
        ("from_on: 2026-01-01", "from_on: soon", "is a day such as"),
        ("costs_nothing: [owner, ", "costs_nothing: [", "always cost nothing"),
        ("weather]", "wether]", "list of parties"),
        ("year: 2026", "year: next", "year is a whole number"),
        ('edition: "2026-1"', "edition: 1", "edition is a text"),
        ("year: 2026", "year: [2026", "not readable"),
    ],
)
def test_a_book_that_breaks_a_rule_is_refused_with_its_line(line, replacement, words):
    assert line in TEXT
    with pytest.raises(PointRulesError, match=words) as refusal:
        read_point_rules(TEXT.replace(line, replacement))
    assert str(refusal.value).startswith("line ")


@pytest.mark.parametrize("text", ["", "[]", "year: 2026", "- 2026", TEXT + TEXT, LATER + TEXT])
def test_what_is_no_list_of_editions_in_their_order_is_refused(text):
    with pytest.raises(PointRulesError):
        read_point_rules(text)


def test_two_editions_of_one_name_are_refused():
    with pytest.raises(PointRulesError, match="the same name"):
        read_point_rules(TEXT + LATER.replace('"2026-2"', '"2026-1"'))
