"""What a calendar file may say, and how a wrong one is refused with its line."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.clock.calendar import load_calendar
from workflows.clock.holiday_notices import CalendarError, Holiday, parse_notices, refuse_empty

GOOD = """\
years:
  2026:
    source: 国办发明电〔2025〕7号
    days_off: [2026-01-01, 2026-02-15..2026-02-23, {name: 国庆节, en: National Day, days: 2026-10-01..2026-10-07}]
    makeup_workdays: [2026-02-14]
"""


NAMING = ("missing", "unknown_key", "bad_year", "bad_day")  # problems whose text cites what was written


def a_year(*lines: str) -> str:
    return "\n".join(["years:", "  2026:", *("    " + line for line in lines)])


def test_days_ranges_and_named_holidays_stand_side_by_side():
    notice = load_calendar(GOOD).notice(2026)
    assert notice.days_off == (
        Holiday(date(2026, 1, 1), date(2026, 1, 1)),
        Holiday(date(2026, 2, 15), date(2026, 2, 23)),
        Holiday(date(2026, 10, 1), date(2026, 10, 7), "国庆节", "National Day"),
    )
    assert notice.makeup_workdays == (date(2026, 2, 14),)
    assert notice.source == "国办发明电〔2025〕7号"


def test_a_mapping_says_the_same_as_its_text():
    mapping = {
        "years": {
            2026: {
                "source": "国办发明电〔2025〕7号",
                "days_off": [
                    date(2026, 1, 1),
                    "2026-02-15..2026-02-23",
                    {"name": "国庆节", "en": "National Day", "days": "2026-10-01..2026-10-07"},
                ],
                "makeup_workdays": ["2026-02-14"],
            }
        }
    }
    assert load_calendar(mapping) == load_calendar(GOOD)


def test_make_up_days_and_source_may_be_missing():
    assert load_calendar("years: {2026: {days_off: []}}").published == {2026}


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        (a_year("days_off: [2026-05-01..2026-05-05, 2026-05-05]"), "overlap", 3),
        (a_year("days_off:", "- 2026-05-01..2026-05-05", "- {days: 2026-04-30..2026-05-01}"), "overlap", 5),
        (a_year("days_off: []", "makeup_workdays: [2026-05-09, 2026-05-09]"), "overlap", 4),
        (a_year("days_off: [2026-05-01..2026-05-05]", "makeup_workdays:", "- 2026-05-02"), "contradiction", 5),
        (a_year("makeup_workdays: [2026-05-02]", "days_off: [2026-05-02]"), "contradiction", 3),
        (a_year("days_off: []", "makeup_workdays: [2026-05-08]"), "weekday", 4),
        (a_year("days_off: [2025-05-01]"), "foreign_year", 3),
        (a_year("days_off: [2025-11-30]"), "foreign_year", 3),
        (a_year("days_off: [2026-12-31..2027-01-02]"), "foreign_year", 3),
        (a_year("days_off: []", "makeup_workdays: [2027-01-02]"), "foreign_year", 4),
        (a_year("days_off: [2026-05-05..2026-05-01]"), "reversed", 3),
        (a_year("days_off: [2026-02-30]"), "bad_day", 3),
        (a_year("days_off: [20260501]"), "bad_day", 3),
        (a_year("days_off: ['2026-W18-5']"), "bad_day", 3),
        (a_year("days_off: [２０２６-05-01]"), "bad_day", 3),
        (a_year("days_off: [2026-05-01...2026-05-05]"), "bad_day", 3),
        (a_year("days_off: ['']"), "bad_day", 3),
        (a_year("days_off: []", "makeup_workdays: [2026-05-09..2026-05-10]"), "bad_day", 4),
        (a_year("days_off: [[2026-05-01]]"), "no_text", 3),
        (a_year("days_off: 2026-05-01"), "no_list", 3),
        (a_year("days_off:"), "no_list", 3),
        (a_year("days_off: [{name: 劳动节}]"), "missing", 3),
        (a_year("days_off: [{days: 2026-05-01, nme: 劳动节}]"), "unknown_key", 3),
        (a_year("days_off: []", "days_of: []"), "unknown_key", 4),
        (a_year("makeup_workdays: []"), "missing", 3),
        (a_year("days_off: []", "source: [x]"), "no_text", 4),
        (a_year("days_off: []", 'source: "a\\0b"'), "unprintable", 4),
        (a_year("days_off: []", "source: " + "长" * 401), "long_text", 4),
        (a_year("days_off: []", "  2026:", "    days_off: []").replace("      2026", "  2026"), "repeated_key", 4),
        ("years:\n  26: {days_off: []}", "bad_year", 2),
        ("years:\n  1999: {days_off: []}", "bad_year", 2),
        ("years:\n  2101: {days_off: []}", "bad_year", 2),
        ("years:\n  next: {days_off: []}", "bad_year", 2),
        ("years: [2026]", "no_mapping", 1),
        ("year: {}", "unknown_key", 1),
        ("- years", "no_mapping", 1),
        ("years: {2026: &a [*a]}", "no_mapping", 1),
        ("", "missing", None),
        ("{}", "missing", 1),
        ("years: {2026: {days_off: [}}", "unreadable", 1),
        ("years:\n\t2026:", "unreadable", 2),
        ("years: \x00", "unreadable", None),
        ("[" * 20_000, "too_deep", None),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused_with_the_line(text, problem, line):
    with pytest.raises(CalendarError) as refused:
        load_calendar(text)
    assert (refused.value.problem, refused.value.line) == (problem, line), str(refused.value)
    if problem not in NAMING:
        assert set(re.findall(r"[A-Za-z]+", refused.value.text("zh"))) <= {"YAML"}


def test_a_refusal_speaks_both_languages():
    with pytest.raises(CalendarError) as refused:
        load_calendar(a_year("days_off: []", "makeup_workdays: [2026-05-08]"))
    assert str(refused.value) == "line 4: 2026-05-08 is a Monday to Friday and cannot be a make-up day"
    assert refused.value.text("zh") == "第4行：2026-05-08是周一至周五，不能作为调休上班日"


def test_a_year_without_any_day_is_no_notice():
    refuse_empty(parse_notices(GOOD))
    refuse_empty(parse_notices(a_year("days_off: []", "makeup_workdays: [2026-05-09]")))
    with pytest.raises(CalendarError) as refused:
        refuse_empty(parse_notices(GOOD.replace("2026", "2025").split("    source")[0] + "    days_off: []"))
    assert refused.value.text("zh") == "2025年的通知没有写明任何放假日和调休上班日"


def test_a_refused_mapping_names_no_line():
    with pytest.raises(CalendarError) as refused:
        load_calendar({"years": {2026: {"days_off": ["2025-05-01"]}}})
    assert refused.value.line is None
    assert str(refused.value) == "2025-05-01 lies neither in 2026 nor in the December before it"


@given(st.text(alphabet=st.sampled_from("years: 2026\n-[]{},.days_off01&*!\"'|>#%@`\t\x00"), max_size=80))
def test_any_text_is_a_calendar_or_a_refusal(text):
    try:
        load_calendar(text)
    except CalendarError as error:
        assert error.text("zh")
