"""Whoever looks at a project reads what can happen next: its owner's list and page, its casefile, in every state."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Refused
from approvals.base.moments import day_of
from approvals.casefile.forecast_views import WORKS_NAME
from approvals.casefile.owner.detail import own_project_view
from approvals.casefile.owner.list import STUCK, WORKS, OwnFilter, Todo, own_projects
from approvals.casefile.project_detail import casefile
from approvals.liaisons.project_summary import summary_of
from approvals.registration.queries import APPROVALS
from tests.support.builders import NOW, a_database, a_project, an_actor, do, permit_works, project_row, walk
from tests.support.extent import effort
from workflows.rules.next_steps import next_steps

TODAY = day_of(NOW)
CODES = ("A01", "A02", "A03", "A05", "A07")
STATES = ("waiting", "ready", "received", "correcting", "accepted", "granted", "refused", "not_accepted", "withdrawn")
DAYS = {"received_on": TODAY, "accepted_on": TODAY, "decided_on": TODAY, "document_no": "1"}
plans = st.tuples(*(st.sampled_from(STATES) for _ in CODES))


@pytest.fixture
def street(database_url: str) -> Iterator[tuple[Connection, str]]:
    """A project with five approvals, whose states are set without any move."""
    database = a_database(database_url)
    with database.write() as tx:
        ref = a_project(tx, "registered")
        tx.execute(APPROVALS.delete().where(APPROVALS.c.code.not_in(CODES)))
        yield tx, ref
    database.close()


@settings(max_examples=effort(60, 1000))
@given(plan=plans)
def test_pages_say_who_can_move_a_project_on(street: tuple[Connection, str], plan: tuple[str, ...]) -> None:
    tx, ref = street
    for code, state in zip(CODES, plan, strict=True):
        tx.execute(update(APPROVALS).where(APPROVALS.c.code == code).values(state=state, **DAYS))
    owner, office = an_actor(tx, "owner1"), an_actor(tx, "office1")
    view, whole = own_project_view(tx, ref, owner, TODAY), casefile(tx, ref, office, today=TODAY)
    [row] = own_projects(tx, owner, today=TODAY).rows
    steps = next_steps(
        "registered", [planned.planned.approval for planned in view.approvals if planned.planned.approval]
    )
    tasks = {code for codes in steps.todo.values() for code in codes}
    assert {item.planned.item.code for item in view.todo} == tasks
    assert {item.planned.item.code for item in view.in_hand} == set(steps.in_hand)
    assert {hold.approval.code for hold in (*whole.late, *whole.holds)} == tasks | set(steps.in_hand)
    assert row.is_waiting == bool(tasks) == bool(own_projects(tx, owner, OwnFilter(is_waiting=True), today=TODAY).rows)
    assert view.is_stuck == (view.words.words == STUCK) == (not (tasks or steps.in_hand or steps.optional))
    assert "liaison" in STUCK
    if not tasks:
        assert row.todo == (view.words,)
    if view.is_stuck or steps.blocked:
        assert whole.standstill
        assert whole.standstill.is_late


@pytest.mark.parametrize(
    ("state", "kind", "who", "move", "words"),
    [
        ("drafted", "construction", "owner1", "file", "submit the filing"),
        ("filed", "construction", "office1", "classify", "the supervision office classifies"),
        ("returned", "service", "owner1", "refile", "file again"),
        ("classified", "construction", "centre1", "register", "the service centre registers"),
        ("classified", "service", "office1", "divert", "the supervision office diverts"),
        ("suspended", "construction", "office1", "resume", "the supervision office resumes"),
    ],
)
def test_whoever_is_named_as_next_can_make_the_move(
    database: Database, state: str, kind: str, who: str, move: str, words: str
) -> None:
    with database.write() as tx:
        ref = a_project(tx, state, kind=kind)
        owner = an_actor(tx, "owner1")
        view = own_project_view(tx, ref, owner, TODAY)
        [row] = own_projects(tx, owner, today=TODAY).rows
        assert words in view.words.words
        assert view.holder
        assert row.todo == (view.words,)
        office = {"office1": "Supervision office", "centre1": "Service centre", "owner1": "You"}[who]
        assert [holder.en for holder in row.holders] == [office]
        do(tx, who, move, ref)


@pytest.mark.parametrize("state", ["withdrawn", "completed", "diverted", "declined"])
def test_a_closed_project_offers_and_counts_nothing(database: Database, state: str) -> None:
    with database.write() as tx:
        ref = a_project(tx, state)
        owner = an_actor(tx, "owner1")
        view = own_project_view(tx, ref, owner, TODAY)
        project = view.project
        assert (view.todo, view.is_stuck, view.blocked) == ((), False, "")
        assert not summary_of(tx, project, owner, NOW).may_ask
        assert [clock for clock in view.spent.stages.values() if not clock.reading.ended_on] == []
        with pytest.raises((Refused, Forbidden)):
            do(tx, "owner1", "ask", f"{ref}/requests")


@pytest.mark.parametrize(
    ("who", "move", "words"),
    [("office1", "suspend", "the supervision office resumes"), ("owner1", "withdraw", "You withdrew it.")],
)
def test_a_project_that_stopped_before_its_works_ended_asks_no_owner_to_report_them(
    database: Database, who: str, move: str, words: str
) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        permit_works(tx, ref)
        owner = an_actor(tx, "owner1")
        [at_work] = own_projects(tx, owner, today=TODAY).rows
        assert (at_work.todo, WORKS_NAME in at_work.holders) == ((Todo(WORKS),), True)
        do(tx, who, move, ref)
        [row] = own_projects(tx, owner, today=TODAY).rows
        assert words in row.todo[0].words
        assert row.todo == (own_project_view(tx, ref, owner, TODAY).words,)
        assert WORKS_NAME not in row.holders


def test_an_owner_who_withdraws_what_others_wait_for_is_told_so(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        do(tx, "owner1", "withdraw_approval", f"{ref}/A01")
        owner, office = an_actor(tx, "owner1"), an_actor(tx, "office1")
        view, whole = own_project_view(tx, ref, owner, TODAY), casefile(tx, ref, office, today=TODAY)
        assert [item.planned.item.code for item in view.todo] == ["A01"]
        waiting = tx.execute(select(APPROVALS.c.code).where(APPROVALS.c.state == "waiting")).scalars().all()
        assert {name.split()[0] for name in view.blocked.split("、")} == set(waiting)
        assert whole.standstill
        assert whole.standstill.values["names"].startswith("A01")
        assert project_row(tx, ref).state == "registered"


def test_what_is_to_be_delivered_is_in_hand_after_the_project_was_withdrawn(database: Database) -> None:
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        do(tx, "owner1", "withdraw", ref)
        view = own_project_view(tx, ref, an_actor(tx, "owner1"), TODAY)
        assert [item.planned.item.code for item in view.in_hand] == ["A01"]
        whole = casefile(tx, ref, an_actor(tx, "office1"), today=TODAY)
        assert [hold.approval.code for hold in (*whole.late, *whole.holds)] == ["A01"]
        walk(tx, ref, "A01", ("deliver",))
        assert own_project_view(tx, ref, an_actor(tx, "owner1"), TODAY).in_hand == ()
