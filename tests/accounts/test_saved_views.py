"""Saved views: each person's own, a name once for each list, and not without end."""

import pytest

from approvals.accounts.inputs import NewView
from approvals.accounts.saved_views import MOST_VIEWS, remove_view, save_view, saved_views
from approvals.base.errors import Invalid, NotFound, Refused
from tests.support.builders import NOW, an_actor

PAGE, QUERY = "casefile.index", "state=filed&sort=-planned"


def test_views_are_ones_own_and_of_one_list(database) -> None:
    with database.write() as tx:
        office, centre = an_actor(tx, "office1").id, an_actor(tx, "centre1").id
        view = save_view(tx, office, PAGE, NewView(name="大项目"), QUERY, NOW)
        save_view(tx, office, "orders.index", NewView(name="大项目"), "", NOW)
        save_view(tx, centre, PAGE, NewView(name="大项目"), "", NOW)
    with database.read() as tx:
        assert saved_views(tx, office, PAGE) == [view] and view.query == QUERY
        assert len(saved_views(tx, centre, PAGE)) == 1 and saved_views(tx, centre, "orders.index") == []


def test_a_name_is_used_once(database) -> None:
    with database.write() as tx:
        office = an_actor(tx, "office1").id
        save_view(tx, office, PAGE, NewView(name="大项目"), QUERY, NOW)
    with pytest.raises(Invalid) as refusal, database.write() as tx:
        save_view(tx, office, PAGE, NewView(name="大项目"), "", NOW)
    assert "name" in refusal.value.fields


def test_there_is_a_highest_number_of_views(database) -> None:
    with database.write() as tx:
        office = an_actor(tx, "office1").id
        for number in range(MOST_VIEWS):
            save_view(tx, office, PAGE, NewView(name=f"视图{number}"), "", NOW)
    with pytest.raises(Refused), database.write() as tx:
        save_view(tx, office, PAGE, NewView(name="又一个"), "", NOW)


def test_only_ones_own_view_is_removed(database) -> None:
    with database.write() as tx:
        office, centre = an_actor(tx, "office1").id, an_actor(tx, "centre1").id
        view = save_view(tx, office, PAGE, NewView(name="大项目"), QUERY, NOW)
    with pytest.raises(NotFound), database.write() as tx:
        remove_view(tx, centre, view.id)
    with database.write() as tx:
        remove_view(tx, office, view.id)
        assert saved_views(tx, office, PAGE) == []
