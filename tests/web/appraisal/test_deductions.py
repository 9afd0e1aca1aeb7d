"""The pages of deductions: the list with its filters and file, one deduction, objection and decision."""

import pytest
from sqlalchemy import select

from approvals.appraisal.proposals import propose_deductions
from approvals.appraisal.queries import DEDUCTIONS
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, walk, when
from tests.support.desk import the_database
from tests.support.pages import a_site, send, somebody
from tests.support.sql_recorder import recorded


@pytest.fixture(scope="module")
def app(make_database):
    """A site on 18 March 2026."""
    with a_site(make_database("sqlite"), now=when("2026-03-18", "10:00")) as app:
        yield app


@pytest.fixture(scope="module", autouse=True)
def proposed(app):
    """Three approvals with a card that stands."""
    database = the_database(app)
    with database.write() as tx:
        for _ in range(3):
            walk(tx, a_project(tx, "registered"), "A01", ("submit", "accept"))
    sweep(database, when("2026-03-18", "00:01"), lambda: NOW)
    propose_deductions(database, lambda: when("2026-03-18"))
    with database.read() as tx:
        return tx.execute(select(DEDUCTIONS).order_by(DEDUCTIONS.c.id)).all()


def state(app, number):
    with the_database(app).read() as tx:
        return tx.execute(select(DEDUCTIONS.c.state).where(DEDUCTIONS.c.serial == number)).scalar_one()


def test_each_reader_finds_their_own_deductions(app, proposed):
    assert len(proposed) == 3
    for username, count in (("head-a01", 3), ("window-a01", 3), ("centre1", 3), ("leader1", 3), ("head-a05", 0)):
        assert somebody(app, username).get("/deductions").text.count('href="/deductions/2026-') == count, username
    assert somebody(app, "liaison1").get("/deductions").status_code == 403


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [("event=yellow_card", 3), ("event=red_card", 0), ("regime=urgent", 0), ("state=proposed", 3), ("event=x", 3)],
)
def test_the_list_is_narrowed(app, narrowed, count):
    text = somebody(app, "office1").get(f"/deductions?{narrowed}").text
    assert text.count('href="/deductions/2026-') == count


@pytest.mark.parametrize("sort", ["unit", "event", "happened", "-points", "state"])
def test_the_list_is_sorted_and_given_as_a_file(app, sort):
    client = somebody(app, "office1")
    assert client.get(f"/deductions?sort={sort}").text.count('href="/deductions/2026-') == 3
    file = client.get(f"/deductions?sort={sort}&file=csv")
    assert file.status_code == 200 and file.get_data(as_text=True).count("2026-03-10") == 3


def test_a_point_is_one_click_from_its_event(app, proposed):
    client = somebody(app, "head-a01")
    number, _, key = proposed[0].about.partition("/A01/cards/")
    address = f"/cards/{number}/A01/{key}"
    assert f'href="{address}"' in client.get("/deductions").text
    assert f'href="{address}"' in client.get("/deductions/2026-1").text
    assert client.get(address).status_code == 200


def test_another_unit_gets_no_answer(app):
    assert somebody(app, "head-a05").get("/deductions/2026-1").status_code == 404
    assert somebody(app, "owner1").get("/deductions/2026-1").status_code == 404


def test_a_unit_is_told_objects_and_the_same_person_does_not_decide(app):
    office, head = somebody(app, "office1"), somebody(app, "head-a01")
    assert send(office, "/deductions/2026-2", {}, "/moves/notify_deduction").status_code == 303
    assert state(app, 2) == "notified"
    page = head.get("/deductions/2026-2").text
    assert "2026-03-25" in page or "3月25日" in page
    send(head, "/deductions/2026-2", {"reasons": "当日停机"}, "/moves/object")
    assert state(app, 2) == "objected"
    answer = send(office, "/deductions/2026-2", {"reason": "属实"}, "/moves/uphold_deduction")
    assert state(app, 2) == "objected" and "告知扣分的人不得审查" in answer.text


def test_statements_do_not_grow_with_rows(app):
    database = the_database(app)
    with database.write() as tx:
        for _ in range(5):
            walk(tx, a_project(tx, "registered"), "A01", ("submit", "accept"))
    client = somebody(app, "office1")
    client.get("/deductions")
    noted = recorded(database.engine)
    client.get("/deductions")
    before = len(noted)
    sweep(database, when("2026-03-18", "00:01"), lambda: NOW)
    propose_deductions(database, lambda: when("2026-03-18"))
    noted.clear()
    assert client.get("/deductions").text.count('href="/deductions/2026-') > 3
    assert 0 < len(noted) <= before
