"""Who may answer which escalation, in every state and at every level."""

from dataclasses import replace

import pytest

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.supervision.sweep import sweep
from tests.support.builders import GIVEN, NOW, a_database, an_actor, an_approval, do, when
from tests.support.expected_charts import ESCALATION_STATES, LEVEL_OF, PEOPLE, ROLES, SEE_NO_PROJECT
from tests.support.extent import ENGINES
from tests.support.trying import outcome

LEVELS = (1, 2, 3, 4)
# On the close of these days an approval that was accepted on Monday, 2 March stands at this level and no higher.
ALARMED = {1: "2026-03-06", 2: "2026-03-10", 3: "2026-03-14", 4: "2026-03-19"}
ANSWERER = {1: "window-a01", 2: "centre1", 3: "office1", 4: "leader1"}


@pytest.fixture(scope="module", params=ENGINES)
def standing(request, make_database):
    """For each level the reference of an approval whose escalation there is raised, answered or closed."""
    database = a_database(make_database(request.param))
    refs = {}
    for level, day in ALARMED.items():
        with database.write() as tx:
            for state in ("raised", "answered", "closed"):
                refs[level, state] = an_approval(tx, "accepted")
        sweep(database, when(day), lambda: NOW)
        with database.write() as tx:
            values = GIVEN["answer"] | {"level": level}
            do(tx, ANSWERER[level], "answer", refs[level, "answered"], values, at=when(day, "10:00"))
            do(tx, "window-a01", "grant", refs[level, "closed"], at=when(day, "11:00"))
    sweep(database, when(ALARMED[4]), lambda: NOW)
    with database.write() as tx:
        for level in LEVELS[:3]:
            refs[level, "lifted"] = an_approval(tx, "accepted")
    sweep(database, when(ALARMED[4]), lambda: NOW)
    yield database, refs
    database.close()


@pytest.fixture
def accepted(standing):
    """The database, and the reference of one more approval."""
    with standing[0].write() as tx:
        return standing[0], an_approval(tx, "accepted")


def answered(database, by, ref, level, day):
    values = GIVEN["answer"] | ({"level": level} if level else {})
    return outcome(database, by, "answer", ref, values, at=when(day, "20:00") if day else None)


def expected(role, level, state):
    if role in SEE_NO_PROJECT:
        return NotFound
    if LEVEL_OF.get(role) != level:
        return Forbidden
    return "answered" if state == "raised" else Refused


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("state", ESCALATION_STATES)
def test_an_escalation_is_answered_once_and_by_its_own_level(standing, level, state):
    database, refs = standing
    if (level, state) not in refs:
        assert (level, state) == (4, "lifted"), "the highest level does not lift"
        return
    ref = refs[level, state]
    if state == "raised" and level < 4:
        state = "lifted"  # these have climbed on meanwhile
    for role in ROLES:
        assert answered(database, PEOPLE[role], ref, level, day="") == expected(role, level, state), role


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("role", ROLES)
def test_a_raised_escalation_is_answered_by_its_own_level_alone(accepted, level, role):
    database, ref = accepted
    # The answer itself raises what is due by then: no sweep is waited for.
    assert answered(database, PEOPLE[role], ref, level, ALARMED[level]) == expected(role, level, "raised")


@pytest.mark.parametrize("level", LEVELS)
def test_with_no_level_said_it_is_the_one_at_the_answerers_own_level(accepted, level):
    database, ref = accepted
    assert answered(database, ANSWERER[level], ref, None, ALARMED[level]) == "answered"


@pytest.mark.parametrize("role", ROLES)
def test_an_answer_to_nothing_is_refused_by_role_first(standing, role):
    database, _ = standing
    with database.write() as tx:
        ref = an_approval(tx, "ready")
    problem = NotFound if role in LEVEL_OF or role in SEE_NO_PROJECT else Forbidden
    assert answered(database, PEOPLE[role], ref, LEVEL_OF.get(role, 1), "2026-03-02") == problem


def test_other_departments_and_owners_find_nothing_to_answer(accepted):
    database, ref = accepted
    for username in ("window-a05", "head-a05", "owner2"):
        assert answered(database, username, ref, 1, ALARMED[1]) == NotFound
    assert answered(database, "liaison1", ref, 2, ALARMED[2]) == Forbidden


def test_somebody_with_two_levels_answers_at_both(accepted):
    database, ref = accepted
    with database.read() as tx:
        officer = an_actor(tx, "office1")
    both = replace(officer, roles=frozenset({"supervision_office", "city_government"}))
    for level in (3, 4):
        assert answered(database, both, ref, level, ALARMED[level]) == "answered"


@pytest.mark.parametrize("move", ["raise", "lift", "close"])
def test_nobody_makes_the_moves_of_the_system(standing, move):
    database, refs = standing
    for role in ROLES:
        with pytest.raises(Invalid), database.write() as tx:
            do(tx, PEOPLE[role], move, refs[1, "raised"], {})


@pytest.mark.parametrize(
    "level", [0, 5, -1, "one", 1.5, True, [1], {"level": 1}, "1\x00", 10**30], ids=lambda level: repr(level)[:20]
)
def test_a_level_that_does_not_exist_is_an_invalid_one(standing, level):
    database, refs = standing
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        do(tx, "window-a01", "answer", refs[1, "raised"], GIVEN["answer"] | {"level": level})
    assert list(refusal.value.fields) == ["level"]


NOTHING_IS_DECIDED = ("2026-03-05", "2026-03-07", "2026-04-06", "2026-10-01")  # yesterday, Saturday, Qingming, holiday


@pytest.mark.parametrize("day", [*NOTHING_IS_DECIDED, "2026-03-06", "2026-03-09"])
def test_a_commitment_is_to_a_day_on_which_something_is_decided(accepted, day):
    database, ref = accepted
    values = {"reason": "专家出差", "commitment_on": day, "level": 1}
    result = outcome(database, "window-a01", "answer", ref, values, at=when(ALARMED[1], "10:00"))
    assert result == (Invalid if day in NOTHING_IS_DECIDED else "answered")


def test_a_make_up_day_can_be_committed_to(standing):
    database, _ = standing
    with database.write() as tx:
        ref = an_approval(tx, "accepted", at=when("2026-02-11"))
    values = {"reason": "专家出差", "commitment_on": "2026-02-28", "level": 2}  # by then it waits at this level as well
    assert outcome(database, "centre1", "answer", ref, values, at=when("2026-02-27", "10:00")) == "answered"
