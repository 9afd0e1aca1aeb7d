"""The page on which a wrong day is corrected: the days there are, the preview, the second person."""

import re

import pytest

from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, approval_row, walk, when
from tests.support.pages import a_site, somebody

WHY = {"right_on": "2026-11-05", "reason": "窗口录入日期有误，以纸质收件单为准"}


@pytest.fixture(scope="module")
def site(make_database):
    """A site on 12 November 2026: A01 received on the 3rd and accepted on the 4th, its promise passed yesterday."""
    with a_site(make_database("sqlite"), now=when("2026-11-12", "10:00")) as app:
        database, refs = app.extensions[KEY].database, []
        with database.write() as tx:
            for _ in range(3):
                ref = a_project(tx, "registered", at=when("2026-11-02"))
                walk(tx, ref, "A01", ("submit",), at=when("2026-11-03"))
                walk(tx, ref, "A01", ("accept",), at=when("2026-11-04"))
                refs.append(ref)
        sweep(database, when("2026-11-12", "00:30"), lambda: NOW)
        yield app, refs


def entry_of(visitor, address, name):
    """The choice of this step in the form."""
    text = visitor.get(address).text
    return re.search(rf'<option value="(\d+)"[^>]*>{name}', text)[1]


def send(visitor, address, move, values):
    visitor.get(address)
    return visitor.post(f"{address}/moves/{move}", values | {"once": visitor.once_key()})


def test_a_window_proposes_and_its_head_confirms_after_seeing_what_it_changes(site):
    app, (ref, *_) = site
    address = f"/approvals/{ref}/A01/corrections"
    clerk, chief = somebody(app, "window-a01"), somebody(app, "head-a01")
    assert "日期记录有误" in clerk.get(f"/approvals/{ref}/A01").text
    values = {"entry": entry_of(clerk, address, "受理")} | WHY
    assert send(clerk, address, "propose_correction", values).status_code == 303
    page = clerk.get(address).text
    assert "confirm_correction" not in page
    page = chief.get(address).text
    for word in ("2026-11-11", "2026-11-12", "不再成立", "超过承诺时限", WHY["reason"]):
        assert word in page, word
    assert "有一项日期更正待确认" in chief.get(f"/approvals/{ref}/A01").text
    assert send(chief, address, "confirm_correction", {}).status_code == 303
    with app.extensions[KEY].database.read() as tx:
        assert str(approval_row(tx, ref, "A01").accepted_on) == "2026-11-05"
    page_of_owner = somebody(app, "owner1").get(f"/approvals/{ref}/A01").text
    assert "确认日期更正" in page_of_owner
    assert "日期已更正为 2026-11-05" in page_of_owner
    assert WHY["reason"] in page_of_owner


def test_what_was_typed_stays_when_the_day_cannot_be(site):
    app, (_, ref, _) = site
    address = f"/approvals/{ref}/A01/corrections"
    clerk = somebody(app, "window-a01")
    values = {"entry": entry_of(clerk, address, "受理")} | WHY | {"right_on": "2026-11-01"}
    answer = send(clerk, address, "propose_correction", values)
    assert answer.status_code == 422
    assert "须在 2026-11-03 至 2026-11-12 之间" in answer.text
    assert WHY["reason"] in answer.text


def test_a_head_s_own_proposal_waits_for_the_service_centre_and_can_be_declined(site):
    app, (_, _, ref) = site
    address = f"/approvals/{ref}/A01/corrections"
    chief, centre = somebody(app, "head-a01"), somebody(app, "centre1")
    values = {"entry": entry_of(chief, address, "受理")} | WHY
    assert send(chief, address, "propose_correction", values).status_code == 303
    assert "confirm_correction" not in chief.get(address).text
    assert send(centre, address, "decline_correction", {"reason": "收件单日期无误"}).status_code == 303
    assert "未予更正" in centre.get(address).text
    with app.extensions[KEY].database.read() as tx:
        assert str(approval_row(tx, ref, "A01").accepted_on) == "2026-11-04"
