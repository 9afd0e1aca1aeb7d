"""Approvals over JSON: queues, moves, escalations, clocks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from approvals.base.moments import day_of
from approvals.moves import MOVES
from approvals.supervision.sweep import sweep
from tests.support.api_clients import Api, Program
from tests.support.builders import (
    APPROVAL_PATHS,
    GIVEN,
    NOW,
    an_actor,
    an_approval,
    approval_row,
    do,
    escalation_rows,
    project_row,
    when,
)
from workflows.clock.lights import LIGHTS
from workflows.config.catalogue import load_catalogue

TODAY = day_of(NOW)
LATELY = when("2026-11-19")  # the day before
PEOPLE = ("owner1", "owner2", "window-a01", "head-a01", "window-a02", "liaison1", "liaison2", "office1")


def refs(program: Program, **query: Any) -> set[str]:
    return {entry["ref"] for entry in program.pages("/approvals", **query)}


def number_of(api: Api, on: str) -> str:
    """The approval's reference by the number of its project."""
    ref, _, code = on.partition("/")
    with api.database.read() as tx:
        return f"{project_row(tx, ref).number}/{code}"


def test_an_approval_goes_through_its_window_over_json(api: Api) -> None:
    on = f"{api.project('registered')}/A01"
    steps = (
        ("owner1", "submit", "received"),
        ("window-a01", "notify_once", "correcting"),
        ("owner1", "resubmit", "received"),
        ("head-a01", "notify_again", "correcting"),
        ("liaison1", "resubmit", "received"),
        ("window-a01", "accept", "accepted"),
        ("window-a01", "start_special", "paused"),
        ("window-a01", "end_special", "accepted"),
        ("head-a01", "extend", "accepted"),
        ("window-a01", "refuse", "refused"),
        ("window-a01", "deliver", "refused"),
        ("owner1", "reapply", "ready"),
        ("owner1", "submit", "received"),
        ("window-a01", "accept", "accepted"),
        ("window-a01", "grant", "granted"),
    )
    version = api.of("owner1").get(f"/approvals/{on}").json["version"]
    for who, move, state in steps:
        answer = api.of(who).move(on, move, GIVEN[move], version=version)
        assert (answer.status_code, answer.json["state"], answer.json["version"]) == (200, state, version + 1), move
        version += 1
    assert (answer.json["round"], answer.json["document_no"]) == (2, GIVEN["grant"]["document_no"])
    assert answer.json["decided_on"] == TODAY.isoformat()
    assert answer.json["moves"] == ["deliver", "take"]
    assert "A02" in {entry["code"] for entry in api.of("owner1").pages("/approvals", state="ready")}


def test_an_approval_is_told_with_all_that_it_takes(api: Api) -> None:
    on = api.approval("accepted", at=when("2026-11-16"))
    body = api.of("window-a01").get(f"/approvals/{on}").json
    assert body["ref"] == number_of(api, on)
    assert body["project"] == body["ref"].partition("/")[0]
    assert body["materials"] == ["申请文件", "项目建议书", "资金来源说明"]
    assert body["procedures"] == ["咨询评估"]
    assert (body["department"], body["owner"], body["liaison"]) == ("市发展改革委", "市教育局", "liaison1")
    assert (body["accepted_on"], body["promised_due_on"], body["light"]) == ("2026-11-16", "2026-11-23", "reminder")
    assert body["moves"] == ["grant", "refuse", "start_special", "take"]


ALWAYS = {"propose_correction"}  # is no move of the approval's state; it says which days there are to correct


def test_no_move_is_taken_that_was_not_told_as_open(api: Api) -> None:
    cases = [api.approval(state, at=LATELY) for state in (*APPROVAL_PATHS, "waiting")]
    for on in cases:
        for who in PEOPLE:
            view = api.of(who).get(f"/approvals/{on}")
            body = view.json["moves"] if view.status_code == 200 else []
            for move in MOVES["approval"].keys() - ALWAYS - set(body):
                answer = api.of(who).move(on, move, GIVEN.get(move, GIVEN["grant"]))
                assert answer.status_code in (403, 404, 409), f"{who} made {move}: {answer.text}"


