"""Hints: each person's own, read once, and shown again when asked for."""

from approvals.accounts.hints import has_read, mark_hint_read, show_hints_again
from tests.support.builders import NOW, an_actor


def test_a_hint_is_read_once_by_each_person(database) -> None:
    with database.write() as tx:
        office, centre = an_actor(tx, "office1").id, an_actor(tx, "centre1").id
        assert not has_read(tx, office, "home.index")
        for _ in range(2):
            mark_hint_read(tx, office, "home.index", NOW)
    with database.read() as tx:
        assert has_read(tx, office, "home.index")
        assert not has_read(tx, office, "board.index") and not has_read(tx, centre, "home.index")


def test_hints_are_shown_again_to_who_asks_and_to_nobody_else(database) -> None:
    with database.write() as tx:
        office, centre = an_actor(tx, "office1").id, an_actor(tx, "centre1").id
        for person in (office, centre):
            mark_hint_read(tx, person, "home.index", NOW)
        show_hints_again(tx, office)
        assert not has_read(tx, office, "home.index") and has_read(tx, centre, "home.index")
