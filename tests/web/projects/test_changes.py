"""Changes of registered projects on their pages: marks, amendments, approvals added and struck."""

from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import SCHOOL, a_project, project_row
from tests.support.pages import Visitor, somebody

NUMBER = "510400-2026-00001"
WORDS: dict[object, str] = {True: "yes", False: "no"}  # how a form answers


def registered(database: Database) -> str:
    with database.write() as tx:
        return a_project(tx, "registered", ref="ext-school")


def test_the_office_changes_marks_where_they_stand_and_nobody_else_may(
    app: OpenAPI, database: Database, office: Visitor
) -> None:
    ref = registered(database)
    assert (
        'name="practical_matter" value="yes" checked'
        in office.get(f"/casefiles/{NUMBER}").text.partition("/moves/mark")[2]
    )

    response = office.post(f"/casefiles/{NUMBER}/moves/mark", {"key": "yes", "reason": "列入市级重点"})

    assert response.status_code == 303
    page = office.get(f"/casefiles/{NUMBER}").text
    assert '<span class="given-before">否</span> → 是' in page
    assert "列入市级重点" in page
    with database.read() as tx:
        row = project_row(tx, ref)
    assert (row.is_key, row.is_urgent, row.is_practical_matter) == (True, False, False)
    centre = somebody(app, "centre1")
    assert "/moves/mark" not in centre.get(f"/casefiles/{NUMBER}").text
    assert centre.post(f"/casefiles/{NUMBER}/moves/mark", {"key": "yes", "reason": "x"}).status_code == 403


def test_marks_without_a_reason_come_back_with_what_was_ticked(database: Database, office: Visitor) -> None:
    registered(database)
    office.get(f"/casefiles/{NUMBER}")
    response = office.post(f"/casefiles/{NUMBER}/moves/mark", {"urgent": "yes"})
    assert response.status_code == 422
    assert 'name="urgent" value="yes" checked' in response.text


CHANGE = {
    "external_ref": "ext-school",
    "name": "新建小学教学楼",
    "category": "教育助学",
    "county": "西区",
    "planned_10k_yuan": "1200.50",
    **{f"answers.{name}": WORDS.get(answer, str(answer)) for name, answer in SCHOOL.items()},
    "answers.occupies_road": "yes",
    "reason": "选址调整",
}


def test_an_owner_proposes_and_the_centre_confirms_what_both_see_until_then(
    app: OpenAPI, database: Database, owner: Visitor, centre: Visitor
) -> None:
    ref = registered(database)
    assert f'href="/projects/{NUMBER}/amend"' in owner.get(f"/projects/{NUMBER}").text
    assert 'value="东区"' in owner.get(f"/projects/{NUMBER}/amend").text

    assert owner.post(f"/projects/{NUMBER}/amend", CHANGE).status_code == 303

    for page in (owner.get(f"/projects/{NUMBER}").text, centre.get(f"/casefiles/{NUMBER}").text):
        waiting = page.partition('id="amendment"')[2].partition("</section>")[0]
        assert '<span class="given-before">东区</span> → 西区' in waiting
        assert "是否占用、挖掘城市道路" in waiting
    assert "/moves/take_back_amendment" in owner.get(f"/projects/{NUMBER}").text
    assert f'href="/casefiles/{NUMBER}#amendment"' in centre.get("/amendments").text
    assert centre.post(f"/casefiles/{NUMBER}/moves/confirm_amendment", {}).status_code == 303
    with database.read() as tx:
        row = project_row(tx, ref)
    assert (row.county, row.amendment_seq) == ("西区", None)
    assert '"occupies_road":true' in row.answers
    assert "没有待确认的变更" in centre.get("/amendments").text


def test_a_change_that_is_refused_keeps_what_was_typed(database: Database, owner: Visitor) -> None:
    registered(database)
    owner.get(f"/projects/{NUMBER}/amend")
    for wrong in ({"reason": ""}, {"planned_10k_yuan": "viel"}):
        response = owner.post(f"/projects/{NUMBER}/amend", CHANGE | wrong)
        assert response.status_code == 422
        assert 'value="西区"' in response.text
    item = {"item_no": "ms-001", "item_reason": "与原分项合并实施", "reason": ""}
    assert item["item_reason"] in owner.post(f"/projects/{NUMBER}/amend", CHANGE | item).text
    unchanged = CHANGE | {"county": "东区", "answers.occupies_road": "no"}
    assert owner.post(f"/projects/{NUMBER}/amend", unchanged).status_code == 409


