"""The record for pages: what one act recorded of several cases stands together, and nothing is lost by it."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from approvals.history.queries import entries_of_project
from approvals.history.timeline import EntryDescription, describe
from approvals.history.timeline_days import by_day
from tests.support.builders import a_database, a_project, do, project_row, walk, when

OF_EACH = {"seq": 0, "approval_id": None, "code": None, "item": None, "facts": (), "right_on": None}
START = when("2026-03-02", "10:00")


@pytest.fixture(scope="module")
def described(make_database):
    """Some entries of a lived project in words."""
    database = a_database(make_database("sqlite"))
    with database.write() as tx:
        a_project(tx, "registered", ref="mine")
        walk(tx, "mine", "A01", ("submit", "accept", "grant"))
        do(tx, "owner1", "withdraw", "mine")
        yield describe(tx, entries_of_project(tx, project_row(tx, "mine").id))
    database.close()


def shuffled(described: list[EntryDescription], rng: random.Random) -> list[EntryDescription]:
    """Forty entries of three moments and a few moves, so that runs of all lengths come about."""
    kinds = rng.sample(described, 3)
    return [
        replace(rng.choice(kinds), seq=seq, at=START + timedelta(minutes=rng.randrange(3)), code=rng.choice("ABC"))
        for seq in range(40)
    ]


def alike(one: EntryDescription, other: EntryDescription) -> bool:
    return replace(one, **OF_EACH) == replace(other, **OF_EACH)


@pytest.mark.parametrize("seed", range(20))
def test_acts_keep_every_entry_in_order_and_hold_three_or_more_that_are_alike(described, seed):
    happened = shuffled(described, random.Random(seed))
    day = by_day(happened)[0]

    assert [entry for act in day.acts for entry in act.entries] == sorted(
        happened, key=lambda entry: (entry.at, entry.seq), reverse=True
    )
    for act in day.acts:
        assert len(act.entries) == 1 or len(act.entries) >= 3
        assert all(alike(act.entries[0], entry) for entry in act.entries)
        assert act.codes == tuple(sorted({entry.code for entry in act.entries}))


@pytest.mark.parametrize("seed", range(20))
def test_three_entries_that_follow_one_another_and_are_alike_never_stand_apart(described, seed):
    acts = by_day(shuffled(described, random.Random(seed)))[0].acts
    for three in zip(acts, acts[1:], acts[2:], strict=False):
        together = [entry for act in three for entry in act.entries]
        assert not all(alike(together[0], entry) for entry in together)
    for one, other in pairwise(acts):
        assert not (one.is_merged and alike(one.entries[0], other.entries[0]))


def test_the_withdrawal_of_a_project_is_one_line_for_its_approvals(described):
    with_many = [act for day in by_day(described) for act in day.acts if act.is_merged]
    withdrawn = next(act for act in with_many if act.entries[0].move.name == "withdraw_approval")
    assert len(withdrawn.entries) == sum(entry.move.name == "withdraw_approval" for entry in described)
    assert len(withdrawn.entries) > 2
