"""People: filtered as a naive reading of everybody says, with the last sign-in from the account events."""

from datetime import timedelta
from itertools import product

from approvals.accounts.actions import add_person, set_active
from approvals.accounts.identity import credentials_of
from approvals.accounts.inputs import NewPerson
from approvals.accounts.queries import PERSON_STATES, PeopleFilter, people, person
from approvals.accounts.sign_ins import sign_in
from approvals.accounts.throttle import Client
from tests.support.builders import NOW, an_actor
from tests.support.pages import give_password
from workflows.charts.roles import ROLES


def signs_in(tx, username, at, is_right=True):
    sign_in(tx, username, credentials_of(tx, username), is_right=is_right, client=Client("192.0.2.7"), now=at)


def test_the_last_sign_in_is_the_latest_that_succeeded_and_none_is_none(database):
    with database.write() as tx:
        for days, is_right in ((3, True), (1, True), (0, False)):
            signs_in(tx, "owner1", NOW - timedelta(days=days), is_right)
        signs_in(tx, "owner2", NOW)
        assert person(tx, "owner1").signed_in_at == NOW - timedelta(days=1)
        assert {view.username for view in people(tx) if view.signed_in_at} == {"owner1", "owner2"}


def test_each_filter_leaves_who_fits_it(database):
    give_password(database)
    with database.write() as tx:
        by, unit_id = an_actor(tx, "sysadmin1"), person(tx, "owner1").unit_id
        add_person(tx, unit_id, NewPerson(username="zhong01", name="钟离ＡＢＣ"), by=by, now=NOW)
        for username in ("owner1", "window-a02"):
            set_active(tx, username, False, by=by, now=NOW)
        everybody = people(tx)
        in_state = {
            "": lambda view: True,
            "active": lambda view: view.is_active,
            "off": lambda view: view.username in ("owner1", "window-a02"),
            "no_password": lambda view: view.username == "zhong01",
        }
        assert set(in_state) == {"", *PERSON_STATES}
        for state, role, unit in product(in_state, ("", *ROLES), (None, unit_id)):
            expected = [
                view
                for view in everybody
                if in_state[state](view)
                and (not role or role in view.roles)
                and (unit is None or view.unit.name == "市教育局")
            ]
            assert people(tx, PeopleFilter(unit_id=unit, role=role, state=state)) == expected, (state, role, unit)
        for search in ("钟离abc", "ＺＨＯＮＧ", "钟 abc"):
            assert [view.username for view in people(tx, PeopleFilter(search=search))] == ["zhong01"], search
        assert people(tx, PeopleFilter(search="钟离", state="off")) == []
