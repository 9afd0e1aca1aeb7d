"""The feed over JSON."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from approvals.api.v1.feed import MOST
from tests.support.api_clients import Api, an_api
from tests.support.builders import GIVEN, NOW, approval_row, project_row, when


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    with an_api(database_url) as client_api:
        yield client_api


def a_line(id: str, move: str, on: str, by: str = "owner1", at: str = "2026-03-02T09:15:00+08:00") -> dict[str, Any]:
    return {"id": id, "at": at, "by": by, "move": move, "on": on, "with": GIVEN[move]}


def outcomes(answer: Any) -> list[str]:
    return [result["outcome"] for result in answer.json["results"]]


def test_one_line_is_an_object(api: Api) -> None:
    answer = api.of("integration1").post("/feed", a_line("e-1", "draft", "sys-1"))
    assert answer.status_code == 200
    assert answer.json == {
        "done": 1,
        "known": 0,
        "refused": 0,
        "results": [
            {
                "line": 1,
                "id": "e-1",
                "outcome": "done",
                "ref": "sys-1",
                "state": "drafted",
                "warnings": [],
                "problem": None,
            },
        ],
    }
    with api.database.read() as tx:
        assert project_row(tx, "sys-1").drafted_at == when("2026-03-02", "09:15")


def test_many_lines_are_an_array_or_lines_of_text(api: Api) -> None:
    lines = [
        a_line("e-1", "draft", "sys-1"),
        a_line("e-2", "file", "sys-1"),
        a_line("e-3", "classify", "sys-1", by="office1"),
        a_line("e-4", "register", "sys-1", by="centre1"),
    ]
    text = b"\n".join(map(orjson.dumps, lines)) + b"\n\n"
    assert outcomes(api.of("integration1").post("/feed", lines)) == ["done"] * 4
    for kind in ("application/x-ndjson", "application/jsonl"):
        answer = api.of("integration1").post_raw("/feed", text, kind)
        assert outcomes(answer) == ["known"] * 4
        assert answer.json["known"] == 4


def test_a_refused_line_says_why_and_does_not_stop_the_rest(api: Api) -> None:
    lines = [
        a_line("e-1", "draft", "sys-1"),
        a_line("e-2", "refile", "sys-1"),
        a_line("e-3", "classify", "sys-1"),
        a_line("e-4", "file", "nowhere"),
        a_line("e-5", "file", "sys-1", by="nobody"),
        a_line("e-6", "file", "sys-1", at="2026-03-01T09:15:00+08:00"),
        a_line("e-7", "file", "sys-1", at=(NOW + timedelta(days=1)).isoformat()),
        a_line("e-8", "file", "sys-1") | {"with": {"surprise": 1}},
        {"id": "e-9"},
        7,
        a_line("e-1", "file", "sys-1"),
        a_line("e-10", "file", "sys-1"),
    ]
    answer = api.of("integration1").post("/feed", lines)
    assert answer.status_code == 200
    statuses = [result["problem"] and result["problem"]["status"] for result in answer.json["results"]]
    assert statuses == [None, 409, 403, 404, 422, 409, 409, 422, 422, 400, 409, None]
    assert (answer.json["done"], answer.json["refused"]) == (2, 10)
    assert all(result["problem"]["detail"] for result in answer.json["results"] if result["problem"])
    assert answer.json["results"][7]["problem"]["fields"] == {"surprise": ["is unknown"]}
    assert [result["line"] for result in answer.json["results"]] == list(range(1, 13))


def test_a_single_refused_line_is_answered_in_the_same_form(api: Api) -> None:
    answer = api.of("integration1").post("/feed", a_line("e-1", "file", "nowhere"))
    assert (answer.status_code, outcomes(answer)) == (200, ["refused"])


def test_only_the_integration_role_speaks_for_others(api: Api) -> None:
    at = NOW.isoformat()
    lines = [a_line("e-1", "draft", "sys-1", at=at), a_line("e-2", "draft", "sys-2", by="owner2", at=at)]
    answer = api.of("owner1").post("/feed", lines)
    assert outcomes(answer) == ["done", "refused"]
    assert answer.json["results"][1]["problem"]["status"] == 403
    assert api.of("sysadmin1").post("/feed", lines).status_code == 403
    assert api.stranger().post("/feed", lines).status_code == 401


def test_lines_that_cannot_be_read_are_reported_with_their_number(api: Api) -> None:
    text = b"\n".join([b'{"id":', orjson.dumps(a_line("e-1", "draft", "sys-1")), b"", b"[]", b"\xff\xfe", b"7"])
    answer = api.of("integration1").post_raw("/feed", text, "application/x-ndjson")
    assert [(result["line"], result["outcome"]) for result in answer.json["results"]] == [
        (1, "refused"),
        (2, "done"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
    ]


def test_half_a_character_in_one_line_does_not_stop_the_rest(api: Api) -> None:
    broken = orjson.dumps(a_line("e-1", "draft", "sys-1")).replace(b'"sys-1"', b'"\\ud800"')
    odd = orjson.dumps(a_line("e-2", "draft", "sys-2")).replace(b'"with"', b'"\\ud800"')
    whole = orjson.dumps(a_line("e-3", "draft", "sys-3"))
    answer = api.of("integration1").post_raw("/feed", b"[" + b",".join([broken, odd, whole]) + b"]")
    assert outcomes(answer) == ["refused", "refused", "done"]
    assert list(answer.json["results"][0]["problem"]["fields"]) == ["on"]


def test_what_is_no_feed_at_all_is_refused(api: Api) -> None:
    program = api.of("integration1")
    assert program.post_raw("/feed", b'{"id"').status_code == 400
    assert program.post_raw("/feed", b"").status_code == 400
    assert program.post_raw("/feed", b"[" * 5000).status_code == 400
    assert program.post_raw("/feed", b"id=e-1", "application/x-www-form-urlencoded").status_code == 415
    assert program.post_raw("/feed", b"{}", None).status_code == 415
    too_many = program.post_raw("/feed", b"\n" * MOST, "application/x-ndjson")
    assert too_many.status_code == 413
    assert str(MOST) in too_many.json["detail"]


def test_an_empty_feed_has_no_results(api: Api) -> None:
    assert api.of("integration1").post("/feed", []).json == {"done": 0, "known": 0, "refused": 0, "results": []}


def test_what_the_system_owes_between_two_lines_is_made_at_its_own_time(api: Api) -> None:
    on = api.approval("received", at=when("2026-03-02"))
    answer = api.of("integration1").post(
        "/feed", a_line("e-1", "grant", on, by="window-a01", at="2026-03-12T10:00:00+08:00")
    )
    assert outcomes(answer) == ["done"]
    with api.database.read() as tx:
        row = approval_row(tx, *on.split("/"))
    assert row.is_deemed
    assert (row.accepted_on.isoformat(), row.decided_on.isoformat()) == ("2026-03-02", "2026-03-12")
