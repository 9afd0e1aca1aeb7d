"""What needs two persons: no programs of one account make both halves, whichever of its tokens they show."""

import pytest
from sqlalchemy import select

from approvals.accounts.actions import create_token, revoke_token
from approvals.accounts.actors import CLI, PAGE
from approvals.accounts.identity import actor_of_token
from approvals.accounts.queries import TOKEN
from approvals.base.errors import Forbidden
from approvals.history.second_persons import check_other_program
from approvals.imports.feed import Feed
from tests.support.builders import NOW, a_project, an_actor, an_approval, entries, when
from workflows.charts.registry import CHARTS

WHY = {"reason": "窗口录入日期有误，以纸质收件单为准"}
# Both halves of everything for which the product asks two persons, as the charts are to name them.
PAIRS = {
    ("correction", "confirm_correction"): ("propose_correction",),
    ("correction", "decline_correction"): ("propose_correction",),
    ("project", "confirm_amendment"): ("amend",),
    ("project", "decline_amendment"): ("amend",),
    ("item", "confirm_replan"): ("replan",),
    ("item", "confirm_days"): ("divide_days",),
    ("entry", "confirm_amendment"): ("amend_entry",),
    ("entry", "decline_amendment"): ("amend_entry",),
    ("word", "sign_word"): ("write_word", "rewrite_word"),
    ("deduction", "uphold_deduction"): ("notify_deduction",),
    ("deduction", "revoke_deduction"): ("notify_deduction",),
}


def a_program(database, username="integration1"):
    """A speaker with a token of its own, who runs the feed."""
    with database.write() as tx:
        return actor_of_token(tx, create_token(tx, username, "a program", now=NOW), NOW)


def send(database, speaker, by, move, on, given, time="10:00", day="2026-03-12"):
    """One line of the feed; what came of it."""
    line = {"id": f"{by}-{move}-{time}", "at": when(day, time).isoformat(), "by": by, "move": move, "on": on}
    return next(Feed(database, lambda: NOW, speaker).take([line | {"with": given}]))


@pytest.fixture
def submitted(database):
    """An approval whose receipt can be corrected, and the values of a proposal."""
    with database.write() as tx:
        ref = an_approval(tx, "received")
        numbers = [entry.seq for entry in entries(tx, ref.partition("/")[0]) if entry.move == "submit"]
    return ref, {"entry": numbers[-1], "right_on": "2026-03-03"} | WHY


def test_the_charts_name_the_halves():
    named = {(chart.name, move.name): move.second_to for chart in CHARTS.values() for move in chart.moves}
    assert {pair: first for pair, first in named.items() if first} == PAIRS
    assert all(CHARTS[chart].move(first) for (chart, _), firsts in PAIRS.items() for first in firsts)


def test_one_token_does_not_confirm_the_correction_that_it_asked_for(database, submitted):
    ref, proposal = submitted
    program = a_program(database)
    assert send(database, program, "window-a01", "propose_correction", ref, proposal).outcome == "done"
    outcome = send(database, program, "head-a01", "confirm_correction", ref, {}, "11:00")
    assert (outcome.outcome, outcome.problem.status) == ("refused", 403)
    assert "two persons" in str(outcome.problem)
    assert send(database, program, "head-a01", "decline_correction", ref, WHY, "11:00").problem.status == 403
    assert send(database, None, "head-a01", "confirm_correction", ref, {}, "11:00").outcome == "done"


def test_nor_does_a_renewed_token_of_the_same_account(database, submitted):
    ref, proposal = submitted
    send(database, a_program(database), "window-a01", "propose_correction", ref, proposal)
    with database.write() as tx:
        former = tx.execute(select(TOKEN.c.id)).scalar_one()
        revoke_token(tx, "integration1", former, by=an_actor(tx, "sysadmin1"), now=NOW)
    renewed = a_program(database)
    assert send(database, renewed, "head-a01", "confirm_correction", ref, {}, "11:00").problem.status == 403


def test_programs_of_two_accounts_are_two(database, submitted):
    ref, proposal = submitted
    send(database, a_program(database), "window-a01", "propose_correction", ref, proposal)
    head = a_program(database, "head-a01")
    assert send(database, head, "head-a01", "confirm_correction", ref, {}, "12:00", "2026-11-20").outcome == "done"


def test_an_amendment_is_not_confirmed_by_the_token_that_sent_it(database):
    with database.write() as tx:
        ref = a_project(tx, "registered")
    program = a_program(database)
    change = {"name": "新建小学教学楼及操场", "reason": "立项批复的名称已变"}
    assert send(database, program, "owner1", "amend", ref, change).outcome == "done"
    assert send(database, program, "centre1", "confirm_amendment", ref, {}, "11:00").problem.status == 403
    assert send(database, program, "owner1", "take_back_amendment", ref, {}, "11:00").outcome == "done"


@pytest.mark.parametrize("via", [PAGE, CLI])
def test_pages_and_the_command_line_make_the_second_half_of_what_a_program_began(database, submitted, via):
    ref, proposal = submitted
    send(database, a_program(database), "window-a01", "propose_correction", ref, proposal)
    with database.write() as tx:
        first = entries(tx, ref.partition("/")[0])[-1].via
        assert first.startswith("token:")
        check_other_program(tx, first, an_actor(tx, "head-a01"))
        check_other_program(tx, via, a_program_in(tx))
        with pytest.raises(Forbidden):
            check_other_program(tx, first, a_program_in(tx))


def a_program_in(tx):
    return actor_of_token(tx, create_token(tx, "integration1", "another", now=NOW), NOW)
