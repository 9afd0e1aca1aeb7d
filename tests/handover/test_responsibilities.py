"""What is open with many people at once is what is open with each."""

from itertools import combinations

from approvals.accounts.queries import people
from approvals.handover.responsibilities import bound_people, responsibilities
from approvals.liaisons.roster import enter
from tests.support.builders import NOW, a_project, a_role, an_actor


def test_who_needs_a_successor_is_the_same_of_many_as_of_one(database):
    with database.write() as tx:
        a_project(tx, "registered")
        a_role(tx, "liaison1", "window")
        a_role(tx, "owner2", "liaison")
        shift = {"person": "owner2", "since": "2026-11-21 08:00", "until": "2026-11-22 08:00"}
        enter(tx, [shift], knows_gaps=True, by=an_actor(tx, "centre1"), now=NOW)
        bound, answers = bound_people(tx, NOW), []
        for account in people(tx):
            for size in range(1, len(account.roles) + 1):
                for lost in map(frozenset, combinations(account.roles, size)):
                    alone = responsibilities(tx, account, lost, NOW).needs_successor
                    assert bound.need_successor(account, lost) == alone, (account.username, lost)
                    answers.append(alone)
        assert answers.count(True) >= 4, "a project and a duty, each with and without another role"
