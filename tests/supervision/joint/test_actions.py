"""Double management: two units see, are asked, may escalate, and sign the month's word; nobody else gains anything."""

from datetime import timedelta

import pytest

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.base.moments import read_month
from approvals.casefile.project_detail import casefile
from approvals.filing.views import project, projects
from approvals.notifications.inbox import notices
from approvals.supervision.escalations.views import escalation, inbox
from approvals.supervision.joint.monthly_words import signed_words
from approvals.supervision.joint.views import joint_projects, owed_words
from approvals.supervision.sweep import sweep
from approvals.windows.queries import approval
from tests.support.builders import (
    GIVEN,
    NOW,
    START,
    a_project,
    an_actor,
    an_approval,
    do,
    entries,
    escalation_rows,
    project_row,
    when,
)

FIRST, SECOND, OTHER = "head-a02", "head-a05", "head-a03"  # the two units that GIVEN names, and a third
UNITS = {FIRST: "市自然资源局", SECOND: "市水利局"}


def a_joint_project(tx, state="registered", **fields):
    ref = a_project(tx, state, **fields)
    do(tx, "office1", "manage_jointly", ref)
    return ref


def sees(tx, username, ref):
    actor = an_actor(tx, username)
    try:
        return project(tx, ref, actor).external_ref == ref
    except NotFound:
        return False


@pytest.mark.parametrize("state", ["classified", "registered", "suspended"])
def test_both_units_see_the_project_from_then_on_and_no_longer_when_it_ends(town, state):
    with town.write() as tx:
        ref = a_project(tx, state)
        assert not sees(tx, FIRST, ref)
        do(tx, "office1", "manage_jointly", ref)
        assert sees(tx, FIRST, ref) and sees(tx, SECOND, ref)
        assert not any(sees(tx, username, ref) for username in (OTHER, "window-a02", "window-a05", "owner2"))
        do(tx, "office1", "end_joint", ref)
        assert not sees(tx, FIRST, ref) and not sees(tx, SECOND, ref)


def test_what_they_see_is_the_whole_casefile_each_approval_and_the_lists(database):
    with database.write() as tx:
        joint, other = a_joint_project(tx), a_project(tx, "registered")
        for username in UNITS:
            actor, today = an_actor(tx, username), NOW.date()
            assert [unit.name for unit in casefile(tx, joint, actor, today=today).joint] == list(UNITS.values())
            assert [row.external_ref for row in projects(tx, actor).rows] == [joint]
            assert approval(tx, joint, "A06", actor, today).code == "A06"
            with pytest.raises(NotFound):
                casefile(tx, other, actor, today=today)


def test_seeing_a_project_lets_nobody_act_for_another_department(town):
    with town.write() as tx:
        ref = an_approval(tx, "accepted", ref=a_joint_project(tx))
        for move in ("extend", "notify_again", "accept", "grant"):
            with pytest.raises(Forbidden):
                do(tx, SECOND, move, ref)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"second_unit": "市自然资源局"}, "second_unit"),
        ({"second_unit": "没有这个单位"}, "second_unit"),
        ({"first_unit": "市教育局"}, "first_unit"),  # nobody heads it
    ],
)
def test_there_are_two_units_that_exist_and_are_headed(town, given, field):
    with town.write() as tx:
        ref = a_project(tx, "registered")
        with pytest.raises(Invalid) as refused:
            do(tx, "office1", "manage_jointly", ref, GIVEN["manage_jointly"] | given)
        assert set(refused.value.fields) == {field}


NOT_THEIRS = {
    "manage_jointly": ("centre1", "leader1", FIRST, "owner1"),
    "raise_jointly": ("head-a01", "centre1", "office1", "leader1"),
    "sign_word": ("office1", "centre1", "liaison1", "owner1"),
}


@pytest.mark.parametrize("move", NOT_THEIRS)
def test_only_the_office_begins_and_only_the_two_units_escalate_and_sign(town, move):
    with town.write() as tx:
        ref = a_project(tx, "registered") if move == "manage_jointly" else a_joint_project(tx)
        if move == "raise_jointly":
            ref = an_approval(tx, "accepted", ref=ref)
        if move == "sign_word":
            ref = f"{ref}/words/2026-03"
            do(tx, FIRST, "write_word", ref)
        for username in NOT_THEIRS[move]:
            with pytest.raises((Forbidden, NotFound) if move == "manage_jointly" else Forbidden):
                do(tx, username, move, ref)


