"""Orders on pages, on paper and over JSON: issued, answered, sent back, instructed; and what an owner learns of it."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from tests.support.builders import a_project, entries, escalation_rows, faults, project_row, walk, when
from tests.support.pages import a_site, bearer, send, somebody

INNER = "逐件说明责任人"
WORDS = "请该局主要负责人牵头，两日内办结"
ORDERED = {"subject": "核实逾期件", "demands": INNER, "due_on": "2026-11-16"}  # a Monday


@pytest.fixture(scope="module")
def site(make_database):
    """A site on Thursday, 12 November 2026, with two projects whose A01 has climbed to the city government."""
    with a_site(make_database("sqlite"), now=when("2026-11-12", "10:00")) as app:
        database, refs = app.extensions[KEY].database, {}
        with database.write() as tx:
            for name in ("first", "second"):
                refs[name] = a_project(tx, "registered", at=when("2026-09-01"))
                walk(tx, refs[name], "A01", ("submit", "accept"))
        sweep(database, when("2026-11-12"), lambda: datetime.now(UTC))
        with database.read() as tx:
            numbers = {name: project_row(tx, ref).number for name, ref in refs.items()}
        yield app, refs, numbers
        assert faults(database) == []


def issued(site, about, by="office1", **changed):
    """The reference of an order that was issued by its form."""
    app, _, _ = site
    address = f"/orders/new?about={about}" if about else "/orders/new"
    department = {} if "/" in about else {"department": "市发展改革委"}
    response = send(somebody(app, by), address, ORDERED | department | changed)
    assert response.status_code == 303, response.text
    return response.headers["Location"].rpartition("/")[2]


def test_an_order_is_issued_from_an_approval_answered_sent_back_and_accepted(site):
    app, _, numbers = site
    about = f"{numbers['first']}/A01"
    office, window = somebody(app, "office1"), somebody(app, "window-a01")
    assert f"/orders/new?about={numbers['first']}/A01" in office.get(f"/approvals/{about}").text
    ref = issued(site, about)
    page = f"/orders/{ref}"
    assert "攀督〔2026〕" in office.get("/orders?state=issued").text
    assert INNER in window.get(page).text
    assert ref in window.get(f"/approvals/{about}").text
    late = send(window, page, {"done": "已核实", "commitment_on": "2026-11-14"}, "/moves/answer")  # a Saturday
    assert late.status_code == 422
    assert "不是工作日" in late.text
    assert "已核实" in late.text
    assert send(window, page, {"done": "已核实"}, "/moves/answer").status_code == 303
    back = {"reason": "未写明责任人", "due_on": "2026-11-17"}
    assert send(office, page, back, "/moves/send_back").status_code == 303
    assert "未写明责任人" in window.get(page).text
    assert send(window, page, {"done": "责任人王某"}, "/moves/answer").status_code == 303
    centre = somebody(app, "centre1")
    assert centre.post(f"{page}/moves/accept_answer").status_code == 403
    assert send(office, page, {}, "/moves/accept_answer").status_code == 303
    assert ref in window.get("/orders?state=accepted").text
    assert f"/orders/{ref}" not in window.get("/orders?state=issued").text


def test_an_order_at_large_is_heard_of_by_the_department_and_leads_to_its_page(site):
    app, _, _ = site
    ref = issued(site, "", by="centre1", subject="清理积压件")
    window, stranger = somebody(app, "head-a01"), somebody(app, "head-a05")
    heard = window.get("/notices").text
    assert f"/orders/{ref}" in heard
    assert "下达督办单" in heard
    assert stranger.get(f"/orders/{ref}").status_code == 404
    assert "清理积压件" not in stranger.get("/orders").text
    assert "清理积压件" in somebody(app, "leader1").get("/orders").text


@pytest.mark.parametrize(
    "changed", [{"due_on": "2026-11-14"}, {"due_on": "2026-11-11"}, {"department": ""}, {"department": "市教育局"}]
)
def test_a_form_that_cannot_be_issued_says_why_and_keeps_what_was_typed(site, changed):
    app, _, _ = site
    values = ORDERED | {"department": "市发展改革委"} | changed
    response = send(somebody(app, "office1"), "/orders/new", values)
    assert response.status_code == 422
    assert "field-faults" in response.text
    assert INNER in response.text


def test_the_order_is_printed_with_number_addressee_demands_and_code(site):
    app, _, numbers = site
    ref = issued(site, numbers["first"])
    response = somebody(app, "head-a01").get(f"/orders/{ref}.pdf?lang=zh_Hans")
    assert response.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(response.data))
    assert len(reader.pages) == 1
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for words in (f"攀督〔2026〕{ref[5:]}号", "攀枝花市发展改革委", INNER, "2026年11月16日", f"/orders/{ref}"):
        assert words in text, words
    assert somebody(app, "owner1").get(f"/orders/{ref}.pdf").status_code == 403


def test_an_instruction_becomes_an_order_in_one_transaction_and_the_owner_reads_the_answer_alone(site):
    app, refs, numbers = site
    page = f"/escalations/{numbers['first']}/A01/4"
    values = {"reason": "已要求限期办结，请谅解", "commitment_on": "2026-11-16", "words": WORDS}
    leader = somebody(app, "leader1")
    refused = send(leader, page, values | {"order_due_on": "2026-11-15"}, "/instruct")
    assert refused.status_code == 422
    assert WORDS in refused.text
    assert send(leader, page, values | {"order_due_on": "2026-11-16"}, "/instruct").status_code == 303
    with app.extensions[KEY].database.read() as tx:
        last = entries(tx, refs["first"])[-2:]
        assert [(entry.subject, entry.move) for entry in last] == [("order", "issue"), ("escalation", "instruct")]
        assert escalation_rows(tx, refs["first"], "A01")[-1].state == "answered"
    assert WORDS in somebody(app, "centre1").get(f"/escalations/{numbers['first']}/A01/2").text
    owner = somebody(app, "owner1")
    seen = owner.get(f"/approvals/{numbers['first']}/A01").text
    assert "已要求限期办结" in seen
    api = app.test_client().get(f"/api/v1/projects/{refs['first']}/history", headers=bearer(app, "owner1"))
    for text in (seen, owner.get(f"/projects/{refs['first']}").text, api.text):
        assert WORDS not in text
        assert INNER not in text
        assert "攀督" not in text


def test_words_go_down_without_an_order_and_only_the_city_government_instructs(site):
    app, refs, numbers = site
    page = f"/escalations/{numbers['second']}/A01"
    values = {"reason": "正在协调", "commitment_on": "2026-11-16", "words": WORDS}
    for username in ("office1", "leader1"):
        visitor = somebody(app, username)
        assert visitor.post(f"{page}/3/instruct", values).status_code == 403
    assert send(somebody(app, "leader1"), f"{page}/4", values, "/instruct").status_code == 303
    with app.extensions[KEY].database.read() as tx:
        assert entries(tx, refs["second"])[-1].subject == "escalation"
    assert WORDS in somebody(app, "window-a01").get(f"/approvals/{numbers['second']}/A01").text


def test_the_same_over_json_for_those_who_may(site):
    app, _, numbers = site
    client, office = app.test_client(), bearer(app, "office1")
    body = {"about": f"{numbers['second']}/A01", "with": ORDERED}
    begun = client.post("/api/v1/orders", json=body, headers=office)
    assert begun.status_code == 201, begun.text
    ref, address = begun.json["ref"], begun.headers["Location"]
    assert (begun.json["about"], begun.json["moves"]) == (f"{numbers['second']}/A01", [])
    head, stranger, owner = (bearer(app, name) for name in ("head-a01", "head-a05", "owner1"))
    assert client.get(address, headers=head).json["moves"] == ["answer"]
    assert client.get(address, headers=stranger).status_code == 404
    assert client.get(address, headers=owner).status_code == 404
    assert client.get("/api/v1/orders", headers=owner).json["items"] == []
    listed = client.get("/api/v1/orders?state=issued&limit=1", headers=head).json
    assert [item["ref"] for item in listed["items"]] == [ref]
    done = client.post(f"{address}/moves/answer", json={"with": {"done": "已核实"}}, headers=head)
    assert (done.status_code, done.json["state"]) == (200, "answered")
    again = client.post(f"{address}/moves/answer", json={"with": {"done": "已核实"}}, headers=head)
    assert (again.status_code, again.json["state"]) == (409, "answered")
    bad = client.post("/api/v1/orders", json={"with": ORDERED | {"nonsense": 1}}, headers=office)
    assert bad.status_code == 422
