"""Every move of a project by every role from every state, against the expected charts."""

from dataclasses import replace

import pytest

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.filing.actions import edit, file
from approvals.filing.views import SETTLING
from approvals.history.commands import Command, Reference
from approvals.projects.suspension import move_project_with_approvals
from approvals.triage.actions import sort
from tests.support.builders import GIVEN, NOW, a_database, a_project, a_ref, an_actor, do, entries, project_row
from tests.support.expected_charts import (
    BLIND_TO_PROJECTS,
    LIAISON,
    PEOPLE,
    PROJECT_MOVES,
    PROJECT_STATES,
    ROLES,
    SAME,
    SYSTEM,
)
from tests.support.extent import ENGINES
from tests.support.trying import outcome

MOVES = [move for move in PROJECT_MOVES if move != "draft"]
ACCOMPANIED = ("registered", "suspended", "completed", "withdrawn")  # states of the projects that have a liaison
OTHERS = {"owner": "owner2"}  # somebody of the same role who has nothing to do with the project


@pytest.fixture(scope="module", params=ENGINES)
def projects(request, make_database):
    """A database with a project of owner1 in each state."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        refs = {state: a_project(tx, state) for state in PROJECT_STATES}
    yield database, refs
    database.close()


def expected(role, move, state):
    sources, target, by = PROJECT_MOVES[move]
    if by == (SYSTEM,):
        return Invalid
    if role in BLIND_TO_PROJECTS:
        return NotFound
    if role not in by or (role == LIAISON and state not in ACCOMPANIED):
        return Forbidden
    if state not in sources:
        return Refused
    if move == "end_joint" or move in SETTLING:
        return Refused  # none of these projects has two units, and in none a change waits
    return state if target == SAME else target


@pytest.mark.parametrize("move", MOVES)
def test_each_role_may_make_a_move_from_the_states_of_the_street_and_no_other(projects, move):
    database, refs = projects
    for role in ROLES:
        for state in PROJECT_STATES:
            result = outcome(database, PEOPLE[role], move, refs[state], at=NOW, row=project_row)
            assert result == expected(role, move, state), (role, state)


@pytest.mark.parametrize("role", ROLES)
def test_only_an_owner_drafts(projects, role):
    database, _ = projects
    assert outcome(database, PEOPLE[role], "draft", a_ref(), at=NOW) == ("drafted" if role == "owner" else Forbidden)


@pytest.mark.parametrize("move", MOVES)
def test_the_owner_of_another_unit_finds_nothing_to_move(projects, move):
    database, refs = projects
    for state in PROJECT_STATES:
        answer = Invalid if PROJECT_MOVES[move][2] == (SYSTEM,) else NotFound
        assert outcome(database, "owner2", move, refs[state], at=NOW) == answer, state


def test_an_unknown_move_is_an_invalid_one_for_everybody(projects):
    database, refs = projects
    for move in ("abolish", "complete", "grant", "submit", "raise", ""):
        assert outcome(database, "owner1", move, refs["filed"], {}, at=NOW) == Invalid


@pytest.mark.parametrize("ref", ["ext-none", "510400-2026-99999", "p-0123456789abcdef", "", "…", "a" * 5000])
def test_a_project_that_does_not_exist_is_not_found(projects, ref):
    database, _ = projects
    for role in ROLES:
        assert outcome(database, PEOPLE[role], "file", ref, at=NOW) == NotFound, role


@pytest.mark.parametrize("ref", ["ext-\x00", "510400-2026-00001\x00", "\ud800"])
def test_a_reference_that_no_database_can_hold_is_not_found(projects, ref):
    database, _ = projects
    with database.write() as tx:
        actor = an_actor(tx, "owner1")
    for role in ("owner", "supervision_office"):
        assert outcome(database, PEOPLE[role], "file", ref, at=NOW) == NotFound
    with pytest.raises(NotFound), database.write() as tx:
        file(tx, Command("file", Reference("project", ref), {}, actor, NOW))


@pytest.mark.parametrize("move", [m for m in MOVES if SYSTEM not in PROJECT_MOVES[m][2]])
def test_a_refused_move_leaves_no_trace(projects, move):
    database, refs = projects
    with database.read() as tx:
        before = {state: (project_row(tx, ref), entries(tx, ref)) for state, ref in refs.items()}
    for role in (*PROJECT_MOVES[move][2], "liaison", "auditor"):
        for state in PROJECT_STATES:
            if isinstance(expected(role, move, state), type):
                with pytest.raises((Refused, Forbidden, NotFound)), database.write() as tx:
                    do(tx, PEOPLE[role], move, refs[state])
    with database.read() as tx:
        assert {state: (project_row(tx, ref), entries(tx, ref)) for state, ref in refs.items()} == before


@pytest.mark.parametrize(
    ("action", "move", "by"),
    [
        (edit, "complete", "owner1"),
        (sort, "complete", "office1"),
        (move_project_with_approvals, "complete", "owner1"),
    ],
)
def test_an_action_makes_no_move_of_the_system_for_a_person(projects, action, move, by):
    database, refs = projects
    with pytest.raises((Forbidden, Invalid)), database.write() as tx:
        on = Reference("project", refs["registered"])
        action(tx, Command(move, on, GIVEN.get(move, {}), an_actor(tx, by), NOW))


# Nobody decides a filing of their own unit.


@pytest.mark.parametrize(("role", "move"), [
    ("supervision_office", "return_filing"), ("supervision_office", "decline"), ("supervision_office", "classify"),
    ("supervision_office", "divert"), ("supervision_office", "suspend"), ("supervision_office", "resume"),
    ("service_centre", "register"),
])  # fmt: skip
def test_nobody_decides_a_filing_of_their_own_unit(projects, role, move):
    database, refs = projects
    state = PROJECT_MOVES[move][0][0]
    with database.read() as tx:
        officer, owner = an_actor(tx, PEOPLE[role]), an_actor(tx, "owner1")
    at_home = replace(officer, unit_id=owner.unit_id, unit=owner.unit, roles=frozenset({role}))
    assert outcome(database, at_home, move, refs[state], at=NOW) == Forbidden
    assert outcome(database, officer, move, refs[state], at=NOW) == PROJECT_MOVES[move][1]


def test_holding_the_owners_role_too_does_not_help_to_decide_ones_own_filing(projects):
    database, refs = projects
    with database.read() as tx:
        both = replace(an_actor(tx, "owner1"), roles=frozenset({"owner", "supervision_office"}))
    assert outcome(database, both, "classify", refs["filed"], at=NOW) == Forbidden
    assert outcome(database, both, "withdraw", refs["filed"], at=NOW) == "withdrawn"
