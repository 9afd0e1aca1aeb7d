"""The programme over JSON: figures for a day, items, entries and their moves."""

from typing import Any

import pytest

from tests.support.api_clients import Api, Program
from tests.support.programme_items import (
    EAST,
    FIELDS,
    FINANCE,
    LEAD,
    OFFICE,
    PLAN,
    REPORT,
    REPORTER,
    an_entry,
    an_item,
)

ITEM = "/programme/2026/901"
ENTRY = f"{ITEM}/{EAST}/2026-05"


def send(program: Program, move: str, on: str = ITEM, given: Any = None, **more: Any) -> Any:
    version = more.pop("version", None)
    body = {name: value for name, value in (("with", given), ("version", version)) if value is not None}
    return program.post(f"{on}/moves/{move}", body or None, **more)


@pytest.fixture
def item(api: Api) -> str:
    """An item with a counted entry of May."""
    with api.writing() as tx:
        ref = an_item(tx)
        an_entry(tx, f"{ref}/{EAST}/2026-05", "2026-05-27")
    return ref


def test_an_item_is_proposed_planned_adopted_reported_and_closed(api: Api) -> None:
    office, lead, reporter = (api.of(name) for name in (OFFICE, LEAD, REPORTER))
    proposed = send(office, "propose", given=FIELDS)
    assert (proposed.status_code, proposed.json["state"], proposed.json["version"]) == (200, "proposed", 1)
    assert send(office, "assign", given=PLAN, version=1).json["tasks"][0]["unit"] == "市住房城乡建设局"
    assert send(office, "adopt").json["state"] == "adopted"
    on, given = f"{ITEM}/{EAST}/2026-11", REPORT
    due = reporter.get(on).json
    assert (due["state"], due["version"], due["moves"]) == ("due", 0, ["report"])
    sent = send(reporter, "report", on, given)
    assert (sent.json["state"], sent.json["reported"]["quantities"]) == ("reported", {"里程": "3.5"})
    assert send(lead, "confirm", on, version=1).json["confirmed_at"]
    assert send(api.of(FINANCE), "confirm_money", on).json["money_confirmed_at"]
    closed = send(office, "close_month", "/programme/2026", {"month": "2026-11"})
    assert closed.json["closed_months"] == ["2026-11"]
    assert lead.get("/programme/2026/items/901").json["funds"][0]["paid"] == "50.50"


def test_a_refused_move_says_what_stands(api: Api, item: str) -> None:
    refused = send(api.of(OFFICE), "adopt")
    assert refused.status_code == 409
    assert (refused.json["ref"], refused.json["state"], refused.json["version"]) == (item, "under_way", 4)
    assert "suspend" in refused.json["moves"]
    late = send(api.of(LEAD), "confirm", ENTRY)
    assert (late.status_code, late.json["state"], late.json["ref"]) == (409, "confirmed", f"{item}/{EAST}/2026-05")
    assert send(api.of(LEAD), "claim_done", given={"note": "x"}).json["fields"].keys() == {"finished_on"}
    assert send(api.of(LEAD), "fly").status_code == 422


def test_a_move_sent_twice_with_one_key_is_made_once(api: Api, item: str) -> None:
    given = {
        "cause": "error",
        "reason": "误填",
        "nodes": [{"name": "竣工", "task": EAST, "planned_on": "2026-11-30"}],
    }
    answers = [send(api.of(LEAD), "replan", given=given, Idempotency_Key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_the_figures_are_those_of_the_contract(api: Api, item: str) -> None:
    told = api.of(OFFICE).get("/programme/2026", on="2026-05-31").json
    assert list(told) == [
        "year", "on", "items", "practical_matters", "money", "nodes", "entries", "coverage",
        "by_category", "by_county", "by_source", "quarters", "outcomes",
    ]  # fmt: skip
    assert told["money"] == {
        "planned": "300.00", "allocated": "100.00", "received": "80.00", "paid": "50.50", "fiscal_planned": "300.00",
        "execution_rate": "0.1683",
    }  # fmt: skip
    assert told["nodes"] == {"due": 1, "met": 0, "met_late": 1, "late": 0}
    assert told["entries"] == {"due": 3, "reported": 1, "complete": 1, "on_time": 1, "confirmed": 1, "missing": 2}
    assert told["coverage"] == {"expected": 1, "current": 1, "older": 0, "none": 0}
    assert told["practical_matters"] == {"all": 1, "done": 0}
    assert told["quarters"][1] == {"quarter": 2, "planned": "0.5000", "actual": "0.5000"}
    [county], [source] = told["by_county"], told["by_source"]
    assert (county["county"], county["name"], county["money"]) == (EAST, "东区", told["money"])
    assert source == {"source": "city"} | told["money"]


def test_what_came_late_appears_with_a_later_day_of_knowledge(api: Api, item: str) -> None:
    office = api.of(OFFICE)
    assert office.get("/programme/2026", on="2026-05-26").json["money"]["paid"] == "0.00"
    assert office.get("/programme/2026", on="2026-05-26", known="2026-05-27").json["money"]["paid"] == "50.50"
    assert office.get("/programme/2026", on="2026-03-01").json["items"]["all"] == 0


def test_an_item_is_told_with_all_that_is_known_of_it(api: Api, item: str) -> None:
    told = api.of(REPORTER).get("/programme/2026/items/901", on="2026-05-31").json
    assert (told["ref"], told["state"], told["behind"]) == (item, "under_way", False)
    assert told["indicators"][0]["actual"] == "3.5"
    assert told["nodes"][0] | {"expected": None} == {
        "name": "开工", "task": EAST, "baseline": "2026-04-30", "replanned": None, "expected": None,
        "actual": "2026-05-04", "light": "yellow", "days_late": 4, "moved": {"times": 0, "days": 0},
        "whose_days": {}, "undivided": 4,
    }  # fmt: skip
    assert [(entry["month"], entry["state"]) for entry in told["entries"]] == [
        ("2026-03", "due"), ("2026-04", "due"), ("2026-05", "confirmed"),
    ]  # fmt: skip


def test_items_are_listed_page_by_page_and_narrowed(api: Api, item: str) -> None:
    with api.writing() as tx:
        for number in range(3):
            an_item(tx, f"programme/2026/90{number + 2}", fields={"category": "生态环境"})
    office = api.of(OFFICE)
    numbers = [row["item_no"] for row in office.pages("/programme/2026/items", limit=2)]
    assert numbers == ["901", "902", "903", "904"]

    def listed(**query: Any) -> list[str]:
        return [row["item_no"] for row in office.get("/programme/2026/items", **query).json["items"]]

    assert listed(category="道路通畅") == ["901"]
    assert listed(state="under_way") == ["901"]
    assert listed(county="510403") == []
    assert listed(behind="false", on="2026-05-31") == ["901"]
    assert listed(on="2026-03-01") == []


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/programme/2026", {"on": "2026-02-30"}, "on"),
        ("/programme/2026", {"on": "2026-05-31", "known": "2026-05-30"}, "known"),
        ("/programme/1999", {}, "year"),
        ("/programme/2026/items", {"state": "lost"}, "state"),
        ("/programme/2026/items", {"county": "100000"}, "county"),
        ("/programme/2026/items/901", {"known": "x"}, "known"),
    ],
)
def test_a_wrong_query_names_its_field(api: Api, item: str, path: str, query: dict[str, str], field: str) -> None:
    answer = api.of(OFFICE).get(path, **query)
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])


