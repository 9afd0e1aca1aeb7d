"""Who acts by a token: until its end, for the units and by the moves that it was made for."""

from datetime import timedelta

import pytest

from approvals.accounts.actions import create_token
from approvals.accounts.actors import UNBOUND, Bounds
from approvals.accounts.identity import actor_of_token
from approvals.accounts.queries import person, tokens, unbound_programs
from approvals.accounts.units import unit_ids
from approvals.base.errors import Forbidden, Invalid
from approvals.imports.feed import Feed
from tests.support.builders import ITEMS, NOW, an_actor, an_approval, do, when

AN_HOUR = timedelta(hours=1)


def a_token(database, *, units=(), moves=(), ends_at=None, username="integration1"):
    with database.write() as tx:
        ids = unit_ids(tx)
        bounds = Bounds(frozenset(ids[name] for name in units), frozenset(moves))
        return create_token(tx, username, "a program", now=NOW, bounds=bounds, ends_at=ends_at)


def holder(database, token, now=NOW):
    with database.read() as tx:
        return actor_of_token(tx, token, now)


def send(database, token, by, move, on, given=None):
    line = {"id": f"{by}-{move}", "at": when("2026-03-03").isoformat(), "by": by, "move": move, "on": on}
    return next(Feed(database, lambda: NOW, holder(database, token)).take([line | {"with": given or {}}]))


def test_a_token_is_worth_nothing_from_its_end_on(database):
    token = a_token(database, ends_at=NOW + AN_HOUR)
    assert holder(database, token).username == "integration1"
    assert holder(database, token, NOW + AN_HOUR - timedelta(microseconds=1)) is not None
    assert holder(database, token, NOW + AN_HOUR) is None


def test_a_token_that_has_ended_already_is_not_made(database):
    with pytest.raises(Invalid):
        a_token(database, ends_at=NOW)


def test_a_token_without_bounds_speaks_for_everybody_as_ever(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
    token = a_token(database)
    assert holder(database, token).bounds == UNBOUND
    assert send(database, token, "window-a01", "accept", ref).outcome == "done"


def test_a_token_makes_no_other_moves_than_its_own(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
    token = a_token(database, moves=("accept", "grant"))
    refused = send(database, token, "window-a01", "notify_once", ref, ITEMS)
    assert (refused.outcome, refused.problem.status) == ("refused", 403)
    assert "accept, grant" in str(refused.problem)
    assert send(database, token, "window-a01", "accept", ref).outcome == "done"


def test_a_token_speaks_for_people_of_its_units_alone(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
        department = an_actor(tx, "window-a01").unit
    elsewhere, here = a_token(database, units=("市水利局", "市教育局")), a_token(database, units=(department,))
    refused = send(database, elsewhere, "window-a01", "accept", ref)
    assert refused.problem.status == 403
    assert department in str(refused.problem)
    assert send(database, here, "window-a01", "accept", ref).outcome == "done"


def test_a_persons_own_token_is_bound_as_well(database):
    with database.write() as tx:
        ref = an_approval(tx, "received")
    program = holder(database, a_token(database, moves=("accept",), username="window-a01"))
    with database.write() as tx:
        with pytest.raises(Forbidden):
            do(tx, program, "notify_once", ref, ITEMS)
        assert do(tx, program, "accept", ref).state == "accepted"


def test_tokens_that_lack_a_bound_are_told_while_they_run(database):
    a_token(database)
    a_token(database, units=("市水利局",), moves=("accept",), ends_at=NOW + AN_HOUR)
    a_token(database, units=("市水利局",), ends_at=NOW + AN_HOUR)
    a_token(database, username="owner1")
    with database.read() as tx:
        views = tokens(tx, person(tx, "integration1").id, NOW)
        assert [view.is_unbound for view in views] == [True, False, True]
        assert [unit.name for unit in views[1].units] == ["市水利局"]
        assert [view.id for view in unbound_programs(tx, NOW)] == [views[0].id, views[2].id]
        assert [view.id for view in unbound_programs(tx, NOW + AN_HOUR)] == [views[2].id]
