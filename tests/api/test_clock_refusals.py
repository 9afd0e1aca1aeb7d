"""What no clock allows is refused at every door, in words, and changes nothing."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from approvals.cli.records import clock
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import CHAIN, ENTRY, NOTICE
from approvals.registration.queries import APPROVALS
from tests.support.api_clients import Api, an_api
from tests.support.builders import GIVEN, NOW, an_approval, approval_row, faults, walk, when
from tests.support.desk import text_of
from tests.support.extent import PAGE_ENGINES
from tests.support.pages import give_password, somebody
from workflows.config.catalogue import load_catalogue

DAY = when("2026-11-18")
PEOPLE = ("window-a01", "head-a01")
SPECIAL = GIVEN["start_special"]
EXTENSION = {"days": 3, "reason": "情况复杂"}
HALF_OF_A01 = load_catalogue().items["A01"].legal // 2
# state, moves after it, by whom, move, what is given, the answer's status, its words in Chinese and English
WRONG = {
    "pausing twice": ("paused", (), "window-a01", "start_special", SPECIAL, 409, "不能进行", "not allowed"),
    "resuming what runs": ("accepted", (), "window-a01", "end_special", {}, 409, "不能进行", "not allowed"),
    "resuming what was resumed": (
        *("paused", ("end_special",), "window-a01", "end_special", {}),
        *(409, "不能进行", "not allowed"),
    ),
    "extending twice": ("accepted", ("extend",), "head-a01", "extend", EXTENSION, 409, "", ""),
    "extending beyond the cap": (
        *("accepted", (), "head-a01", "extend", EXTENSION | {"days": min(10, HALF_OF_A01) + 1}),
        *(422, str(min(10, HALF_OF_A01)), str(min(10, HALF_OF_A01))),
    ),
    "extending by no day": (
        *("accepted", (), "head-a01", "extend", EXTENSION | {"days": 0}),
        *(422, "不能小于1", "must be at least 1"),
    ),
    "extending what stands still": ("paused", (), "head-a01", "extend", EXTENSION, 409, "不能进行", "not allowed"),
    "a procedure of another item": (
        *("accepted", (), "window-a01", "start_special", SPECIAL | {"procedure": "听证"}),
        *(422, "不是该事项", "item"),
    ),
    "no written notice": (
        *("accepted", (), "window-a01", "start_special", SPECIAL | {"notice": " "}),
        *(422, "必填", "is required"),
    ),
}
FUTURE = ("2026-12-31", "2028-02-29", "2100-12-31")
Wrong = tuple[str, tuple[str, ...], str, str, dict[str, Any], int, str, str]
Answer = tuple[int, str]


@pytest.fixture(scope="module", params=PAGE_ENGINES)
def api(request: Any, make_database: Callable[[str], str]) -> Iterator[Api]:
    with an_api(make_database(request.param)) as result:
        give_password(result.database, *PEOPLE)
        yield result
        assert faults(result.database) == []


def everything(api: Api) -> dict[str, list[Any]]:
    with api.database.read() as tx:
        tables = (PROJECTS, APPROVALS, ENTRY, CHAIN, NOTICE)
        return {table.name: tx.execute(select(table).order_by(*table.primary_key)).all() for table in tables}


def by_page(api: Api, ref: str, who: str, move: str, content: dict[str, Any]) -> Answer:
    """As a form that somebody still has open, or writes by hand."""
    visitor = somebody(api.app, who, "192.0.2.9")
    visitor.get(f"/approvals/{ref}")
    with api.database.read() as tx:
        version = approval_row(tx, *ref.split("/")).version
    answer = visitor.post(f"/approvals/{ref}/moves/{move}", {"version": str(version), **content})
    return answer.status_code, text_of(answer.text)


def by_json(api: Api, ref: str, who: str, move: str, content: dict[str, Any]) -> Answer:
    answer = api.of(who, "zh").move(ref, move, content)
    return answer.status_code, answer.text


def by_feed(api: Api, ref: str, who: str, move: str, content: dict[str, Any], at: datetime = NOW) -> Answer:
    line = {"id": f"{ref}-{move}", "at": at.isoformat(), "by": who, "move": move, "on": ref, "with": content}
    (outcome,) = api.of("integration1").post("/feed", line).json["results"]
    return outcome["problem"]["status"], str(outcome["problem"])


DOORS = {"page": (by_page, "zh"), "json": (by_json, "zh"), "feed": (by_feed, "en")}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_no_clock_allows_is_refused_at_every_door(api: Api, door: str, wrong: Wrong) -> None:
    state, moves, who, move, content, status, chinese, english = wrong
    with api.writing() as tx:
        ref = an_approval(tx, state, at=DAY)
        walk(tx, ref.partition("/")[0], "A01", moves)
    before = everything(api)
    send, language = DOORS[door]
    result, words = send(api, ref, who, move, content)
    assert result == status, words
    assert (chinese if language == "zh" else english) in words
    assert everything(api) == before


@pytest.mark.parametrize("move", ["start_special", "accept", "grant", "deliver"])
def test_a_day_before_the_last_entry_is_refused_by_the_feed(api: Api, move: str) -> None:
    state = {"accept": "received", "deliver": "granted"}.get(move, "accepted")
    ref = api.approval(state, at=DAY)
    before = everything(api)
    for earlier in (timedelta(seconds=1), timedelta(days=1), timedelta(days=400)):
        status, words = by_feed(api, ref, "window-a01", move, GIVEN[move], DAY - earlier)
        assert (status, "earlier than the last entry" in words) == (409, True), words
    assert everything(api) == before


def test_pages_and_json_take_no_day_from_outside(api: Api) -> None:
    refs = [api.approval("received", at=DAY) for _ in range(2)]
    earlier = "2026-11-01T09:00:00+08:00"
    assert by_json(api, refs[0], "window-a01", "accept", {"at": earlier})[0] == 422
    assert api.of("window-a01").post(f"/approvals/{refs[0]}/moves/accept", {"at": earlier}).status_code == 422
    by_page(api, refs[1], "window-a01", "accept", {"at": earlier})
    with api.database.read() as tx:
        assert approval_row(tx, *refs[0].split("/")).state == "received"
        assert str(approval_row(tx, *refs[1].split("/")).accepted_on) in ("None", "2026-11-20")


@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01", "2026-02-29", "tomorrow", "2026-13-01"])
def test_a_reading_of_no_day_is_refused_in_words_on_the_command_line(api: Api, day: str) -> None:
    result = api.app.test_cli_runner().invoke(clock, ["--all", "--on", day, "--json"])
    assert result.exit_code == 2, result.output
    assert "Invalid value for --on" in result.output


@pytest.mark.parametrize("day", ["2026-11-18", "2026-12-31", "2027-12-31", "2028-02-29", "2100-12-31"])
def test_every_approval_is_read_on_odd_days(api: Api, day: str) -> None:
    for state in ("received", "accepted", "paused", "correcting", "granted"):
        api.approval(state, at=DAY)
    result = api.app.test_cli_runner().invoke(clock, ["--all", "--on", day, "--json"])
    assert result.exit_code == 0, result.output
    readings = [json.loads(line) for line in result.output.splitlines()]
    assert {reading["on"] for reading in readings} == {day}
    assert {reading["state"] for reading in readings} >= {"received", "accepted", "paused", "correcting", "granted"}


@pytest.mark.parametrize(
    "day", ["2026-12-31", "2028-02-29", "2100-12-31", "2026-02-29", "1999-12-31", "9" * 5000, "%00"]
)
@pytest.mark.parametrize("state", ["accepted", "paused"])
def test_no_day_that_is_asked_for_breaks_a_page_or_the_api(api: Api, state: str, day: str) -> None:
    ref = api.approval(state, at=DAY)
    page = somebody(api.app, "window-a01", "192.0.2.31").get(f"/approvals/{ref}/clock?on={day}")
    assert page.status_code == (200 if day == FUTURE[0] else 422), "the page shows each day, so it goes less far"
    answer = api.of("window-a01").get(f"/approvals/{ref}/clock", on=unquote(day))
    assert answer.status_code == (200 if day in FUTURE else 422), answer.text[:300]


def test_two_windows_that_pause_at_once_pause_once(api: Api) -> None:
    """Both opened the page before either sent the form."""
    with api.writing() as tx:
        ref = an_approval(tx, "accepted", at=DAY)
        version = approval_row(tx, *ref.split("/")).version
    content = {key: str(value) for key, value in SPECIAL.items()} | {"version": str(version)}
    statuses = []
    for address in ("192.0.2.21", "192.0.2.22"):
        visitor = somebody(api.app, "window-a01", address)
        visitor.get(f"/approvals/{ref}")
        statuses.append(visitor.post(f"/approvals/{ref}/moves/start_special", content).status_code)
    assert statuses == [303, 409]
    with api.database.read() as tx:
        row = approval_row(tx, *ref.split("/"))
        statement = select(ENTRY.c.move).where(ENTRY.c.approval_id == row.id).order_by(ENTRY.c.seq)
        assert list(tx.execute(statement).scalars()).count("start_special") == 1