def test_an_owner_takes_back_and_an_office_declines_with_a_reason(
    database: Database, owner: Visitor, office: Visitor
) -> None:
    registered(database)
    owner.get("/")
    owner.post(f"/projects/{NUMBER}/amend", CHANGE)
    assert owner.post(f"/projects/{NUMBER}/moves/take_back_amendment", {}).status_code == 303
    owner.post(f"/projects/{NUMBER}/amend", CHANGE)
    assert office.get(f"/casefiles/{NUMBER}").status_code == 200
    assert office.post(f"/casefiles/{NUMBER}/moves/decline_amendment", {}).status_code == 422
    assert office.post(f"/casefiles/{NUMBER}/moves/decline_amendment", {"reason": "与批复不符"}).status_code == 303


def test_a_filing_that_is_not_registered_has_no_form_for_changes(database: Database, owner: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "filed")
    assert owner.get(f"/projects/{ref}/amend").status_code == 409


GROUND = {"ground": "川府发〔2026〕3号"}


def test_the_centre_strikes_and_adds_where_the_plan_stands(
    app: OpenAPI, database: Database, centre: Visitor, owner: Visitor
) -> None:
    registered(database)
    page = centre.get(f"/casefiles/{NUMBER}").text
    assert '<option value="B07"' in page.partition("/moves/add_approval")[2].partition("</form>")[0]
    assert '<option value="A06"' in page.partition("/moves/strike_approval")[2].partition("</form>")[0]

    assert centre.post(f"/casefiles/{NUMBER}/moves/strike_approval", {"code": "A06"} | GROUND).status_code == 303
    assert centre.post(f"/casefiles/{NUMBER}/moves/add_approval", {"code": "B07"} | GROUND).status_code == 303

    page = centre.get(f"/casefiles/{NUMBER}").text
    assert "graph-struck" not in page
    for seen in (page, owner.get(f"/projects/{NUMBER}").text, owner.get(f"/approvals/{NUMBER}/A06").text):
        assert "免于办理" in seen
        assert GROUND["ground"] in seen
    assert "/moves/submit" not in owner.get(f"/approvals/{NUMBER}/A06").text
    office = somebody(app, "office1")
    assert "/moves/strike_approval" not in office.get(f"/casefiles/{NUMBER}").text


def test_a_plan_change_that_is_refused_keeps_the_choice_and_the_ground(database: Database, centre: Visitor) -> None:
    registered(database)
    centre.get(f"/casefiles/{NUMBER}")
    response = centre.post(f"/casefiles/{NUMBER}/moves/strike_approval", {"code": "A06"})
    assert response.status_code == 422
    assert '<option value="A06" selected' in response.text
    response = centre.post(f"/casefiles/{NUMBER}/moves/add_approval", {"code": "A01"} | GROUND)
    assert response.status_code == 409
    assert GROUND["ground"] in response.text


def test_answers_that_were_confirmed_show_the_centre_where_the_plan_differs(
    database: Database, centre: Visitor, owner: Visitor
) -> None:
    with database.write() as tx:
        a_project(tx, "registered", ref="ext-school", answers=SCHOOL | {"in_heritage_zone": True})
    owner.get("/")
    assert owner.post(f"/projects/{NUMBER}/amend", CHANGE).status_code == 303
    centre.get("/")
    centre.post(f"/casefiles/{NUMBER}/moves/confirm_amendment", {})
    differs = centre.get(f"/casefiles/{NUMBER}").text.partition('id="plan-differs"')[2].partition("</section>")[0]
    assert "尚未列入的事项： B05" in differs
    assert "不再适用的事项： B07" in differs
    for move, code in (("add_approval", "B05"), ("strike_approval", "B07")):
        assert centre.post(f"/casefiles/{NUMBER}/moves/{move}", {"code": code} | GROUND).status_code == 303
    assert 'id="plan-differs"' not in centre.get(f"/casefiles/{NUMBER}").text