def test_every_move_that_was_told_as_open_is_taken(api: Api) -> None:
    for state in APPROVAL_PATHS:
        for who in ("owner1", "window-a01", "head-a01", "liaison1"):
            on = api.approval(state, at=LATELY)
            for number, move in enumerate(api.of(who).get(f"/approvals/{on}").json["moves"]):
                on = api.approval(state, at=LATELY) if number else on
                answer = api.of(who).move(on, move, GIVEN[move])
                assert answer.status_code == 200, f"{who} could not {move} in {state}: {answer.text}"


def test_the_approvals_of_a_suspended_project_are_open_to_no_move(api: Api) -> None:
    with api.writing() as tx:
        on = an_approval(tx, "received", at=LATELY)
        do(tx, "office1", "suspend", on.partition("/")[0], at=NOW)
    assert api.of("window-a01").get(f"/approvals/{on}").json["moves"] == ["take"]  # who handles it stays to be said
    answer = api.of("window-a01").move(on, "accept")
    assert (answer.status_code, answer.json["state"]) == (409, "received")


def test_a_handler_is_told_to_officers_and_filtered_by(api: Api) -> None:
    on = api.approval("received", at=LATELY)
    free = api.approval("received", at=LATELY)
    assert api.of("window-a01").get(f"/approvals/{on}").json["handler"] is None
    answer = api.of("head-a01").move(on, "assign", {"handler": "window-a01"})
    assert (answer.status_code, answer.json["handler"]) == (200, "window-a01")
    assert api.of("owner1").get(f"/approvals/{on}").json["handler"] is None
    assert api.of("owner1").get(f"/approvals/{on}").json["handler_name"] is None

    def refs(who: str, handler: str) -> set[str]:
        return {entry["ref"] for entry in api.of(who).pages("/approvals", state="received", handler=handler)}

    assert number_of(api, on) in refs("office1", "window-a01") - refs("office1", "-")
    assert number_of(api, free) in refs("head-a01", "-") - refs("head-a01", "window-a01")
    assert api.of("owner1").get("/approvals?handler=window-a01").status_code == 403
    assert api.of("office1").get("/approvals?handler=nobody.at.all").status_code == 422
    assert api.of("office1").get("/approvals?handler=A%20B").status_code == 422


def test_whoever_comes_after_the_silence_of_the_window_sees_what_it_made(api: Api) -> None:
    on = api.approval("received", at=when("2026-11-02"))
    answer = api.of("window-a01").move(on, "reject_intake", GIVEN["reject_intake"])
    assert (answer.status_code, answer.json["state"]) == (409, "accepted")
    view = api.of("window-a01").get(f"/approvals/{on}").json
    assert (view["deemed"], view["accepted_on"], view["version"]) == (True, "2026-11-02", answer.json["version"])


