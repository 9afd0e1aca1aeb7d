"""A notice typed into a form reads like the file that it becomes, and a fault is told beside its row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.clock.calendar import load_calendar
from workflows.clock.holiday_notices import CalendarError, parse_notices
from workflows.clock.typed_notice import form_values, write_notice
from workflows.config import DATA

NEW_YEAR = {"first": "2027-01-01", "last": "2027-01-03", "name": "元旦", "en": "New Year's Day"}


def rewritten(notice):
    typed = form_values(notice)
    return parse_notices(
        write_notice(typed["year"], typed["source"], typed["days_off"], typed["makeup_workdays"]).check()
    )


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_notice_is_the_same_after_it_went_through_the_form(year):
    notice = load_calendar((DATA / "calendar.yaml").read_text(encoding="utf-8")).notice(year)
    assert rewritten(notice) == (notice,)


@pytest.mark.parametrize(
    ("year", "days_off", "makeup_workdays", "field", "problem"),
    [
        ("next year", [NEW_YEAR], [], "year", "bad_year"),
        ("2027", [NEW_YEAR, {"first": "2027-01-03"}], [], "days_off.1", "overlap"),
        ("2027", [NEW_YEAR, {"first": "2026-10-01"}], [], "days_off.1", "foreign_year"),
        ("2027", [{"first": "2027-01-03", "last": "2027-01-01"}], [], "days_off.0", "reversed"),
        ("2027", [NEW_YEAR, {"name": "春节"}], [], "days_off.1", "bad_day"),
        ("2027", [NEW_YEAR], [{"day": "2027-01-09"}, {"day": "2027-01-09"}], "makeup_workdays.1", "overlap"),
        ("2027", [NEW_YEAR], [{"day": "2027-01-02"}], "makeup_workdays.0", "contradiction"),
        ("2027", [NEW_YEAR], [{"day": "2027-01-09"}, {"day": "2027-01-11"}], "makeup_workdays.1", "weekday"),
        ("2027", [NEW_YEAR], [{"day": "2027-02-30"}], "makeup_workdays.0", "bad_day"),
    ],
)
def test_a_problem_names_its_field(year, days_off, makeup_workdays, field, problem):
    written = write_notice(year, "", days_off, makeup_workdays)
    with pytest.raises(CalendarError) as refused:
        written.check()
    assert (written.field_of(refused.value), refused.value.problem) == (field, problem)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_typed_is_refused_or_stands_in_the_notice_as_it_was_typed(source, name, first, last, day):
    rows = [NEW_YEAR | {"name": name}, {"first": first, "last": last}]
    written = write_notice("2027", source, rows, [{"day": day}])
    try:
        (notice,) = parse_notices(written.text)
    except CalendarError as error:
        assert written.field_of(error) in ("source", "days_off.0", "days_off.1", "makeup_workdays.0")
    else:
        assert (notice.source, notice.days_off[0].name) == (source, name)


@given(st.text(max_size=20).filter(str.isprintable), st.text(max_size=20).filter(str.isprintable))
def test_source_and_name_are_kept_letter_by_letter(source, name):
    (notice,) = parse_notices(write_notice("2027", source, [NEW_YEAR | {"name": name}], []).check())
    assert (notice.source, notice.days_off[0].name) == (source, name)
