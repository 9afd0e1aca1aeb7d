"""Telephone numbers and mail addresses: masked for those who need not know them, and shown only on record."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from approvals.accounts.contacts import mask_email, mask_phone
from approvals.accounts.queries import PERSON
from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from tests.support.builders import a_project, walk, when
from tests.support.extent import effort
from tests.support.pages import Visitor, a_site, bearer, somebody

OF_EACH = effort(1, 4)  # pages that are opened of each kind
LINK = re.compile(r'href="(/[^"#]*)')
# What differs among pages of one kind: numbers, names, and which figure of a report it is.
MANY = re.compile(r"(?:%[0-9A-F]{2})+|[a-z_]+(?:\.[a-z0-9_]+)+$|[0-9]+|ext-[0-9]+|(?<=/people/).*")
NOT_PAGES = ("/static", "/docs", "/api"), (".pdf", ".xlsx", ".csv", ".zip")
EVERYBODY = (
    *("owner1", "owner2", "window-a01", "head-a01", "window-a02", "liaison1", "liaison2", "centre1", "office1"),
    *("leader1", "sysadmin1", "secadmin1", "auditor1"),
)
SEES_ALL = {"centre1", "sysadmin1"}
SEES = {"owner1": {"owner1", "liaison1"}}  # the officer who accompanies their project; others only themselves


@pytest.fixture(scope="module")
def site(make_database) -> Iterator[tuple[OpenAPI, str]]:
    """A small city with a late approval, accompanied by liaison1."""
    with a_site(make_database("sqlite")) as app:
        database = app.extensions[KEY].database
        with database.write() as tx:
            ref = a_project(tx, "registered", at=when("2026-03-02"))
            walk(tx, ref, "A01", ("submit", "accept"), at=when("2026-03-03"))
        sweep(database, when("2026-03-20"), lambda: datetime.now(UTC))
        yield app, ref


def contacts(app: OpenAPI) -> dict[str, tuple[str, str]]:
    with app.extensions[KEY].database.read() as tx:
        rows = tx.execute(select(PERSON.c.username, PERSON.c.phone, PERSON.c.email).order_by(PERSON.c.id))
        return {row.username: (row.phone, row.email) for row in rows}


def pages(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Every kind of page that links lead to, a few of each, with its text."""
    waiting, known, kinds = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        page = visitor.get(path)
        if not page.mimetype.startswith("text/"):
            continue
        yield path, page.text
        for link in LINK.findall(page.text):
            link = link.replace("&amp;", "&")
            path = link.partition("?")[0]
            if link in known or path.startswith(NOT_PAGES[0]) or path.endswith(NOT_PAGES[1]):
                continue
            kind = MANY.sub("#", path)
            if kinds[kind] < OF_EACH:
                kinds[kind] += 1
                known.add(link)
                waiting.append(link)


def found_in(text: str, everybody: dict[str, tuple[str, str]]) -> set[str]:
    def stands(email: str) -> bool:
        return email in text and bool(re.search(rf"\b{re.escape(email)}", text))

    return {name for name, (phone, email) in everybody.items() if phone in text or stands(email)}


@pytest.mark.parametrize("username", EVERYBODY)
def test_no_page_shows_anybody_a_number_that_they_need_not_know(site: tuple[OpenAPI, str], username: str) -> None:
    app, _ = site
    everybody = contacts(app)
    allowed = set(everybody) if username in SEES_ALL else SEES.get(username, set()) | {username}
    visited, wrong = 0, []
    for path, text in pages(somebody(app, username)):
        visited += 1
        wrong += [(path, name) for name in found_in(text, everybody) - allowed]
    assert wrong == []
    assert visited >= 3


@pytest.mark.parametrize("username", ["owner1", "window-a01", "liaison2", "office1", "integration1"])
def test_no_json_tells_a_number(site: tuple[OpenAPI, str], username: str) -> None:
    app, ref = site
    everybody, headers = contacts(app), bearer(app, username)
    for path in ("projects", f"projects/{ref}", f"projects/{ref}/history", f"projects/{ref}/plan", "approvals"):
        told = app.test_client().get(f"/api/v1/{path}", headers=headers).text
        assert found_in(told, everybody) == set(), path


def test_the_centre_reads_the_number_and_the_office_has_to_ask_for_it_on_record(site: tuple[OpenAPI, str]) -> None:
    app, ref = site
    phone, email = contacts(app)["liaison1"]
    assert phone in somebody(app, "centre1").get(f"/casefiles/{ref}").text
    office = somebody(app, "office1")
    page = office.get(f"/casefiles/{ref}").text
    assert mask_phone(phone) in page and phone not in page

    shown = office.post("/people/liaison1/contact", {"next": f"/casefiles/{ref}"})

    assert phone in shown.text and email in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with app.extensions[KEY].database.read() as tx:
        last = tx.execute(select(EVENT).order_by(EVENT.c.id.desc()).limit(1)).one()
    assert last[2:6] == ("office1", "contact_shown", "liaison1", f"/casefiles/{ref}")


@pytest.mark.parametrize(
    ("mask", "plain", "masked"),
    [
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "138 1234 5678", "138 **** 5678"),
        (mask_phone, "0812-0001234", "081*-***1234"),
        (mask_phone, "+86 13812345678", "+86 1******5678"),
        (mask_phone, "12345", "***45"),
        (mask_phone, "", ""),
        (mask_email, "zhang@x.cn", "z***@x.cn"),
        (mask_email, "z@x.cn", "***@x.cn"),
        (mask_email, "", ""),
    ],
)
def test_masks_keep_the_beginning_and_the_end(mask: Callable[[str], str], plain: str, masked: str) -> None:
    assert mask(plain) == masked