def test_an_instant_item_is_accepted_and_granted_in_one_step(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    on = api.approval("received", at=LATELY)
    refused = api.of("window-a01").move(on, "grant_at_once", GIVEN["grant"])
    assert (refused.status_code, refused.json["state"]) == (409, "received")
    assert "grant_at_once" not in refused.json["moves"]
    items = load_catalogue().items
    monkeypatch.setitem(items, "A01", replace(items["A01"], instant=True))
    assert "grant_at_once" in api.of("window-a01").get(f"/approvals/{on}").json["moves"]
    answer = api.of("window-a01").move(on, "grant_at_once", GIVEN["grant"])
    assert (answer.status_code, answer.json["state"]) == (200, "granted")
    assert api.of("window-a01").get(f"/approvals/{on}/clock").json["used"] == 0


def test_a_decision_that_came_second_is_answered_with_what_stands(api: Api) -> None:
    with api.writing() as tx:
        on = an_approval(tx, "accepted")
        version = approval_row(tx, *on.split("/")).version
    assert api.of("window-a01").move(on, "grant", GIVEN["grant"], version=version).status_code == 200
    second = api.of("window-a01").move(on, "refuse", GIVEN["refuse"], version=version)
    assert second.status_code == 409
    standing = {"ref": number_of(api, on), "state": "granted", "version": version + 1, "moves": ["deliver", "take"]}
    assert standing.items() <= second.json.items()


def test_a_window_has_its_departments_approvals_only(api: Api) -> None:
    on = api.approval("granted")
    ref = on.partition("/")[0]
    api.approval("received", owner="owner2")
    window = api.of("window-a02")
    assert {entry["department"] for entry in window.pages("/approvals")} == {"市自然资源局"}
    assert refs(window, department="市发展改革委") == refs(window, department="a01") == set()
    for name in ("a02", "A02", "市自然资源局"):
        assert refs(window, department=name, state="ready") == {number_of(api, f"{ref}/A02")}
    for path in ("", "/clock"):
        assert window.get(f"/approvals/{on}{path}").status_code == 404
    assert window.move(on, "deliver").status_code == 404


def test_an_owner_has_the_approvals_of_the_own_unit_only(api: Api) -> None:
    own = api.approval("received")
    foreign = api.approval("received", owner="owner2")
    assert {entry["owner"] for entry in api.of("owner1").pages("/approvals")} == {"市教育局"}
    assert number_of(api, own) in refs(api.of("owner1"), state="received")
    assert number_of(api, foreign) not in refs(api.of("owner1"))
    assert refs(api.of("office1"), state="received") == {number_of(api, own), number_of(api, foreign)}
    assert api.of("owner1").get(f"/approvals/{foreign}").status_code == 404
    assert api.of("owner1").move(foreign, "withdraw_approval", GIVEN["withdraw_approval"]).status_code == 404


def test_a_queue_walked_page_by_page_holds_each_approval_once_the_most_pressing_first(api: Api) -> None:
    for days in (9, 2, 5, 5):
        api.approval("accepted", at=when("2026-11-02") + timedelta(days=days))
    api.approval("received", at=when("2026-11-19"))
    api.approval("correcting", at=when("2026-11-18"))
    api.approval("granted", at=when("2026-11-16"))
    api.approval("paused", at=when("2026-11-12"))
    whole = api.of("window-a01").pages("/approvals", limit=200)
    assert len({entry["ref"] for entry in whole}) == len(whole) > 20
    for limit in (1, 3, 7, len(whole)):
        assert api.of("window-a01").pages("/approvals", limit=limit) == whole
    due = [entry["due_on"] for entry in whole if entry["due_on"] and entry["state"] == "accepted"]
    assert due == sorted(due)
    without = [entry["due_on"] is None for entry in whole]
    assert without == sorted(without)


def test_a_queue_is_narrowed_by_light_as_each_approval_shows_it(api: Api) -> None:
    for day in ("2026-11-19", "2026-11-16", "2026-11-12", "2026-10-12"):
        api.approval("accepted", at=when(day))
    api.approval("granted", at=when("2026-11-10"))
    everything = api.of("office1").pages("/approvals")
    assert {entry["light"] for entry in everything} == {*LIGHTS, None}
    for light in LIGHTS:
        lit = [entry for entry in everything if entry["light"] == light]
        still_open = {entry["ref"] for entry in lit if entry["state"] in ("accepted", "paused")}
        assert refs(api.of("office1"), light=light) == still_open
        granted = {entry["ref"] for entry in lit if entry["state"] == "granted"}
        assert refs(api.of("office1"), light=light, state="granted") == granted


def test_a_queue_is_narrowed_by_the_day_before_which_something_is_due(api: Api) -> None:
    early = api.approval("accepted", at=when("2026-11-02"))
    late = api.approval("accepted", at=when("2026-11-16"))
    due = date.fromisoformat(api.of("owner1").get(f"/approvals/{late}").json["due_on"])
    assert refs(api.of("owner1"), due_before=due) == {number_of(api, early)}
    assert refs(api.of("owner1"), due_before=due + timedelta(days=1)) == {
        number_of(api, entry) for entry in (early, late)
    }


def test_a_date_of_a_standing_clock_is_that_of_the_clock_everywhere(api: Api) -> None:
    with api.writing() as tx:
        paused = an_approval(tx, "paused", at=when("2026-11-02"))
        suspended = an_approval(tx, "received", at=when("2026-11-17"))
        do(tx, "office1", "suspend", suspended.partition("/")[0], at=when("2026-11-18"))
    office = api.of("office1")
    for on, name in ((paused, "promised"), (suspended, "notice")):
        clock = office.get(f"/approvals/{on}/clock").json
        day = date.fromisoformat(clock[name]["due_on"])
        assert day > TODAY
        [row] = [row for row in office.pages("/approvals") if row["ref"] == number_of(api, on)]
        planned = office.get(f"/projects/{on.partition('/')[0]}/plan").json["approvals"]
        rows = (row, office.get(f"/approvals/{on}").json, next(item for item in planned if item["code"] == "A01"))
        assert {row["due_on"] for row in rows} == {day.isoformat()}
        assert row[f"{name}_due_on"] == day.isoformat()
        assert row["legal_due_on"] == (clock["legal"] and clock["legal"]["due_on"])
        assert row["ref"] not in refs(office, due_before=day)
        assert row["ref"] in refs(office, due_before=day + timedelta(days=1))


def test_an_unknown_filter_is_refused_with_its_name(api: Api) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"department": "别的部门"}, "department"),
        ({"department": ""}, "department"),
        ({"state": "lost"}, "state"),
        ({"light": "blue"}, "light"),
        ({"light": ""}, "light"),
        ({"due_before": "tomorrow"}, "due_before"),
        ({"due_before": "2026-02-30"}, "due_before"),
        ({"due_before": "1999-01-01"}, "due_before"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "garbage"}, "cursor"),
        ({"cursor": "WzEsMl0"}, "cursor"),  # [1,2]
        ({"cursor": "WzAsIjIwMjYtMDItMzAiLDFd"}, "cursor"),  # [0,"2026-02-30",1]
        ({"cursor": "WzAsbnVsbCxudWxsXQ"}, "cursor"),  # [0,null,null]
        ({"nonsense": "1"}, "nonsense"),
    )
    for query, field in wrong:
        answer = api.of("office1").get("/approvals", **query)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), query


