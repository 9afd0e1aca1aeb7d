"""Every move of an approval by every role from every state, against the expected charts."""

import pytest

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.history.commands import Command, Reference
from approvals.registration.queries import approval_for
from approvals.windows.actions import act
from tests.support.builders import (
    GIVEN,
    NOW,
    a_database,
    a_project,
    an_actor,
    an_approval,
    approval_row,
    do,
    entries,
    finish,
    head,
    project_row,
    walk,
    when,
    window,
)
from tests.support.expected_charts import (
    APPROVAL_MOVES,
    APPROVAL_STATES,
    HANDLING,
    HEAD,
    OWED_MOVES,
    PEOPLE,
    ROLES,
    SAME,
    SEE_NO_PROJECT,
    SYSTEM,
    WINDOW,
)
from tests.support.extent import ENGINES
from tests.support.trying import Undone, outcome

# Beside the states: where a move that is made once a round was made already.
AGAIN = {"received": "noticed", "accepted": "extended", "granted": "delivered", "refused": "delivered refusal"}
STANDING = (*APPROVAL_STATES, *AGAIN.values())
DELIVERED = ("delivered", "delivered refusal")
ONCE = {"notify_once": ("noticed",), "extend": ("extended",), "deliver": DELIVERED}
ONCE |= dict.fromkeys(("assign", "take", "remind_window"), DELIVERED)  # nothing is left to be done