def test_it_is_begun_once_and_ended_once(town):
    with town.write() as tx:
        ref = a_joint_project(tx)
        with pytest.raises(Refused):
            do(tx, "office1", "manage_jointly", ref)
        do(tx, "office1", "end_joint", ref)
        with pytest.raises(Refused):
            do(tx, "office1", "end_joint", ref)
        assert [row.move for row in entries(tx, ref)][-2:] == ["manage_jointly", "end_joint"]


# Both are asked.


def a_late_approval(database, day):
    """`<ref>/A01` of a joint project, accepted on 2 March and swept on this day."""
    with database.write() as tx:
        ref = an_approval(tx, "accepted", ref=a_joint_project(tx))
    sweep(database, when(day), lambda: NOW)
    return ref


@pytest.mark.parametrize(("day", "level"), [("2026-03-06", 1), ("2026-03-10", 2)])
def test_both_heads_are_told_of_an_escalation_and_either_answers_it(database, day, level):
    refs = [a_late_approval(database, day) for _ in UNITS]
    with database.write() as tx:
        for username, ref in zip(UNITS, refs, strict=True):
            actor = an_actor(tx, username)
            number = project_row(tx, ref.partition("/")[0]).number
            raised = [row for row in notices(tx, actor).rows if row.move.name == "raise" and row.ref == number]
            assert len(raised) == level
            view = escalation(tx, *ref.split("/"), level, actor, today=when(day).date())
            assert "answer" in {move.name for move in view.moves}
            values = GIVEN["answer"] | {"level": level}
            assert do(tx, username, "answer", ref, values, at=when(day, "10:00")).state == "answered"
        with pytest.raises(NotFound):
            do(tx, OTHER, "answer", refs[0], GIVEN["answer"] | {"level": level}, at=when(day, "11:00"))


@pytest.mark.parametrize("level", [3, 4])
def test_above_the_second_level_only_the_level_itself_answers(database, level):
    day = {3: "2026-03-14", 4: "2026-03-19"}[level]
    ref = a_late_approval(database, day)
    with database.write() as tx, pytest.raises(Forbidden):
        do(tx, FIRST, "answer", ref, GIVEN["answer"] | {"level": level}, at=when(day, "10:00"))


def test_their_inbox_holds_what_both_are_asked_and_nothing_of_others(database):
    ref = a_late_approval(database, "2026-03-10")
    with database.write() as tx:
        an_approval(tx, "accepted")
    sweep(database, when("2026-03-10"), lambda: NOW)
    with database.read() as tx:
        for level in (1, 2):
            view = inbox(tx, an_actor(tx, SECOND), level, today=when("2026-03-10").date())
            number = project_row(tx, ref.partition("/")[0]).number
            assert [row.late.approval.ref for row in view.page.rows] == [f"{number}/A01"]
        assert [number for number, *_ in view.levels] == [1, 2]
        with pytest.raises(NotFound):
            inbox(tx, an_actor(tx, OTHER), 2, today=when("2026-03-10").date())


# Either may escalate by hand.


