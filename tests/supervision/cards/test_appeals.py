"""Who may do what about a card, in every state, and until when."""

import pytest

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_database, an_approval, card_rows, do, entries, when
from tests.support.expected_charts import CARD_MOVES, CARD_STATES, PEOPLE, ROLES, SEE_NO_PROJECT
from tests.support.extent import ENGINES
from tests.support.trying import outcome

PEOPLES_MOVES = ("appeal", "uphold", "withdraw_card")
PATHS = {
    "shown": (),
    "appealed": (("head-a01", "appeal"),),
    "upheld": (("head-a01", "appeal"), ("office1", "uphold")),
    "withdrawn": (("office1", "withdraw_card"),),
}
SHOWN, LAST = "2026-03-10", "2026-03-17"  # of a card for the promise of an approval accepted on 2 March


@pytest.fixture(scope="module", params=ENGINES)
def standing(request, make_database):
    """For each state the address of a card in it."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        refs = {state: f"{an_approval(tx)}/cards/promised" for state in CARD_STATES}
    sweep(database, when(SHOWN), lambda: NOW)
    with database.write() as tx:
        for state, path in PATHS.items():
            for by, move in path:
                do(tx, by, move, refs[state], at=when(SHOWN, f"{10 + path.index((by, move))}:00"))
    yield database, refs
    database.close()


def expected(role, move, state):
    sources, target, by = CARD_MOVES[move]
    if role in SEE_NO_PROJECT:
        return NotFound
    if role not in by:
        return Forbidden
    return target if state in sources else Refused


@pytest.mark.parametrize("move", PEOPLES_MOVES)
@pytest.mark.parametrize("state", CARD_STATES)
def test_every_role_tries_every_move_from_every_state(standing, state, move):
    database, refs = standing
    for role in ROLES:
        result = outcome(database, PEOPLE[role], move, refs[state], at=when(SHOWN, "20:00"))
        assert result == expected(role, move, state), role


@pytest.mark.parametrize("by", ["head-a05", "window-a05", "owner2"])
def test_who_does_not_see_the_approval_finds_no_card(standing, by):
    database, refs = standing
    assert outcome(database, by, "appeal", refs["shown"], at=when(SHOWN, "20:00")) is NotFound


def test_an_appeal_comes_in_time_on_the_last_day_and_too_late_on_the_next(standing):
    database, refs = standing
    assert outcome(database, "head-a01", "appeal", refs["shown"], at=when(LAST, "23:59")) == "appealed"
    with pytest.raises(Refused, match=LAST), database.write() as tx:
        do(tx, "head-a01", "appeal", refs["shown"], at=when("2026-03-18", "00:00"))


def test_an_appeal_needs_no_sweep_to_find_its_card(standing):
    database, _ = standing
    with database.write() as tx:
        ref = an_approval(tx)
    assert outcome(database, "head-a01", "appeal", f"{ref}/cards/promised", at=when("2026-03-09", "23:00")) is NotFound
    assert outcome(database, "head-a01", "appeal", f"{ref}/cards/promised", at=when(SHOWN)) == "appealed"


@pytest.mark.parametrize("key", ["promised-2", "legal", "nothing", "promised-", "promised-x", "", "-1", "promised/1"])
def test_a_card_that_was_not_shown_is_not_found(standing, key):
    database, refs = standing
    ref = refs["shown"].removesuffix("promised") + key
    result = outcome(database, "head-a01", "appeal", ref, at=when(SHOWN, "20:00"))
    assert result is NotFound


@pytest.mark.parametrize("move", ["show_card", "grant", "raise", "nonsense"])
def test_nobody_makes_another_move_of_a_card(standing, move):
    database, refs = standing
    for role in ROLES:
        assert outcome(database, PEOPLE[role], move, refs["shown"], {}, at=when(SHOWN, "20:00")) is Invalid


@pytest.mark.parametrize("given", [{}, {"reasons": []}, {"reasons": "one"}, {"reasons": ["好"], "rule": "legal"}])
def test_an_appeal_needs_reasons_and_nothing_else(standing, given):
    database, refs = standing
    assert outcome(database, "head-a01", "appeal", refs["shown"], given, at=when(SHOWN, "20:00")) is Invalid


def test_all_of_it_is_in_the_record(standing):
    database, refs = standing
    ref, code = refs["upheld"].split("/")[:2]
    with database.read() as tx:
        recorded = [(e.move, e.role, e.actor) for e in entries(tx, ref) if e.subject == "card"]
        (card,) = card_rows(tx, ref, code)
    assert recorded == [
        ("show_card", "system", "system"),
        ("appeal", "window_head", "head-a01"),
        ("uphold", "supervision_office", "office1"),
    ]
    assert (card.version, str(card.appeal_by)) == (3, LAST)
