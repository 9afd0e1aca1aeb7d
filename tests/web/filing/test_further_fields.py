"""What the form of a filing asks for beyond what programs must say, and where it is read."""

import re

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from tests.support.builders import FURTHER, SCHOOL, as_form, do
from tests.support.desk import a_filing, row_of, text_of, the_database
from tests.support.pages import bearer, send, somebody
from tests.support.programme_moves import the_programme

FIELDS = {"name": "东区小学", "category": "教育助学", "kind": "construction", "county": "东区"}
FIELDS |= as_form(FURTHER | {"planned_10k_yuan": "1200.50", "answers": SCHOOL})
PHONE, MASKED = FURTHER["contact_phone"], "081*-***2211"


def test_the_form_asks_for_all_of_it_at_once_and_in_groups(app: OpenAPI) -> None:
    page = send(somebody(app, "owner1"), "/projects/new", {name: FIELDS[name] for name in ("name", "kind")})

    assert page.status_code == 422
    for name in ("site", "works_kind", "scale", "funding", "credit_code", "contact_name", "contact_phone"):
        assert f'id="f-{name}-faults"' in page.text
    assert re.findall(r"<legend>(.*?)</legend>", page.text) == [
        *("项目基本情况", "建设内容和投资", "编号和代码", "联系方式", "情况选项"),
    ]


def test_a_service_is_not_asked_where_and_how_it_is_built(app: OpenAPI) -> None:
    spared = ("site", "works_kind", "scale.amount", "scale.unit")
    fields = {name: value for name, value in FIELDS.items() if name not in spared} | {"kind": "service"}

    assert send(somebody(app, "owner1"), "/projects/new", fields).status_code == 303


def test_the_next_filing_begins_with_the_code_of_the_unit(app: OpenAPI) -> None:
    a_filing(app, **FURTHER)

    assert f'value="{FURTHER["credit_code"]}"' in somebody(app, "owner1").get("/projects/new").text


@pytest.fixture
def programme(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        the_programme(tx)


@pytest.mark.usefixtures("programme")
def test_an_item_is_chosen_asked_back_and_confirmed_with_a_reason(app: OpenAPI) -> None:
    a_filing(app, "filed", item_no="030", name="先申报的")
    owner = somebody(app, "owner1")
    offered = owner.get("/projects/new").text
    assert '<option value="031">' in offered and 'name="item_reason"' not in offered
    assert re.search(r'<option value="030">[^<]*已有项目申报', offered)

    page = send(owner, "/projects/new", FIELDS | {"item_no": "030"})
    assert page.status_code == 422
    assert "先申报的" in text_of(page.text) and 'name="item_reason"' in page.text

    answer = send(owner, "/projects/new", FIELDS | {"item_no": "030", "item_reason": "二期", "external_ref": "ext-2"})
    assert answer.status_code == 303
    assert row_of(the_database(app), "ext-2").item_no == "030"


@pytest.mark.usefixtures("programme")
def test_the_office_mends_or_empties_the_item_when_it_classifies(app: OpenAPI) -> None:
    refs = [a_filing(app, "filed", item_no=number) for number in ("030", "031")]
    office, chosen = somebody(app, "office1"), {"category": "教育助学"}

    for ref, number in zip(refs, ("032", ""), strict=True):
        assert office.get(f"/triage/{ref}").status_code == 200
        assert office.post(f"/triage/{ref}/moves/classify", chosen | {"item_no": number}).status_code == 303

    assert [row_of(the_database(app), ref).item_no for ref in refs] == ["032", None]


def test_offices_read_it_and_ask_for_the_number_on_record(app: OpenAPI) -> None:
    ref = a_filing(app, "filed", **FURTHER, project_code="2604-510400-04-01-123456")
    office = somebody(app, "office1")

    for path in (f"/triage/{ref}", f"/casefiles/{ref}"):
        text = text_of(office.get(path).text)
        assert MASKED in text and PHONE not in text
        for said in ("炳草岗大街12号", "新建", "3,200 平方米", "市级资金 1,000.00 万元", "2604-510400-04-01-123456"):
            assert said in text
    assert PHONE in office.post(f"/casefiles/{ref}/contact").text
    with the_database(app).read() as tx:
        event = tx.execute(select(EVENT).where(EVENT.c.event == "contact_shown")).one()
    assert (event.actor, event.subject) == ("office1", ref)
    assert PHONE in somebody(app, "owner1").get(f"/projects/{ref}").text


def test_programs_read_the_number_masked_in_filing_and_history(app: OpenAPI) -> None:
    ref = a_filing(app, "filed", **FURTHER)
    with the_database(app).write() as tx:
        do(tx, "office1", "classify", ref)
        do(tx, "centre1", "register", ref)
    client = app.test_client()

    for username, phone in (("integration1", MASKED), ("liaison2", MASKED), ("liaison1", PHONE), ("owner1", PHONE)):
        headers = bearer(app, username)
        filing = client.get(f"/api/v1/projects/{ref}", headers=headers).json
        history = client.get(f"/api/v1/projects/{ref}/history", headers=headers).json
        assert (filing["contact_phone"], history["items"][0]["facts"]["contact_phone"]) == (phone, phone)
        assert (filing["scale"], filing["funding"]) == (
            {"amount": 3200.0, "unit": "m2"},
            {"city": 1000.0, "own": 200.5},
        )
