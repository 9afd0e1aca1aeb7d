"""What the answers lead to: live beside the form, on a page of its own without script, and where a filing is read."""

import re

from flask_openapi3 import OpenAPI

from tests.support.builders import A_SMALL_ROAD, FURTHER, as_form
from tests.support.desk import a_filing, row_of, text_of, the_database
from tests.support.pages import Visitor, send

FIELDS = {
    "name": "人行步道",
    "category": "道路通畅",
    "kind": "construction",
    "county": "东区",
    "external_ref": "ext-road",
}
FIELDS |= as_form(FURTHER | {"planned_10k_yuan": "800", "funding": {"city": "800"}, "external_ref": "ext-road"})
ROAD = as_form({"answers": A_SMALL_ROAD})


def lists(page: str) -> dict[str, list[str]]:
    """The codes of the approvals in each list of the box."""
    parts = re.split(r"<h2>(.*?) <span", page)
    return dict(zip(parts[1::2], [re.findall(r"<li>([A-D]\d\d) ", part) for part in parts[2::2]], strict=True))


def test_the_box_beside_the_form_says_what_answers_bring_and_spare_while_they_are_typed(owner: Visitor) -> None:
    owner.get("/projects/new")
    typed = ROAD | {"planned_10k_yuan": "8 百", "answers.energy": "很少"}  # what cannot be read yet counts as open

    box = owner.post("/projects/screening", FIELDS | typed).text

    assert "需办理 14 项审批" in box
    assert {"A04", "B02"} <= set(lists(box)["因所填情况需办"])
    assert {"A02", "A08", "B04", "C03"} <= set(lists(box)["因所填情况免办"])
    assert re.search(r"A02 用地预审与选址意见书 <span class=\"quiet\">用地属于哪种情况？ 利用原有建设用地", box)
    assert 'data-not-asked="floor_area lightning_sensitive"' in box


def test_without_script_the_same_stands_on_a_page_and_nothing_typed_is_lost(owner: Visitor) -> None:
    owner.get("/projects/new")

    answer = owner.post("/projects/new/review", FIELDS | ROAD)

    page = owner.get(answer.headers["Location"]).text
    assert "需办理 10 项审批" in text_of(page)
    assert 'href="/projects/new"' in page
    assert 'value="300"' in owner.get("/projects/new").text


def test_an_edit_is_looked_at_in_the_same_way(app: OpenAPI, owner: Visitor) -> None:
    ref = a_filing(app, "drafted", answers=A_SMALL_ROAD, planned_10k_yuan="800")
    assert "需办理 10 项审批" in text_of(owner.get(f"/projects/{ref}/edit/review").text)
    owner.get(f"/projects/{ref}/edit")

    answer = owner.post(f"/projects/{ref}/edit/review", FIELDS | ROAD | {"answers.land": "new"})

    assert "需办理 14 项审批" in text_of(owner.get(answer.headers["Location"]).text)
    assert row_of(the_database(app), ref).state == "drafted"


def test_answers_of_each_kind_are_sent_kept_and_read_again(app: OpenAPI, owner: Visitor, office: Visitor) -> None:
    assert send(owner, "/projects/new", FIELDS | ROAD).status_code == 303

    page = owner.get("/projects/ext-road/edit").text
    assert re.search(r'<option value="road" selected>', page)
    assert re.search(r'name="answers.disturbed_area" value="3000"', page)
    assert re.search(r'name="answers.occupies_road" value="yes" checked', page)
    own = text_of(owner.get("/projects/ext-road").text)
    assert "线路总长度是多少？" in own and "300米" in own and "总建筑面积" not in own
    owner.get("/projects/ext-road")
    owner.post("/projects/ext-road/moves/file")
    triage = text_of(office.get("/triage/ext-road").text)
    assert "道路桥梁" in triage and re.search(r"免办 *A02", triage)


def test_a_wrong_answer_is_named_at_its_question_and_kept(owner: Visitor) -> None:
    page = send(owner, "/projects/new", FIELDS | ROAD | {"answers.length": "三百", "answers.works": "tunnel"})

    assert page.status_code == 422
    assert 'id="f-answers-length-faults"' in page.text and 'id="f-answers-works-faults"' in page.text
    assert 'value="三百"' in page.text