def test_a_wrong_field_of_a_move_is_named(api: Api) -> None:
    received, accepted = (api.approval(state, at=LATELY) for state in ("received", "accepted"))
    window, head = api.of("window-a01"), api.of("head-a01")
    item = GIVEN["notify_once"]["items"][0]
    wrong: tuple[tuple[Program, str, str, dict[str, Any], str], ...] = (
        (window, received, "notify_once", {}, "items"),
        (window, received, "notify_once", {"items": []}, "items"),
        (window, received, "notify_once", {"items": [item | {"problem": "a\x00b"}]}, "items.0.problem"),
        (window, received, "notify_once", {"items": [item, {"material": "x", "problem": "y"}]}, "items.1.remedy"),
        (window, received, "reject_intake", {"reason": "x" * 4001}, "reason"),
        (window, received, "accept", {"surprise": 1}, "surprise"),
        (window, accepted, "grant", {"document_no": " "}, "document_no"),
        (window, accepted, "start_special", GIVEN["start_special"] | {"procedure": "听证"}, "procedure"),
        (window, accepted, "start_special", GIVEN["start_special"] | {"expected_days": 0}, "expected_days"),
        (head, accepted, "extend", {"days": 11, "reason": "x"}, "days"),
        (head, accepted, "extend", {"days": "many", "reason": "x"}, "days"),
    )
    for program, on, move, content, field in wrong:
        answer = program.move(on, move, content)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), (move, content)


def test_what_is_no_move_that_people_make_is_refused(api: Api) -> None:
    on = api.approval("received", at=LATELY)
    for move in ("open", "deem_accepted", "raise", "file", "nonsense"):
        answer = api.of("window-a01").move(on, move, {})
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["move"])


def test_a_reading_of_the_clock_is_the_one_that_others_rely_on(api: Api) -> None:
    on = api.approval("accepted", at=when("2026-03-02"))
    body = api.of("owner1").get(f"/approvals/{on}/clock", on="2026-03-09").json
    assert body == {
        "approval": number_of(api, on),
        "on": "2026-03-09",
        "state": "accepted",
        "round": 1,
        "received_on": "2026-03-02",
        "accepted_on": "2026-03-02",
        "deemed": False,
        "decided_on": None,
        "delivered_on": None,
        "used": 5,
        "paused": 0,
        "light": "reminder",
        "notice": None,
        "promised": {"limit": 5, "due_on": "2026-03-09", "left": 0},
        "legal": {"limit": 20, "unit": "working_days", "used": 5, "due_on": "2026-03-30", "left": 15},
        "delivery": None,
        "provisional": False,
        "calendar": "2026",
        "days": [
            {"on": "2026-03-03", "counts": True},
            {"on": "2026-03-04", "counts": True},
            {"on": "2026-03-05", "counts": True},
            {"on": "2026-03-06", "counts": True},
            {"on": "2026-03-07", "counts": False, "why": "weekend"},
            {"on": "2026-03-08", "counts": False, "why": "weekend"},
            {"on": "2026-03-09", "counts": True},
        ],
    }


