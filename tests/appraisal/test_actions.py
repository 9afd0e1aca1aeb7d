"""Who may do what about a deduction, in every state, and until when."""

import pytest
from sqlalchemy import select

from approvals.appraisal.proposals import propose_deductions
from approvals.appraisal.queries import WITH_UNIT, ref_of_deduction
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale
from approvals.history.record import NOTICE
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, a_role, an_approval, do, faults, when
from tests.support.expected_charts import DEDUCTION_MOVES, DEDUCTION_STATES, PEOPLE, ROLES, SEE_NO_PROJECT
from tests.support.extent import ENGINES
from tests.support.trying import outcome

PROPOSED, LAST, LATE = "2026-03-18", "2026-03-25", "2026-03-26"
PEOPLES_MOVES = tuple(name for name, (_, _, by) in DEDUCTION_MOVES.items() if by != ("system",))
TO_NOTIFIED = (("office1", "notify_deduction"),)
TO_OBJECTED = (*TO_NOTIFIED, ("head-a01", "object"))
TO_UPHELD = (*TO_OBJECTED, ("office2", "uphold_deduction"))
TO_APPEALED = (*TO_UPHELD, ("head-a01", "appeal_deduction"))
PATHS = {
    "proposed": (),
    "notified": TO_NOTIFIED,
    "objected": TO_OBJECTED,
    "upheld": TO_UPHELD,
    "appealed": TO_APPEALED,
    "confirmed": (*TO_APPEALED, ("leader1", "confirm_deduction")),
    "revoked": (("office1", "revoke_deduction"),),
}


@pytest.fixture(scope="module", params=ENGINES)
def standing(request, make_database):
    """For each state the address of a deduction in it."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        for _ in DEDUCTION_STATES:
            an_approval(tx)
        a_role(tx, "centre1", "supervision_office")
    sweep(database, when(PROPOSED, "00:01"), lambda: NOW)
    propose_deductions(database, lambda: when(PROPOSED))
    with database.write() as tx:
        refs = [ref_of_deduction(row) for row in tx.execute(WITH_UNIT)]
        addresses = {state: f"deductions/{ref}" for state, ref in zip(DEDUCTION_STATES, refs, strict=True)}
        steps = [(number, state) for state, path in PATHS.items() for number in range(len(path))]
        for number, state in sorted(steps):  # they stand in one chain, whose time runs on
            by, move = PATHS[state][number]
            do(tx, by.replace("office2", "centre1"), move, addresses[state], at=when(PROPOSED, f"{10 + number}:00"))
    yield database, addresses
    database.close()


def expected(role, move, state):
    sources, target, by = DEDUCTION_MOVES[move]
    if role in SEE_NO_PROJECT or role in ("owner", "finance"):
        return NotFound
    if role not in by:
        return Forbidden
    if state not in sources or (state == "objected" and role == "supervision_office"):  # office1 notified it
        return Refused
    return target


@pytest.mark.parametrize("move", PEOPLES_MOVES)
@pytest.mark.parametrize("state", DEDUCTION_STATES)
def test_every_role_tries_every_move_from_every_state(standing, state, move):
    database, refs = standing
    for role in ROLES:
        if PEOPLE[role] == "centre1":
            continue  # decides here for the office
        result = outcome(database, PEOPLE[role], move, refs[state], at=when(PROPOSED, "20:00"))
        assert result == expected(role, move, state), role


def test_who_notified_does_not_decide_on_the_objection(standing):
    database, refs = standing
    for move in ("uphold_deduction", "revoke_deduction"):
        assert outcome(database, "office1", move, refs["objected"], at=when(PROPOSED, "20:00")) is Refused
        assert outcome(database, "centre1", move, refs["objected"], at=when(PROPOSED, "20:00")) in ("upheld", "revoked")


@pytest.mark.parametrize("by", ["head-a05", "window-a05", "owner1"])
def test_another_unit_finds_no_deduction(standing, by):
    database, refs = standing
    assert outcome(database, by, "object", refs["notified"], at=when(PROPOSED, "20:00")) is NotFound


@pytest.mark.parametrize(("state", "move"), [("notified", "object"), ("upheld", "appeal_deduction")])
def test_an_objection_comes_in_time_on_the_last_day_and_too_late_on_the_next(standing, state, move):
    database, refs = standing
    assert outcome(database, "head-a01", move, refs[state], at=when(LAST, "23:59")) == DEDUCTION_MOVES[move][1]
    with pytest.raises(Refused, match=LAST), database.write() as tx:
        do(tx, "head-a01", move, refs[state], at=when(LATE, "00:00"))


@pytest.mark.parametrize(("move", "field"), [("object", "reasons"), ("appeal_deduction", "reasons")])
def test_an_objection_needs_a_reason(standing, move, field):
    database, refs = standing
    state = DEDUCTION_MOVES[move][0][0]
    assert outcome(database, "head-a01", move, refs[state], {}, at=when(PROPOSED, "20:00")) is Invalid
    assert outcome(database, "head-a01", move, refs[state], {field: []}, at=when(PROPOSED, "20:00")) is Invalid


@pytest.mark.parametrize("key", ["2026-99", "2025-1", "2026-8"])
def test_a_deduction_that_does_not_exist_is_not_found(standing, key):
    database, _ = standing
    assert outcome(database, "office1", "notify_deduction", f"deductions/{key}", at=when(PROPOSED, "20:00")) is NotFound


@pytest.mark.parametrize("move", ["propose_deduction", "void_deduction", "grant"])
def test_nobody_proposes_a_deduction_by_hand(standing, move):
    database, refs = standing
    for role in ROLES:
        assert outcome(database, PEOPLE[role], move, refs["proposed"], {}, at=when(PROPOSED, "20:00")) is Invalid


def test_an_old_version_is_stale(standing):
    database, refs = standing
    with pytest.raises(Stale), database.write() as tx:
        do(tx, "office1", "notify_deduction", refs["proposed"], at=when(PROPOSED, "20:00"), version=9)


def test_the_unit_and_the_leader_are_told(standing):
    database, _ = standing
    with database.read() as tx:
        told = tx.execute(select(NOTICE.c.move, NOTICE.c.audience).where(NOTICE.c.move.startswith("deduction.")))
        audiences = {}
        for move, audience in told:
            audiences.setdefault(move.removeprefix("deduction."), set()).add(audience)
    assert audiences["notify_deduction"] == {"window"}
    assert audiences["appeal_deduction"] == {"city_government"}
    assert audiences["object"] == audiences["propose_deduction"] == {"supervision_office"}


def test_the_record_holds(standing):
    assert faults(standing[0]) == []