def test_nothing_is_told_of_what_somebody_may_not_see(api: Api, item: str) -> None:
    assert api.of(OFFICE).get("/programme/2025").status_code == 404
    for path in ("/programme/2026", "/programme/2026/items", "/programme/2026/items/901", ENTRY):
        assert api.of("owner3").get(path).status_code == 404
        assert api.of("window-a01").get(path).status_code == 403
        assert api.of(FINANCE).get(path).status_code == api.of("owner1").get(path).status_code == 200


def test_of_an_item_that_another_leads_a_unit_sees_its_own_tasks(api: Api) -> None:
    tasks = [*PLAN["tasks"], {"code": "city", "unit": "市教育局", "person": "owner1"}]
    funds = [*PLAN["funds"], {"source": "county", "task": "city", "planned_10k_yuan": "70"}]
    with api.writing() as tx:
        an_item(tx, plan={"tasks": tasks, "funds": funds})
    planned = {name: api.of(name).get("/programme/2026").json["money"]["planned"] for name in (OFFICE, LEAD, REPORTER)}
    assert planned == {OFFICE: "370.00", LEAD: "370.00", REPORTER: "300.00"}
    assert api.of(REPORTER).get(f"{ITEM}/city/2026-05").status_code == 404
    told = api.of(REPORTER).get("/programme/2026/items/901").json
    assert [task["code"] for task in told["tasks"]] == [EAST]


def test_the_course_and_two_days_are_told(api: Api, item: str) -> None:
    office = api.of(OFFICE)
    told = office.get("/programme/2026/course", on="2026-05-31").json
    assert (told["months"][4]["nodes_actual"], told["months"][4]["money_actual"]) == (1, "50.50")
    assert (told["time_share"], told["gap_to_time"], told["last_year"]) == ("0.4167", "0.2484", None)
    assert office.get("/programme/2026/course", county="510403").json["nodes"] == 0
    assert office.get("/programme/2026/course", item="999").status_code == 404
    changes = office.get("/programme/2026/changes", since="2026-05-20", on="2026-05-31").json
    paid = next(change for change in changes["changed"] if change["what"] == "paid")
    assert (paid["before"], paid["after"], paid["kind"]) == (None, "50.50", "new")
    wrong = office.get("/programme/2026/changes", since="2026-06-20", on="2026-05-31")
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["since"])


def test_the_outlook_adds_up(api: Api, item: str) -> None:
    told = api.of(OFFICE).get("/programme/2026/outlook", on="2026-11-10").json
    days = told["whose_days"]
    assert (days["nodes"], days["days"], days["undivided"]) == (2, 14, {"days": 14, "nodes": 2})
    assert sum(row["days"] for row in days["parties"]) + days["undivided"]["days"] == days["days"]
    assert told["late"] == {"nodes": 2, "open": 1, "unforeseen": 2}
    assert told["forecasts"] == {"nodes": 0, "days": None, "by_lead_unit": [], "by_county": []}
    assert told["november_december"] == {
        "nodes": 0, "nodes_share": "0.0000", "money": "0.00", "money_share": "0.0000",
    }  # fmt: skip
    assert told["tight_plans"] == []
