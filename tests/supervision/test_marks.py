"""The office changes the marks of a project: with its reason, in lists and reports from then on, not backwards."""

import pytest

from approvals.base.errors import Invalid, Refused
from approvals.history.queries import own_entries_of_project
from approvals.history.timeline import describe
from approvals.reports.figures.compilation import compile_month
from approvals.supervision.sweep import sweep
from tests.support.builders import (
    GIVEN,
    NOW,
    a_project,
    do,
    entries,
    escalation_rows,
    project_row,
    walk,
    when,
)

KEY = GIVEN["mark"] | {"key": True, "urgent": False, "practical_matter": True, "reason": "列入市级重点"}


def test_a_mark_stands_in_the_row_and_its_entry_says_what_stood_there_before(town):
    with town.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "office1", "mark", ref, KEY)
        row = project_row(tx, ref)
        told = describe(tx, own_entries_of_project(tx, row.id))[-1]
    assert (row.is_key, row.is_urgent, row.is_practical_matter) == (True, False, True)
    views = {
        fact.word.name: (fact.before and fact.before.en, getattr(fact.value, "en", fact.value)) for fact in told.facts
    }
    assert views == {"key": ("No", "Yes"), "reason": (None, "列入市级重点")}


def test_marks_that_the_project_has_already_are_refused_and_so_are_marks_without_a_reason(town):
    with town.write() as tx:
        ref = a_project(tx, "registered")
    for wrong, refusal in (({"key": False}, Refused), ({"reason": ""}, Invalid), ({"reason": None}, Invalid)):
        with pytest.raises(refusal), town.write() as tx:
            do(tx, "office1", "mark", ref, KEY | wrong)


def test_a_project_is_among_the_key_ones_of_the_months_at_whose_end_it_was_marked(database):
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        do(tx, "office1", "mark", ref, KEY, at=when("2026-04-10"))
        do(tx, "office1", "mark", ref, KEY | {"key": False}, at=when("2026-06-10"))
    with database.read() as tx:
        months = ("2026-03", "2026-04", "2026-05", "2026-06")
        listed = [[project.is_key for project in compile_month(tx, month).key_projects] for month in months]
    assert listed == [[], [True], [True], []]


def test_what_was_due_before_the_mark_has_the_time_to_answer_of_that_day_and_the_rest_the_new_one(database):
    """A01 was accepted on 2 March; without a sweep in between it became key on the 11th, a day after yellow."""
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, ref, "A01", ("submit", "accept"))
        do(tx, "office1", "mark", ref, KEY, at=when("2026-03-11"))
        moves = [entry.move for entry in entries(tx, ref)][-4:]
    assert moves == ["raise", "raise", "show_card", "mark"]
    sweep(database, when("2026-03-16"), lambda: NOW)
    with database.read() as tx:
        due = [(row.level, str(row.raised_on), str(row.answer_due_on)) for row in escalation_rows(tx, ref, "A01")]
    assert due == [(1, "2026-03-06", "2026-03-11"), (2, "2026-03-10", "2026-03-13"), (3, "2026-03-14", "2026-03-16")]
