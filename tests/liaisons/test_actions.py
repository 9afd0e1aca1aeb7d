"""Requests: who is responsible, until when, who may answer, and what climbs."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale
from approvals.history.record import NOTICE
from approvals.liaisons.on_call import SHIFTS
from approvals.liaisons.queries import REQUESTS
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, a_project, an_actor, do, entries, faults, project_row, when
from tests.support.concurrency import race
from tests.support.extent import ENGINES
from tests.support.trying import outcome

TEXT = {"text": "施工图审查需要哪些材料？"}
ANSWER = {"text": "施工图、计算书各一份，可先交电子版。"}


@pytest.fixture(scope="module", params=ENGINES)
def database(request, make_database):
    database = a_database(make_database(request.param))
    with database.write() as tx:
        on_duty(tx, "liaison2", when("2026-03-02", "17:30"), when("2026-03-03", "09:00"))
        on_duty(tx, "centre1", when("2026-03-03", "12:00"), when("2026-03-03", "13:30"))
    yield database
    assert faults(database) == []
    database.close()


def on_duty(tx, username, since, until):
    by = an_actor(tx, "centre1").id
    row = {"person_id": an_actor(tx, username).id, "from_at": since, "until_at": until, "entered_by_id": by}
    tx.execute(insert(SHIFTS), row | {"entered_at": since})


def a_registered(tx):
    return a_project(tx, "registered", at=when("2026-03-02", "08:00"))


def asked(tx, at, ref=""):
    """The reference of a request that owner1 made at this moment."""
    ref = ref or a_registered(tx)
    return do(tx, "owner1", "ask", f"{ref}/requests", TEXT, at=at).ref


def row_of(tx, on):
    ref, _, no = on.partition("/requests/")
    return tx.execute(
        select(REQUESTS).where(REQUESTS.c.project_id == project_row(tx, ref).id, REQUESTS.c.no == int(no))
    ).one()


def moves_of(tx, on):
    return [(e.move, e.at) for e in entries(tx, on.partition("/")[0]) if e.subject == "request"]


@pytest.mark.parametrize(
    ("day", "time", "username", "due"),
    [
        ("2026-03-02", "10:00", "liaison1", ("2026-03-02", "11:00")),
        ("2026-03-02", "17:00", "liaison1", ("2026-03-03", "09:30")),
        ("2026-03-02", "22:00", "liaison2", ("2026-03-03", "00:00")),
        ("2026-03-03", "12:15", "centre1", ("2026-03-03", "14:15")),
        ("2026-03-07", "10:00", "liaison1", ("2026-03-07", "12:00")),  # a Saturday with a gap in the roster
    ],
)
def test_the_liaison_answers_in_office_hours_and_the_officer_on_duty_otherwise(database, day, time, username, due):
    with database.write() as tx:
        row = row_of(tx, asked(tx, when(day, time)))
        assert row.responsible_id == an_actor(tx, username).id
        assert row.due_at == row.climbs_at == when(*due)


def test_liaison_and_officer_on_duty_hear_of_a_request_and_the_owner_of_the_answer(database):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "22:00"))
        do(tx, "liaison2", "answer", on, ANSWER, at=when("2026-03-02", "22:20"))
        project = project_row(tx, on.partition("/")[0])
        heard = tx.execute(
            select(NOTICE.c.move, NOTICE.c.audience, NOTICE.c.unit_id)
            .where(NOTICE.c.project_id == project.id, NOTICE.c.move.startswith("request."))
            .order_by(NOTICE.c.id)
        ).all()
        liaison, officer = an_actor(tx, "liaison1").id, an_actor(tx, "liaison2").id
        assert heard == [
            ("request.ask", "liaison", liaison),
            ("request.ask", "officer", officer),
            ("request.answer", "owner", an_actor(tx, "owner1").unit_id),
            ("request.answer", "liaison", liaison),
        ]


NIGHT, EVENING = ("2026-03-02", "22:00"), ("2026-03-02", "22:30")


@pytest.mark.parametrize(
    ("at_first", "username", "at", "problem"),
    [
        (NIGHT, "liaison1", EVENING, None),  # accompanies the project
        (NIGHT, "liaison2", EVENING, None),  # on duty
        (NIGHT, "liaison2", ("2026-03-03", "10:00"), None),  # was on duty when it was asked
        (NIGHT, "centre1", EVENING, None),
        (NIGHT, "office1", EVENING, Forbidden),
        (NIGHT, "owner1", EVENING, Forbidden),
        (NIGHT, "owner2", EVENING, NotFound),
        (NIGHT, "window-a01", EVENING, NotFound),
        (("2026-03-02", "10:00"), "liaison2", ("2026-03-02", "10:10"), Forbidden),  # neither accompanies nor is on duty
        (("2026-03-02", "10:00"), "liaison2", ("2026-03-02", "18:00"), None),  # on duty by then
    ],
)
def test_who_may_answer_what_was_asked(database, at_first, username, at, problem):
    with database.write() as tx:
        on = asked(tx, when(*at_first))
    assert outcome(database, username, "answer", on, ANSWER, at=when(*at)) == (problem or "answered")


def test_a_question_that_is_asked_again_has_a_new_limit_and_is_closed_when_it_is_answered(database):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
        do(tx, "liaison1", "answer", on, ANSWER, at=when("2026-03-02", "10:10"))
        do(tx, "owner1", "ask_again", on, TEXT, at=when("2026-03-02", "22:00"))
        assert row_of(tx, on).due_at == when("2026-03-03", "00:00")
        assert row_of(tx, on).responsible_id == an_actor(tx, "liaison2").id
        with pytest.raises(Refused):
            do(tx, "owner1", "close", on, {}, at=when("2026-03-02", "22:10"))
        do(tx, "liaison2", "answer", on, ANSWER, at=when("2026-03-02", "22:20"))
        assert do(tx, "owner1", "close", on, {}, at=when("2026-03-02", "22:30")).state == "closed"
        with pytest.raises(Refused):
            do(tx, "owner1", "ask_again", on, TEXT, at=when("2026-03-02", "22:40"))


def test_an_unanswered_request_climbs_once_at_the_very_moment_it_was_due(database):
    due = when("2026-03-02", "11:00")
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
    for at in (due - timedelta(seconds=1), due, due + timedelta(hours=5), NOW):
        sweep(database, at, lambda: NOW)
        with database.read() as tx:
            climbed = [moment for move, moment in moves_of(tx, on) if move == "climb"]
            assert climbed == ([due] if at >= due else [])
            assert row_of(tx, on).climbed_at == (due if at >= due else None)
            assert row_of(tx, on).state == "raised"
    with database.write() as tx:
        assert do(tx, "centre1", "answer", on, ANSWER, at=NOW).state == "answered"


def sweep_requests(database, wait, day):
    """Sweep to the end of this day together with others; how many requests climbed."""
    wait()
    return sweep(database, when(day, "23:00"), lambda: NOW)["climb"]


def test_several_sweeps_at_once_let_it_climb_once(database):
    with database.write() as tx:
        ons = [asked(tx, when("2026-03-04", "10:00")) for _ in range(5)]
    url = database.url.render_as_string(hide_password=False)
    assert sum(race(url, [(sweep_requests, ("2026-03-04",))] * 3)) == 5
    with database.read() as tx:
        assert all([move for move, _ in moves_of(tx, on)] == ["ask", "climb"] for on in ons)


@pytest.mark.parametrize(
    ("answered_at", "moves"),
    [
        ("15:00", [("ask", "10:00"), ("climb", "11:00"), ("answer", "15:00")]),
        ("11:00", [("ask", "10:00"), ("answer", "11:00")]),
    ],
)
def test_a_late_answer_comes_after_the_climbing_and_one_in_the_last_moment_is_in_time(database, answered_at, moves):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
        do(tx, "liaison1", "answer", on, ANSWER, at=when("2026-03-02", answered_at))
        assert moves_of(tx, on) == [(move, when("2026-03-02", time)) for move, time in moves]


@pytest.mark.parametrize("state", ["filed", "classified", "completed", "withdrawn"])
def test_only_a_project_that_is_accompanied_takes_requests(database, state):
    with database.write() as tx:
        ref = a_project(tx, state)
        with pytest.raises(Refused):
            do(tx, "owner1", "ask", f"{ref}/requests", TEXT)


@pytest.mark.parametrize("text", ["", " \n ", "长" * 4001, "a\0b", 7, None])
def test_a_question_without_words_or_with_too_many_is_refused(database, text):
    with database.write() as tx:
        ref = a_registered(tx)
        with pytest.raises(Invalid):
            do(tx, "owner1", "ask", f"{ref}/requests", {"text": text})


@pytest.mark.parametrize("no", ["0", "2", "-1", "9" * 30, "x", "", "1/1", "\0"])
def test_a_request_that_is_not_there_answers_404(database, no):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
        ref = on.partition("/")[0]
        with pytest.raises(NotFound):
            do(tx, "centre1", "answer", f"{ref}/requests/{no}", ANSWER)


def test_moves_that_people_cannot_make_are_refused(database):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
        for move in ("climb", "ask", "grant", "nonsense"):
            with pytest.raises(Invalid):
                do(tx, "centre1", move, on, {})


def test_somebody_who_looked_at_an_older_state_is_told(database):
    with database.write() as tx:
        on = asked(tx, when("2026-03-02", "10:00"))
        do(tx, "liaison1", "answer", on, ANSWER, at=when("2026-03-02", "10:05"))
        with pytest.raises(Stale):
            do(tx, "owner1", "ask_again", on, TEXT, at=when("2026-03-02", "10:10"), version=1)


def test_requests_of_a_project_are_numbered_from_one(database):
    with database.write() as tx:
        ref = a_registered(tx)
        refs = [asked(tx, when("2026-03-02", f"10:0{n}"), ref) for n in range(3)]
        number = project_row(tx, ref).number
        assert refs == [f"{number}/requests/{no}" for no in (1, 2, 3)]
