"""A unit decides on a project of its own by two persons: the head agrees, somebody else makes the decision."""

from dataclasses import replace

import pytest

from approvals.accounts.actions import create_token
from approvals.accounts.identity import actor_of_token
from approvals.base.errors import Forbidden, Refused
from approvals.casefile.worklist.worklist import worklist
from approvals.windows.own_projects import agreement_of
from approvals.windows.queries import approval as approval_view
from approvals.windows.queries import open_to
from approvals.windows.queue import QueueFilter, queue
from tests.support.builders import NOW, START, a_role, an_actor, an_approval, approval_row, do, when
from tests.support.colleagues import a_colleague, an_applicant
from workflows.config.policy import load_policy

AGREED = {"decision": "grant", "opinion": "材料齐全，同意准予。"}
GRANT = {"document_no": "攀发改〔2026〕1号"}
REFUSE = {"reason": "不符合规划"}


def an_own(tx, state="accepted", at=START):
    """An approval of a project that the deciding unit applied for."""
    applicant = an_applicant(tx)
    return an_approval(tx, state, owner=applicant, at=at)


def offered(tx, ref, username):
    actor = an_actor(tx, username)
    view = approval_view(tx, *ref.split("/"), actor, START.date())
    return {move.name for move in open_to(tx, view, actor)}


def state_of(tx, ref):
    return approval_row(tx, *ref.split("/")).state


def test_no_decision_is_made_before_the_head_agreed(database):
    with database.write() as tx:
        ref = an_own(tx)
    for move, given in (("grant", GRANT), ("refuse", REFUSE)):
        with database.write() as tx, pytest.raises(Refused, match="head of the window must agree"):
            do(tx, "window-a01", move, ref, given)
    with database.write() as tx:
        assert state_of(tx, ref) == "accepted"
        do(tx, "head-a01", "agree", ref, AGREED)
        assert do(tx, "window-a01", "grant", ref, GRANT).state == "granted"


def test_the_head_agrees_to_one_decision_and_not_to_any(database):
    with database.write() as tx:
        ref = an_own(tx)
        do(tx, "head-a01", "agree", ref, AGREED)
    with database.write() as tx, pytest.raises(Refused):
        do(tx, "window-a01", "refuse", ref, REFUSE)
    with database.write() as tx:
        do(tx, "head-a01", "agree", ref, {"decision": "refuse"})
        assert agreement_of(tx, approval_row(tx, *ref.split("/"))).decision == "refuse"
        assert do(tx, "window-a01", "refuse", ref, REFUSE).state == "refused"


def test_who_agreed_does_not_decide_in_any_role(database):
    with database.write() as tx:
        ref, colleague = an_own(tx), a_colleague(tx)
        a_role(tx, "head-a01", "window")
        do(tx, "head-a01", "agree", ref, AGREED)
    with database.write() as tx, pytest.raises(Forbidden, match="Someone else"):
        do(tx, "head-a01", "grant", ref, GRANT)
    with database.write() as tx:
        assert do(tx, colleague, "grant", ref, GRANT).state == "granted"


def test_a_program_does_not_make_both_halves(database):
    with database.write() as tx:
        ref = an_own(tx)
        tokens = [actor_of_token(tx, create_token(tx, "integration1", "", now=NOW), NOW) for _ in range(2)]
        head, window = (an_actor(tx, name) for name in ("head-a01", "window-a01"))
        do(tx, through(head, tokens[0]), "agree", ref, AGREED)
    with database.write() as tx, pytest.raises(Forbidden, match="two persons"):
        do(tx, through(window, tokens[1]), "grant", ref, GRANT)
    with database.write() as tx:
        assert do(tx, window, "grant", ref, GRANT).state == "granted"


def through(person, program):
    return replace(person, via=program.via)


def test_each_round_needs_a_word_of_its_own(database):
    with database.write() as tx:
        ref = an_own(tx)
        do(tx, "head-a01", "agree", ref, {"decision": "refuse"})
        do(tx, "window-a01", "refuse", ref, REFUSE)
        do(tx, "applicant-a01", "reapply", ref)
        for by, move in (("applicant-a01", "submit"), ("window-a01", "accept")):
            do(tx, by, move, ref)
    with database.write() as tx, pytest.raises(Refused):
        do(tx, "window-a01", "refuse", ref, REFUSE)


def test_foreign_projects_are_decided_as_ever(database):
    with database.write() as tx:
        ref = an_approval(tx, "accepted")
        assert "agree" not in offered(tx, ref, "head-a01")
    with database.write() as tx, pytest.raises(Refused, match="their own unit alone"):
        do(tx, "head-a01", "agree", ref, AGREED)
    with database.write() as tx:
        assert {"grant", "refuse"} <= offered(tx, ref, "window-a01")
        assert do(tx, "window-a01", "grant", ref, GRANT).state == "granted"


def test_what_happened_before_the_rule_comes_in_without_it(database):
    before = when("2025-12-29")
    assert before.date() < load_policy().head_agrees_from
    with database.write() as tx:
        assert state_of(tx, an_own(tx, "granted", at=before)) == "granted"


def test_each_is_offered_what_is_theirs_to_do(database):
    with database.write() as tx:
        ref = an_own(tx)
        assert "agree" in offered(tx, ref, "head-a01")
        assert offered(tx, ref, "window-a01").isdisjoint({"grant", "refuse"})
        assert kinds(tx, "head-a01") == ["agree"] and kinds(tx, "window-a01") == []
        do(tx, "head-a01", "agree", ref, AGREED)
        assert {"grant", "refuse"} <= offered(tx, ref, "window-a01")
        assert kinds(tx, "head-a01") == ["decide"] and kinds(tx, "window-a01") == ["decide"]


def kinds(tx, username):
    duties = worklist(tx, an_actor(tx, username), when("2026-03-03")).page.rows
    return [duty.kind.name for duty in duties if duty.kind.name in ("agree", "decide")]


def test_own_projects_are_a_list_of_their_own(database):
    with database.write() as tx:
        ref, other = an_own(tx), an_approval(tx, "accepted")
        head, centre = an_actor(tx, "head-a01"), an_actor(tx, "centre1")
        for reader in (head, centre):
            own = queue(tx, reader, QueueFilter(is_own=True), today=START.date()).page.rows
            assert [(row.approval.id, row.approval.is_own) for row in own] == [
                (approval_row(tx, *ref.split("/")).id, True)
            ]
            assert len(queue(tx, reader, QueueFilter(), today=START.date()).page.rows) == 2
        assert other != ref
