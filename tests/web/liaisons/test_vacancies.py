"""Somebody leaves, as pages show it: the question for a successor, the list of unassigned work, its badge."""

import pytest
from flask_openapi3 import OpenAPI

from approvals.http.application import KEY
from approvals.integrity.doctor import examine
from tests.support.builders import a_project, an_actor, faults, project_row, walk
from tests.support.desk import the_database
from tests.support.pages import Visitor, duties_on, somebody

LEAVE = "/administration/people/liaison1/active"


@pytest.fixture
def ref(app: OpenAPI) -> str:
    with the_database(app).write() as tx:
        return a_project(tx, "registered")


def liaison_of(app: OpenAPI, ref: str) -> int | None:
    with the_database(app).read() as tx:
        row = project_row(tx, ref)
    return row.liaison_id


def test_the_page_of_a_person_lists_what_is_open_by_number_alone(app: OpenAPI, sysadmin: Visitor, ref: str) -> None:
    page = sysadmin.get("/administration/people/liaison1").text

    assert "担任联系人的项目：1" in page and "攀挂〔2026〕1号" in page
    assert "新建小学教学楼" not in page  # administrators see no project


def test_leaving_asks_for_a_successor_and_nothing_happens_before(app: OpenAPI, sysadmin: Visitor, ref: str) -> None:
    refused = sysadmin.post(LEAVE, {"active": "no"})

    assert refused.status_code == 422
    assert "尚有在办事项" in refused.text
    with the_database(app).read() as tx:
        assert an_actor(tx, "liaison1").has("liaison")
    assert sysadmin.post(LEAVE, {"active": "no", "successor": "liaison2"}).status_code == 303
    with the_database(app).read() as tx:
        next_id = an_actor(tx, "liaison2").id
    assert liaison_of(app, ref) == next_id
    assert faults(the_database(app)) == []


def test_without_a_successor_badge_list_liaisons_casefile_and_board_say_so_until_the_centre_names_one(
    app: OpenAPI, sysadmin: Visitor, centre: Visitor, owner: Visitor, ref: str
) -> None:
    assert "待落实责任" not in duties_on(centre.get("/"))
    sysadmin.post(LEAVE, {"active": "no", "successor": "-"})

    home = centre.get("/")
    assert 'nav-badge">1<' in home.text and "待落实责任" in duties_on(home)
    listed = centre.get("/vacancies").text
    assert "新建小学教学楼" in listed and "确定联系人" in listed
    assert "新建小学教学楼" not in sysadmin.get("/vacancies").text
    assert "无联系人" in centre.get("/liaisons").text
    assert "无联系人" in centre.get(f"/casefiles/{ref}").text
    board = centre.get("/board?by=liaison").text
    assert "liaison=-" in board
    assert "无联系人" in centre.get("/board/approvals?state=ready&liaison=-").text
    page = owner.get(f"/projects/{ref}").text
    with the_database(app).read() as tx:
        former, helping = (an_actor(tx, name).name for name in ("liaison2", "centre1"))
    assert "政务服务中心为您服务" in page and helping in page
    assert owner.get(f"/projects/{ref}/requests").status_code == 200
    assert former not in page

    form = centre.get(f"/casefiles/{ref}/liaison")
    assert "liaison2" in form.text
    centre.post(f"/casefiles/{ref}/liaison", {"liaison": "liaison2", "note": "接办", "version": version_of(app, ref)})
    assert "所有在办事项均有责任人" in centre.get("/vacancies").text
    assert faults(the_database(app)) == []


def version_of(app: OpenAPI, ref: str) -> int:
    with the_database(app).read() as tx:
        return int(project_row(tx, ref).version)


def test_taking_the_role_away_asks_as_well_and_keeps_what_was_ticked(app: OpenAPI, ref: str) -> None:
    secadmin = somebody(app, "secadmin1")
    refused = secadmin.post("/administration/people/liaison1/roles", {"roles": ["service_centre"]})

    assert refused.status_code == 422
    assert 'value="service_centre" checked' in refused.text and "尚有在办事项" in refused.text
    form = {"roles": ["service_centre"], "successor": "liaison2", "since": "2026-11-01"}
    assert secadmin.post("/administration/people/liaison1/roles", form).status_code == 303
    page = secadmin.get("/administration/people/liaison1").text
    assert "2026年11月1日" in page or "2026-11-01" in page


def test_a_person_moves_to_another_unit_and_their_past_is_shown(app: OpenAPI, sysadmin: Visitor) -> None:
    path = "/administration/people/window-a01"
    assert sysadmin.post(f"{path}/unit", {"unit": "999999"}).status_code == 422
    assert sysadmin.post(f"{path}/unit", {}).status_code == 422
    assert sysadmin.post(f"{path}/unit", {"unit": "1"}).status_code == 303
    page = sysadmin.get(path).text
    assert "任职记录" in page and "市发展改革委" in page
    assert faults(the_database(app)) == []


def test_a_window_that_nobody_holds_is_listed_with_its_unit(app: OpenAPI, sysadmin: Visitor, ref: str) -> None:
    with the_database(app).write() as tx:
        walk(tx, ref, "A01", ("submit",))
    assert "再无他人" not in sysadmin.get("/administration/people/window-a01").text
    sysadmin.post("/administration/people/head-a01/active", {"active": "no"})
    assert "再无他人" in sysadmin.get("/administration/people/window-a01").text
    sysadmin.post("/administration/people/window-a01/active", {"active": "no"})
    page = sysadmin.get("/vacancies").text
    assert "市发展改革委" in page and "在办审批事项" in page
    assert "1 approvals in hand" in doctor(app)


def doctor(app: OpenAPI) -> str:
    checks = {check.name: check for check in examine(app.extensions[KEY])}
    assert checks["responsibilities"].is_warning
    return checks["responsibilities"].told


def test_administrators_have_no_file_of_projects_that_they_may_not_see(app: OpenAPI, sysadmin: Visitor) -> None:
    assert sysadmin.get("/vacancies").status_code == 200
    assert sysadmin.get("/vacancies?file=csv").status_code == 403