@pytest.fixture(scope="module", params=ENGINES)
def standing(request, make_database):
    """A database with an approval of owner1 in each state."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        refs = {state: an_approval(tx, state) for state in APPROVAL_STATES}
        refs |= {again: an_approval(tx, state) for state, again in AGAIN.items()}
        for again in AGAIN.values():
            moves = {"noticed": ("notify_once", "resubmit"), "extended": ("extend",)}.get(again, ("deliver",))
            walk(tx, refs[again].partition("/")[0], "A01", moves)
    yield database, refs
    database.close()


EVENING = when("2026-03-02", "20:00")


def who(role, ref):
    """Somebody of this role who has to do with this approval."""
    code = ref.partition("/")[2]
    return {WINDOW: window(code), HEAD: head(code)}.get(role, PEOPLE[role])


def expected(role, move, standing):
    """What comes of it while nothing is owed and the project is of another unit than the one that decides."""
    sources, target, by = APPROVAL_MOVES[move]
    state = next((state for state, again in AGAIN.items() if again == standing), standing)
    if by == (SYSTEM,):
        return Invalid
    if role in SEE_NO_PROJECT:
        return NotFound
    if role not in by:
        return Forbidden
    if state not in sources or standing in ONCE.get(move, ()):
        return Refused
    if move in (*OWED_MOVES, "agree") or (move == "notify_again" and standing != "noticed"):
        return Refused
    return state if target == SAME else target


@pytest.mark.parametrize("move", APPROVAL_MOVES)
def test_each_role_may_make_a_move_from_the_states_of_the_street_and_no_other(standing, move):
    database, refs = standing
    for role in ROLES:
        for state in STANDING:
            result = outcome(database, who(role, refs[state]), move, refs[state], at=EVENING, row=approval_row)
            assert result == expected(role, move, state), (role, state)


@pytest.mark.parametrize("move", APPROVAL_MOVES)
def test_who_has_nothing_to_do_with_a_project_finds_nothing_or_may_nothing(standing, move):
    database, refs = standing
    if APPROVAL_MOVES[move][2] == (SYSTEM,):
        return
    for state in STANDING:
        for stranger in ("owner2", "window-a05", "head-a05"):
            assert outcome(database, stranger, move, refs[state], at=EVENING) == NotFound, (stranger, state)
        # The other liaison sees the whole city and accompanies another project.
        assert outcome(database, "liaison2", move, refs[state], at=EVENING) == Forbidden, state


@pytest.mark.parametrize("move", ["open", "deem_accepted", "redate"])
def test_an_action_makes_no_move_of_the_system_for_a_person(standing, move):
    database, refs = standing
    for role in ROLES:
        for state in APPROVAL_STATES:
            with pytest.raises((Forbidden, NotFound)), database.write() as tx:
                actor = an_actor(tx, who(role, refs[state]))
                act(tx, Command(move, Reference("approval", *refs[state].split("/")), {}, actor, NOW))


@pytest.mark.parametrize("code", ["Z99", "a01", "A1", "", "A01/A01", "A01 ", "B07", "x" * 5000, "A\x0001", "\ud800"])
def test_an_item_that_is_not_planned_is_not_found(standing, code):
    database, refs = standing
    ref = refs["ready"].partition("/")[0]
    for role in ("owner", "liaison", "supervision_office", "auditor"):
        assert outcome(database, PEOPLE[role], "submit", f"{ref}/{code}", at=NOW) == NotFound
        with pytest.raises(NotFound), database.read() as tx:
            approval_for(tx, ref, code, an_actor(tx, PEOPLE[role]))


@pytest.mark.parametrize("move", [m for m in APPROVAL_MOVES if APPROVAL_MOVES[m][2] != (SYSTEM,)])
def test_a_refused_move_leaves_no_trace(standing, move):
    database, refs = standing

    def everything():
        with database.read() as tx:
            return {s: (approval_row(tx, *r.split("/")), entries(tx, r.partition("/")[0])) for s, r in refs.items()}

    before = everything()
    for role in (*APPROVAL_MOVES[move][2], "service_centre", "auditor"):
        for state in STANDING:
            if role != SYSTEM and isinstance(expected(role, move, state), type):
                with pytest.raises((Refused, Forbidden, NotFound)), database.write() as tx:
                    do(tx, who(role, refs[state]), move, refs[state], at=EVENING)
    assert everything() == before


@pytest.mark.parametrize("state", ["suspended", "withdrawn"])
@pytest.mark.parametrize(
    "move", [m for m in APPROVAL_MOVES if APPROVAL_MOVES[m][2] != (SYSTEM,) and m not in ("deliver", *HANDLING)]
)
def test_nothing_moves_at_the_windows_of_a_project_that_stands_still(standing, state, move):
    database, _ = standing
    source = APPROVAL_MOVES[move][0][0]
    with pytest.raises(Refused), database.write() as tx:
        ref = a_project(tx, "registered")
        if move == "notify_again":
            walk(tx, ref, "A01", ("submit", "notify_once", "resubmit"))
        else:
            an_approval(tx, source, ref=ref)
        do(tx, *{"suspended": ("office1", "suspend"), "withdrawn": ("owner1", "withdraw")}[state], ref)
        do(tx, who(APPROVAL_MOVES[move][2][0], f"{ref}/A01"), move, f"{ref}/A01")


@pytest.mark.parametrize("state", ["registered", "suspended", "withdrawn", "completed"])
@pytest.mark.parametrize("decision", ["granted", "refused"])
def test_a_decision_is_delivered_whatever_became_of_the_project(standing, state, decision):
    database, _ = standing
    if (state, decision) == ("completed", "refused"):
        return  # a project with a refused approval is not complete
    with database.write() as tx:
        ref = a_project(tx, "registered")
        an_approval(tx, decision, ref=ref)
        if state == "completed":
            finish(tx, ref)
        elif state != "registered":
            do(tx, *{"suspended": ("office1", "suspend"), "withdrawn": ("owner1", "withdraw")}[state], ref)
        assert project_row(tx, ref).state == state
        do(tx, window("A01"), "deliver", f"{ref}/A01")
        with pytest.raises(Refused):
            do(tx, window("A01"), "deliver", f"{ref}/A01")
        assert approval_row(tx, ref, "A01").delivered_on


def test_a_withdrawn_approval_is_taken_up_again_and_what_waits_for_it_goes_on(standing):
    database, _ = standing
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "withdraw_approval", "reapply"))
        row = approval_row(tx, ref, "A01")
        assert (row.state, row.round, row.received_on, row.due_on) == ("ready", 2, None, None)
        walk(tx, ref, "A01", ("submit", "notify_once", "resubmit", "accept", "grant"))
        assert approval_row(tx, ref, "A02").state == "ready"


def test_a_completed_project_is_not_opened_again_by_what_was_withdrawn_in_it(standing):
    database, _ = standing
    with database.write() as tx:
        ref = a_project(tx, "registered")
        finish(tx, ref, without=("D07",))
        walk(tx, ref, "D07", ("withdraw_approval",))
        assert project_row(tx, ref).state == "completed"
        with pytest.raises(Refused):
            do(tx, "owner1", "reapply", f"{ref}/D07")


@pytest.mark.parametrize("procedure", ["中止", "专家评审", "听证", "sabbatical"])
def test_only_a_procedure_that_the_item_lists_may_be_started_by_its_window(standing, procedure):
    database, refs = standing
    values = GIVEN["start_special"] | {"procedure": procedure}
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        do(tx, window("A01"), "start_special", refs["accepted"], values)
    assert list(refusal.value.fields) == ["procedure"]


@pytest.mark.parametrize(("code", "most"), [("A01", 10), ("A05", 5), ("A03", 10)])
def test_an_extension_is_at_most_half_of_the_legal_limit_and_never_over_ten(standing, code, most):
    database, _ = standing
    for days in (most + 1, most):
        try:
            with database.write() as tx:
                ref = a_project(tx, "registered")
                if code != "A01":
                    walk(tx, ref, "A01", ("submit", "accept", "grant"))
                walk(tx, ref, code, ("submit", "accept"))
                do(tx, head(code), "extend", f"{ref}/{code}", {"days": days, "reason": "情况复杂"})
                raise Undone
        except Undone:
            assert days == most
        except Invalid as refusal:
            assert days == most + 1 and list(refusal.fields) == ["days"]
