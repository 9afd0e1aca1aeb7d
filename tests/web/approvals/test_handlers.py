"""The page of a window's people, and the queue narrowed by handler."""

import pytest

from tests.support.builders import an_approval, do, when
from tests.support.colleagues import a_colleague
from tests.support.desk import a_prepared_desk, counted, listed, text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import duties_on

PEOPLE = ("head-a01", "window-a01", "centre1", "owner1")


def prepare(tx):
    colleague = a_colleague(tx)
    refs = {name: an_approval(tx, "accepted", at=when("2026-03-09")) for name in ("own", "other", "free")}
    do(tx, "head-a01", "assign", refs["own"], {"handler": "window-a01"})
    do(tx, "head-a01", "assign", refs["other"], {"handler": colleague})
    return refs


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def desk(request, make_database):
    with a_prepared_desk(make_database(request.param), PEOPLE, prepare) as desk:
        yield desk


def test_a_head_sees_what_each_person_has_and_a_window_person_does_not(desk):
    page = desk.people["head-a01"].get("/windows/handlers")
    text = text_of(page.text)
    assert "张敏 window-a01-2 1 0 0 在岗" in text and "未指派 1 0 0" in text
    assert 'href="/windows?handler=window-a01-2"' in page.text
    assert desk.people["window-a01"].get("/windows/handlers").status_code == 403


def test_the_queue_of_a_window_person_has_their_own_and_what_nobody_has(desk):
    own, free = (desk.people["window-a01"].get(f"/windows?handler={whose}").text for whose in ("", "-"))
    assert (len(listed(own)), len(listed(free))) == (2, 1)
    assert len(listed(desk.people["window-a01"].get("/windows?handler=-all").text)) == 3
    assert len(listed(desk.people["window-a01"].get("/windows?handler=window-a01-2").text)) == 1
    assert len(listed(desk.people["head-a01"].get("/windows").text)) == 3
    assert duties_on(desk.people["window-a01"].get("/")).count("审批决定") == 2
    assert duties_on(desk.people["head-a01"].get("/")).count("审批决定") == 3


def test_what_is_searched_for_is_found_whoever_handles_it(desk):
    assert len(listed(desk.people["window-a01"].get("/windows?search=A01").text)) == 3


@pytest.mark.parametrize("handler", ["window-a02", "nobody", "owner1", "-x", "%F0%9F%98%80"])
def test_somebody_of_another_window_is_not_found(desk, handler):
    assert desk.people["head-a01"].get(f"/windows?handler={handler}").status_code == 404


def test_the_centre_narrows_by_handler_within_a_department(desk):
    page = desk.people["centre1"].get("/windows?department=市发展改革委&handler=window-a01")
    assert len(listed(page.text)) == 1
    assert desk.people["centre1"].get("/windows?handler=window-a01").status_code == 404


def test_the_page_of_an_approval_names_the_handler_to_officers_alone(desk):
    path = f"/approvals/{desk.refs['other']}"
    assert "经办人 ： 张敏" in text_of(desk.people["centre1"].get(path).text).replace("经办人：", "经办人 ： ")
    assert "张敏" not in desk.people["owner1"].get(path).text


def test_the_page_of_handlers_asks_as_much_for_many_cases_as_for_few(desk):
    head = desk.people["head-a01"]
    head.get("/windows/handlers")
    with counted(desk.app) as few:
        head.get("/windows/handlers")
    with desk.database.write() as tx:
        for _ in range(5):
            do(tx, "window-a01", "take", an_approval(tx, "received", at=when("2026-03-09")))
    with counted(desk.app) as many:
        head.get("/windows/handlers")
    assert len(many) == len(few)
