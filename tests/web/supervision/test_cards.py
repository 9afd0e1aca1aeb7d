"""The pages of cards: the list with its filters, one card, the appeal and the decision."""

import pytest

from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, card_rows, walk, when
from tests.support.desk import the_database
from tests.support.pages import a_site, duties_on, send, somebody

REASONS = {"reasons": "受理日期录入有误"}


@pytest.fixture(scope="module")
def app(make_database):
    """A site on 12 November 2026."""
    with a_site(make_database("sqlite"), now=when("2026-11-12", "10:00")) as app:
        yield app


@pytest.fixture(scope="module", autouse=True)
def refs(app):
    """Approvals whose promise passed yesterday, and one of October."""
    database, refs = the_database(app), {}
    with database.write() as tx:
        for name, day in (("new", "2026-11-03"), ("newer", "2026-11-03"), ("old", "2026-10-12")):
            refs[name] = a_project(tx, "registered", at=when(day))
            walk(tx, refs[name], "A01", ("submit", "accept"))
    sweep(database, when("2026-11-11"), lambda: NOW)
    return refs


def path(refs, name):
    return f"/cards/{refs[name]}/A01/promised-1"


def state(database, refs, name):
    with database.read() as tx:
        return next(row.state for row in card_rows(tx, refs[name], "A01") if row.rule == "promised")


def test_each_reader_finds_their_own_cards(app):
    for username, count in (("head-a01", 3), ("window-a01", 3), ("centre1", 3), ("leader1", 3), ("head-a05", 0)):
        text = somebody(app, username).get("/cards").text
        assert text.count("card-yellow") == count, username


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        ("colour=yellow", 3),
        ("colour=red", 0),
        ("rule=promised", 3),
        ("rule=delivery", 0),
        ("state=upheld", 0),
        ("may_appeal=yes", 2),
        ("department=市住房城乡建设局", 0),
        ("colour=green", 3),
    ],
)
def test_the_list_is_narrowed(office, narrowed, count):
    assert office.get(f"/cards?{narrowed}").text.count("card-yellow") == count


def test_an_appeal_in_time_is_upheld_by_the_office(app, database, refs, office):
    head = somebody(app, "head-a01")
    assert "2026-11-1" in head.get(path(refs, "new")).text
    assert send(head, path(refs, "new"), REASONS, "/moves/appeal").status_code == 303
    assert state(database, refs, "new") == "appealed"
    assert "受理日期录入有误" in office.get(path(refs, "new")).text
    assert send(office, path(refs, "new"), {"reason": "超期属实"}, "/moves/uphold").status_code == 303
    assert state(database, refs, "new") == "upheld"


def test_an_appeal_too_late_is_refused_with_the_last_day_and_keeps_what_was_typed(app, database, refs):
    refusal = send(somebody(app, "head-a01"), path(refs, "old"), REASONS, "/moves/appeal")
    assert refusal.status_code == 409
    assert "已超过申诉期限" in refusal.text
    assert REASONS["reasons"] in refusal.text
    assert state(database, refs, "old") == "shown"


@pytest.mark.parametrize(
    ("username", "move", "values", "status"),
    [
        ("head-a01", "appeal", {}, 422),
        ("head-a01", "show_card", {}, 404),
        ("window-a01", "appeal", REASONS, 403),
    ],
)
def test_an_appeal_needs_reasons_and_the_head_of_the_window(app, database, refs, username, move, values, status):
    visitor = somebody(app, username)
    assert visitor.post(f"{path(refs, 'newer')}/moves/{move}", values).status_code == status
    assert state(database, refs, "newer") == "shown"


def test_the_office_withdraws_a_card_that_nobody_appealed(database, refs, office):
    assert send(office, path(refs, "old"), {"reason": "录入错误"}, "/moves/withdraw_card").status_code == 303
    assert state(database, refs, "old") == "withdrawn"


def test_the_approval_and_the_casefile_show_the_cards(app, refs, office):
    for address in (f"/approvals/{refs['newer']}/A01", f"/casefiles/{refs['newer']}"):
        assert "promised-1" in office.get(address).text
    owner = somebody(app, "owner1").get(f"/approvals/{refs['newer']}/A01").text
    assert "超过承诺时限" in owner
    assert path(refs, "newer") not in owner


def test_the_home_page_lists_what_may_be_appealed(app):
    assert "红黄牌可申诉" in duties_on(somebody(app, "head-a01").get("/"))


def test_a_card_has_its_own_colour_and_no_light_beside_it(app, refs):
    head = somebody(app, "head-a01")
    assert 'class="light ' in head.get(f"/approvals/{refs['newer']}/A01").text
    for address in ("/cards", path(refs, "newer")):
        assert 'class="light ' not in head.get(address).text, address
