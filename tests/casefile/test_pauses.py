"""The special procedures of departments: each count is that of the record, and as long as the list behind it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from statistics import median
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.history.record import ENTRY
from approvals.http.application import KEY
from approvals.registration.queries import APPROVALS
from tests.support.builders import NOW, a_project, do, walk, when
from tests.support.pages import Visitor, somebody

TODAY = day_of(NOW)
KINDS = ("all", "running", "long", "over", "often")
CAPS = {"A01": 15, "A02": 20}  # of the only procedure that each of them has
PERIODS = ("2026", "2026-03", "2026-04", "2026-05", "2026-11")


@pytest.fixture
def database(app: OpenAPI) -> Database:
    found: Database = app.extensions[KEY].database
    return found


@pytest.fixture
def office(app: OpenAPI, database: Database) -> Visitor:
    """An officer of a city in which procedures were short, long, beyond the cap, frequent, and still run."""
    with database.write() as tx:
        school = a_project(tx, "registered", at=when("2026-03-02"), name="新建小学")
        walk(tx, school, "A01", ("submit", "accept"), at=when("2026-03-03"))
        paused(tx, f"{school}/A01", "咨询评估", "2026-03-04", "2026-03-06")
        paused(tx, f"{school}/A01", "咨询评估", "2026-03-09", "2026-03-09")
        paused(tx, f"{school}/A01", "咨询评估", "2026-03-10", "2026-04-15")
        walk(tx, school, "A01", ("refuse", "reapply", "submit", "accept"), at=when("2026-04-16"))
        paused(tx, f"{school}/A01", "咨询评估", "2026-04-17", "2026-05-08")
        walk(tx, school, "A01", ("grant",), at=when("2026-05-11"))
        walk(tx, school, "A02", ("submit", "accept"), at=when("2026-05-12"))
        paused(tx, f"{school}/A02", "专家论证", "2026-05-13", "2026-06-30")
        paused(tx, f"{school}/A02", "专家论证", "2026-11-12", "")
        clinic = a_project(tx, "registered", at=when("2026-03-02"), name="新建医院")
        walk(tx, clinic, "A01", ("submit", "accept"), at=when("2026-05-06"))
        do(tx, "office1", "suspend", clinic, at=when("2026-05-07"))
        do(tx, "office1", "resume", clinic, at=when("2026-07-07"))
        paused(tx, f"{clinic}/A01", "咨询评估", "2026-11-18", "")
    return somebody(app, "office1")


def paused(tx: Any, ref: str, procedure: str, first: str, last: str) -> None:
    window = "window-a01" if ref.endswith("A01") else "window-a02"
    fields = {"procedure": procedure, "expected_days": 5, "notice": "已书面告知"}
    do(tx, window, "start_special", ref, fields, at=when(first))
    if last:
        do(tx, window, "end_special", ref, at=when(last, "15:00"))


def recounted(database: Database, period: str) -> dict[str, list[tuple[int, str, int, bool]]]:
    """(approval, its code, days, whether it runs) of each special procedure of the record, day by day, by kind."""
    with database.read() as tx:
        named = select(APPROVALS.c.id, APPROVALS.c.code).order_by(APPROVALS.c.id)
        codes = {row.id: row.code for row in tx.execute(named)}
        moves = ("start_special", "end_special")
        rows = tx.execute(select(ENTRY).where(ENTRY.c.move.in_(moves)).order_by(ENTRY.c.id)).all()
        calendar = calendar_in_force(tx)
    begun: list[tuple[int, str, int, bool]] = []
    for row in rows:
        if row.move != "start_special" or "中止" in row.facts or not str(day_of(row.at)).startswith(period):
            continue
        ends = [entry.at for entry in rows if entry.approval_id == row.approval_id and entry.id > row.id]
        day, last = day_of(row.at), day_of(ends[0]) - timedelta(days=1) if ends else TODAY
        days = sum(calendar.is_working_day(entry) for entry in every_day(day, last))
        begun.append((row.approval_id, codes[row.approval_id], days, not ends))
    often = {entry for entry, *_ in begun if sum(entry == another for another, *_ in begun) >= 2}
    return {
        "all": begun,
        "running": [entry for entry in begun if entry[3]],
        "long": [entry for entry in begun if entry[2] > 20],
        "over": [entry for entry in begun if entry[2] > CAPS[entry[1]]],
        "often": [next(entry for entry in begun if entry[0] == approval) for approval in often],
    }


def every_day(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def figures(page: str, name: str) -> list[str]:
    """The cells of a department's line, or of the last one."""
    row = next(row for row in page.split("<tr>") if f'head-cell">{name}<' in row)
    cells = re.findall(r'class="num">(.*?)</td>', row.partition("</tr>")[0])
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def listed(page: str) -> int:
    """The rows of the list below the table."""
    return page.partition('id="list"')[2].count('class="head-cell"')


@pytest.mark.parametrize("period", PERIODS)
def test_every_count_is_that_of_the_record_and_the_length_of_its_list(
    office: Visitor, database: Database, period: str
) -> None:
    by_kind = recounted(database, period)
    page = office.get(f"/whose-time/pauses?period={period}").text
    for name, codes in (("市发展改革委", {"A01"}), ("市自然资源局", {"A02"}), ("合计", {"A01", "A02"})):
        counts = [sum(entry[1] in codes for entry in by_kind[kind]) for kind in KINDS]
        if not counts[0]:
            assert f'head-cell">{name}<' not in page
            continue
        days = [entry[2] for entry in by_kind["all"] if entry[1] in codes]
        assert figures(page, name) == [*map(str, counts), f"{median(days):g}", str(max(days))]
        department = "" if name == "合计" else name
        for kind, count in zip(KINDS, counts, strict=True):
            listing = office.get(f"/whose-time/pauses?period={period}&kind={kind}&department={department}").text
            assert listed(listing) == count, (name, kind)


def test_the_example_has_something_of_every_kind(office: Visitor, database: Database) -> None:
    assert {kind: len(entries) for kind, entries in recounted(database, "2026").items()} == {
        "all": 7, "running": 2, "long": 2, "over": 2, "often": 2,
    }  # fmt: skip


def test_the_links_of_the_table_lead_to_the_lists(office: Visitor) -> None:
    page = office.get("/whose-time/pauses?period=2026").text
    row = next(row for row in page.split("<tr>") if 'head-cell">市发展改革委<' in row)
    links = re.findall(r'<a href="([^"]+)">(\d+)</a>', row)

    assert len(links) >= 3
    for link, count in links:
        assert listed(office.get(unescape(link).partition("#")[0]).text) == int(count)


def test_a_long_procedure_is_marked_with_what_it_is_beyond_its_cap(office: Visitor) -> None:
    page = office.get("/whose-time/pauses?period=2026&kind=over").text

    assert re.search(r"超过上限 ?\d+ ?个工作日", page), re.findall(r"超[^<]{0,20}", page)


def test_a_suspension_of_the_project_is_no_special_procedure_of_a_department(office: Visitor) -> None:
    assert "中止" not in office.get("/whose-time/pauses?period=2026").text.partition("<tbody>")[2]
