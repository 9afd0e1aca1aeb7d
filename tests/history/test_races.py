"""Two people at once: one wins, the other hears it, and nothing is lost or doubled."""

from collections import Counter

from tests.support.builders import GIVEN, a_project, an_approval, do, entries, project_row, walk
from tests.support.concurrency import race
from tests.support.extent import effort
from tests.support.racers import decide, register, work

ROUNDS = effort(15, 1000)


def test_of_several_deciders_one_wins_and_the_others_hear_that_they_were_late(database, database_url):
    with database.write() as tx:
        refs = [an_approval(tx, "accepted") for _ in range(ROUNDS)]
    moves = [("window-a01", move) for move in ("grant", "refuse", "grant")] + [("owner1", "withdraw_approval")]
    outcomes = race(database_url, [(decide, (by, move, refs)) for by, move in moves])
    for ref, *ends in zip(refs, *outcomes, strict=True):
        winners = [end for end in ends if end in ("granted", "refused", "withdrawn")]
        assert len(winners) == 1, (ref, ends)
        assert set(ends) - set(winners) <= {"Refused", "Stale"}, (ref, ends)
    with database.read() as tx:
        for ref in refs:
            ends = [e for e in entries(tx, ref.partition("/")[0]) if e.move in ("grant", "refuse", "withdraw_approval")]
            assert len(ends) == 1, ref


def test_eight_processes_at_once_give_every_number_once_and_leave_no_gap(database, database_url):
    with database.write() as tx:
        refs = [[a_project(tx, "classified") for _ in range(6)] for _ in range(8)]
    race(database_url, [(register, (those,)) for those in refs])
    with database.read() as tx:
        numbers = sorted(project_row(tx, ref).number for those in refs for ref in those)
    assert numbers == [f"510400-2026-{n:05}" for n in range(1, 49)]


def test_one_project_that_several_registers_want_gets_one_number(database, database_url):
    with database.write() as tx:
        refs = [a_project(tx, "classified") for _ in range(10)]
    outcomes = race(database_url, [(decide, ("centre1", "register", refs))] * 3)
    for told in zip(*outcomes, strict=True):
        assert Counter(told) == {"registered": 1, "Refused": 2} or Counter(told)["Stale"]
        assert Counter(told)["registered"] == 1


def test_moves_of_one_project_never_lock_each_other_out(database, database_url):
    """Windows, owner, supervision office and sweep on the same project: each waits its turn, none fails."""
    with database.write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", ("submit", "accept", "grant"))
        walk(tx, ref, "A05", ("submit",))
    turns = 45  # of the windows; the office suspends fifteen times meanwhile
    done = race(
        database_url,
        [
            (work, (turns, ("owner1", "submit", f"{ref}/A02"), ("window-a02", "accept", f"{ref}/A02"),
                    ("window-a02", "refuse", f"{ref}/A02"), ("owner1", "reapply", f"{ref}/A02"))),
            (work, (turns, ("owner1", "submit", f"{ref}/A03"), ("window-a03", "reject_intake", f"{ref}/A03"),
                    ("owner1", "reapply", f"{ref}/A03"))),
            (work, (turns, ("window-a05", "accept", f"{ref}/A05"), ("window-a05", "start_special", f"{ref}/A05"),
                    ("window-a05", "end_special", f"{ref}/A05"))),
            (work, (15, ("office1", "suspend", ref), ("office1", "resume", ref))),
        ],
    )  # fmt: skip
    assert all(done)
    with database.read() as tx:
        assert [entry.seq for entry in entries(tx, ref)] == list(range(1, len(entries(tx, ref)) + 1))


def test_the_same_version_is_overtaken_once(database):
    with database.write() as tx:
        ref = a_project(tx, "filed")
        version = project_row(tx, ref).version
    for expected in ("returned", "Stale"):
        try:
            with database.write() as tx:
                found = do(tx, "office1", "return_filing", ref, GIVEN["return_filing"], version=version).state
        except Exception as problem:
            found = type(problem).__name__
        assert found == expected