def test_a_clock_is_read_today_unless_a_day_is_asked_for(api: Api) -> None:
    on = api.approval("received", at=when("2026-11-19"))
    program = api.of("window-a01")
    assert program.get(f"/approvals/{on}/clock").json["on"] == TODAY.isoformat()
    assert program.get(f"/approvals/{on}/clock", on="2000-01-01").json["state"] == "waiting"
    assert program.get(f"/approvals/{on}/clock", on="2100-12-31").json["notice"]["left"] < 0
    for day in ("1999-12-31", "2101-01-01", "2026-02-30", "today", ""):
        answer = program.get(f"/approvals/{on}/clock", on=day)
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["on"]), day


def an_escalated_approval(api: Api) -> str:
    """An approval of which the first escalation waits for the window's answer."""
    on = api.approval("accepted", at=when("2026-11-13"))  # one promised day is left from 19 November on
    sweep(api.database, NOW, lambda: NOW)
    return on


def test_an_escalation_is_answered_at_its_own_level(api: Api) -> None:
    on, window = an_escalated_approval(api), api.of("window-a01")
    view = window.get(f"/approvals/{on}").json
    [escalation] = view["escalations"]
    assert (escalation["level"], escalation["state"], escalation["raised_on"]) == (1, "raised", "2026-11-19")
    assert "answer" in view["moves"]
    assert "answer" not in api.of("office1").get(f"/approvals/{on}").json["moves"]
    assert api.of("office1").move(on, "answer", GIVEN["answer"] | {"level": 1}).status_code == 403
    answer = window.move(on, "answer", GIVEN["answer"] | {"level": 1}, version=escalation["version"])
    assert answer.status_code == 200
    assert (answer.json["ref"], answer.json["level"], answer.json["state"]) == (view["ref"], 1, "answered")
    assert answer.json["commitment_on"] == GIVEN["answer"]["commitment_on"]
    again = window.move(on, "answer", GIVEN["answer"])
    assert again.status_code == 409
    assert {"state": "answered", "version": answer.json["version"]}.items() <= again.json.items()
    assert "answer" not in again.json["moves"]


def test_a_wrong_answer_to_an_escalation_is_refused(api: Api) -> None:
    on, window = an_escalated_approval(api), api.of("window-a01")
    for change, field in (
        ({"level": 5}, "level"),
        ({"level": "x"}, "level"),
        ({"reason": ""}, "reason"),
        ({"commitment_on": "2026-11-21"}, "commitment_on"),  # a Saturday
        ({"commitment_on": "2026-11-19"}, "commitment_on"),
    ):
        answer = window.move(on, "answer", GIVEN["answer"] | change)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), change
    stale = window.move(on, "answer", GIVEN["answer"] | {"level": None}, version=7)
    assert (stale.status_code, stale.json["state"], stale.json["version"]) == (409, "raised", 1)
    assert api.of("office1").move(on, "answer", GIVEN["answer"]).status_code == 404
    with api.database.read() as tx:
        assert [row.state for row in escalation_rows(tx, *on.split("/"))] == ["raised"]


def test_those_who_have_no_part_in_the_street_get_nothing(api: Api) -> None:
    with api.writing() as tx:
        on = an_approval(tx, "accepted")
        assert an_actor(tx, "sysadmin1").has("sysadmin")
    for who in ("sysadmin1", "secadmin1", "auditor1"):
        for path in ("/approvals", f"/approvals/{on}", f"/approvals/{on}/clock", "/projects"):
            assert api.of(who).get(path).status_code == 403
        assert api.of(who).move(on, "grant", GIVEN["grant"]).status_code == 403