def test_either_raises_the_next_level_by_hand_each_once(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted", ref=a_joint_project(tx))
        for level, username in enumerate((FIRST, SECOND, FIRST, SECOND), 1):
            do(tx, username, "raise_jointly", ref)
            assert [row.level for row in escalation_rows(tx, *ref.split("/"))] == list(range(1, level + 1))
        with pytest.raises(Refused):
            do(tx, FIRST, "raise_jointly", ref)
    sweep(database, when("2026-03-31"), lambda: NOW)
    with database.read() as tx:
        assert [row.level for row in escalation_rows(tx, *ref.split("/"))] == [1, 2, 3, 4]


def test_what_was_raised_by_hand_lifts_unanswered_and_closes_with_the_decision(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted", ref=a_joint_project(tx))
        do(tx, FIRST, "raise_jointly", ref, at=START + timedelta(hours=1))
    sweep(database, when("2026-03-06"), lambda: NOW)  # three working days for an answer: 3, 4 and 5 March
    with database.write() as tx:
        assert [(row.level, row.state) for row in escalation_rows(tx, *ref.split("/"))] == [
            (1, "lifted"),
            (2, "raised"),
        ]
        do(tx, "window-a01", "grant", ref, at=when("2026-03-06", "15:00"))
    sweep(database, when("2026-03-07"), lambda: NOW)
    with database.read() as tx:
        assert {row.state for row in escalation_rows(tx, *ref.split("/"))} == {"closed"}


@pytest.mark.parametrize("state", ["ready", "received", "correcting", "granted", "refused"])
def test_only_what_is_accepted_and_undecided_is_escalated_by_hand(town, state):
    with town.write() as tx:
        ref = an_approval(tx, state, ref=a_joint_project(tx))
        with pytest.raises(Refused):
            do(tx, FIRST, "raise_jointly", ref)


# Both sign the month's word.


def test_one_writes_the_word_and_the_other_signs_it(database):
    with database.write() as tx:
        ref = a_joint_project(tx)
        word = f"{ref}/words/2026-03"
        assert do(tx, FIRST, "write_word", word).state == "written"
        with pytest.raises(Refused):
            do(tx, FIRST, "sign_word", word)
        assert do(tx, SECOND, "sign_word", word).state == "signed"
        assert do(tx, SECOND, "rewrite_word", word).state == "written"
        with pytest.raises(Refused):
            do(tx, SECOND, "sign_word", word)
        assert do(tx, FIRST, "sign_word", word).state == "signed"


def test_there_is_one_word_a_month_and_none_of_a_month_to_come_or_before_the_beginning(town):
    with town.write() as tx:
        ref = a_joint_project(tx)
        do(tx, FIRST, "write_word", f"{ref}/words/2026-03")
        for month, kind in (("2026-03", Refused), ("2026-02", Refused), ("2026-04", Refused), ("2026-13", NotFound)):
            with pytest.raises(kind):
                do(tx, SECOND, "write_word", f"{ref}/words/{month}")


def test_a_word_without_both_signatures_is_missing_after_the_fifth_working_day(database):
    with database.write() as tx:
        ref = a_joint_project(tx)
        do(tx, FIRST, "write_word", f"{ref}/words/2026-03")
        office = an_actor(tx, "office1")
        last, after = when("2026-04-08").date(), when("2026-04-09").date()  # Qingming is a day off: 1, 2, 3, 7, 8 April
        assert [row.missing for row in joint_projects(tx, office, today=last)] == [()]
        assert [row.missing for row in joint_projects(tx, office, today=after)] == [("2026-03",)]
        head = an_actor(tx, FIRST)
        assert [row.missing for row in owed_words(tx, head, after)] == [("2026-03",)]
        do(tx, SECOND, "sign_word", f"{ref}/words/2026-03", at=when("2026-04-09"))
        assert owed_words(tx, head, after) == []


def signed_word(tx, month, project_id):
    return signed_words(tx, read_month(month), read_month(month).ends_at)[project_id].signed


def test_the_report_prints_what_both_had_signed_by_the_end_of_the_month(database):
    with database.write() as tx:
        ref = a_joint_project(tx)
        key = project_row(tx, ref).id
        do(tx, FIRST, "write_word", f"{ref}/words/2026-03", at=when("2026-03-30"))
        do(tx, SECOND, "sign_word", f"{ref}/words/2026-03", at=when("2026-04-02"))
        do(tx, SECOND, "write_word", f"{ref}/words/2026-04", {"text": "四月"}, at=when("2026-04-29"))
        assert signed_word(tx, "2026-03", key) is None, "not signed by both within March"
        of_april = signed_word(tx, "2026-04", key)
        assert (str(of_april.month), of_april.units) == ("2026-03", tuple(UNITS.values()))
        do(tx, FIRST, "sign_word", f"{ref}/words/2026-04", at=when("2026-04-30"))
        assert signed_word(tx, "2026-04", key).text == "四月"
        do(tx, FIRST, "rewrite_word", f"{ref}/words/2026-04", at=when("2026-05-06"))
        assert signed_word(tx, "2026-04", key).text == "四月", "what is later changes no month"
