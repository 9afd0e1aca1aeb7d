"""The way back to a list as it was left, the next case of the queue, and addresses that are none of ours."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import Connection

from tests.support.builders import a_project, an_approval, when
from tests.support.desk import Desk, a_prepared_desk, text_of

DAY = when("2026-03-09")
HOSTILE = (
    *("https://evil.example/windows", "//evil.example/windows?light=red", "/\\evil.example", "\\\\evil.example"),
    *(
        "javascript:alert(1)",
        "/windows\r\nSet-Cookie: a=b",
        " /windows?light=red",
        "windows?light=red",
        "",
        "?light=red",
    ),
    *(
        "/nothing-here",
        "/sign-out",
        "/administration/people?search=a",
        "http:/windows?light=red",
        "///windows?light=red",
    ),
    *("/windows/../../evil", "/@evil.example", "/windows?" + "search=" + "x" * 3000, "http://[", "/static/site.css"),
)
BACK = re.compile(r'class="way-back"><a href="([^"]+)"')
NEXT = re.compile(r'class="next-case"><a[^>]* href="([^"]+)"')


def prepare(tx: Connection) -> dict[str, str]:
    states = {"first": "accepted", "second": "accepted", "third": "received"}
    return {
        name: an_approval(tx, state, ref=a_project(tx, "registered", at=DAY, name=f"{name}号项目"))
        for name, state in states.items()
    }


@pytest.fixture(scope="module")
def desk(make_database) -> Iterator[Desk]:  # type: ignore[no-untyped-def]
    with a_prepared_desk(make_database("sqlite"), ("window-a01", "owner1", "office1"), prepare) as desk:
        yield desk


def way_back(page: str) -> str | None:
    link = BACK.search(page)
    return unescape(link[1]) if link else None


def test_a_case_leads_back_to_its_list_as_it_was_narrowed_and_sorted(desk: Desk) -> None:
    officer, left = desk.people["window-a01"], "/windows?search=号项目&state=accepted&sort=-received"
    listed = officer.get(left).text
    links = [unescape(link) for link in re.findall(r'href="(/approvals/[^"]+)"', listed)]
    back = way_back(officer.get(links[0]).text)

    assert back is not None
    assert urlsplit(back).path == "/windows"
    assert parse_qs(urlsplit(back).query) == {"search": ["号项目"], "state": ["accepted"], "sort": ["-received"]}
    assert officer.get(back).status_code == 200


def test_a_list_that_is_not_narrowed_leaves_addresses_as_they_are(desk: Desk) -> None:
    assert "back=" not in desk.people["window-a01"].get("/windows").text


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_no_list_of_the_reader_leads_nowhere(desk: Desk, address: str) -> None:
    page = desk.people["window-a01"].get(f"/approvals/{desk.refs['third']}?back={quote(address, safe='')}")

    assert page.status_code == (422 if "\n" in address else 200)  # control characters are in no address
    assert way_back(page.text) is None
    assert [
        link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text) if "back=" in link or "evil" in link
    ] == []


def test_a_list_is_led_back_to_by_what_it_knows_alone(desk: Desk) -> None:
    address = quote("/windows?light=red&next=//evil.example&file=csv#x", safe="")
    page = desk.people["window-a01"].get(f"/approvals/{desk.refs['third']}?back={address}")

    assert way_back(page.text) == "/windows?light=red"


def test_a_decision_leads_to_the_next_case_of_the_same_queue(desk: Desk) -> None:
    officer, ref = desk.people["window-a01"], desk.refs["first"]
    left = quote("/windows?state=accepted", safe="")
    page = f"/approvals/{ref}?back={left}"
    assert NEXT.search(officer.get(page).text) is None

    form = {"document_no": "攀发改〔2026〕9号", "once": officer.once_key(), "version": version(officer.page.text)}
    answer = officer.post(f"/approvals/{ref}/moves/grant?back={left}", form)
    decided = officer.get(answer.location).text
    link = NEXT.search(decided)

    assert way_back(decided) == "/windows?state=accepted"
    assert link is not None
    assert unescape(link[1]) == "/approvals/510400-2026-00002/A01?back=/windows?state%3Daccepted"
    assert "下一件：A01 second号项目" in text_of(decided)
    assert NEXT.search(desk.people["owner1"].get(f"/approvals/{ref}").text) is None
    assert (
        NEXT.search(officer.get(f"/approvals/{ref}?back={quote('/windows?stage=99&light=no', safe='')}").text) is None
    )


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]
