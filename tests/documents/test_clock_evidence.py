"""The evidence of a clock on paper: its days add up to the reading, and it says where in the record they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection

from approvals.base.i18n import in_language
from approvals.base.moments import day_of
from approvals.calendar.queries import reading
from approvals.documents.approval_documents import clock_document
from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from approvals.web.approvals.documents import clock_html
from tests.support.builders import a_project, an_actor, an_approval, approval_row, do, entries, head, walk, when
from tests.support.desk import text_of
from tests.support.documents import OUR_FONTS, catalog_of, fonts_of, pages, sizes, words
from tests.support.pages import a_site, somebody

NOW = when("2026-06-10", "10:30")
ROW = re.compile(r'<tr class="day ([^"]*)">(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
DAYS = 25  # tried of each timeline


def stand(tx: Connection) -> dict[str, str]:
    """Timelines over Spring Festival and Labour Day: paused twice, extended, decided, suspended, in calendar days."""
    refs = {"paused": an_approval(tx, "accepted", at=when("2026-02-12"))}
    for began, ended in (("2026-02-25", "2026-03-03"), ("2026-03-06", "2026-03-06")):
        do(tx, "window-a01", "start_special", refs["paused"], at=when(began))
        do(tx, "window-a01", "end_special", refs["paused"], at=when(ended))
    refs["still"] = an_approval(tx, "paused", at=when("2026-04-27"))
    refs["decided"] = an_approval(tx, "accepted", at=when("2026-04-28"))
    do(tx, head("A01"), "extend", refs["decided"], at=when("2026-05-07"))
    do(tx, "window-a01", "grant", refs["decided"], at=when("2026-05-20"))
    refs["suspended"] = an_approval(tx, "accepted", at=when("2026-03-02"))
    project = refs["suspended"].partition("/")[0]
    do(tx, "office1", "suspend", project, at=when("2026-03-04"))
    do(tx, "office1", "resume", project, at=when("2026-03-25"))
    project = a_project(tx, "registered", at=when("2026-04-01"))
    walk(tx, project, "A01", ("submit", "accept", "grant"))
    walk(tx, project, "A03", ("submit", "accept"))
    return refs | {"calendar days": f"{project}/A03"}


@pytest.fixture(scope="module")
def site(make_database: Any) -> Iterator[tuple[OpenAPI, dict[str, str]]]:
    with a_site(make_database("sqlite"), now=NOW) as app:
        database = app.extensions[KEY].database
        with database.write() as tx:
            refs = stand(tx)
            refs["silent"] = an_approval(tx, "received", at=when("2026-04-28"))
        sweep(database, NOW, lambda: NOW)
        yield app, refs


def printed(app: OpenAPI, ref: str, on: date, clock: str = "decision") -> str:
    """The evidence as it is rendered, in Chinese."""
    with app.app_context(), in_language("zh_Hans"):
        with app.extensions[KEY].database.read() as tx:
            by, (project, code) = an_actor(tx, "office1"), ref.split("/")
            paper = clock_document(tx, project, code, by, on=on, clock=clock, today=NOW.date(), printed_at=NOW)
        return clock_html(paper)


@dataclass(frozen=True, slots=True)
class Row:
    """One day as it is printed: what its cells say; `is_assumed` when the clock is only taken to run on it."""

    on: date
    is_paused: bool
    is_assumed: bool
    content: list[str]


def days_of(html: str) -> list[Row]:
    rows = []
    for tones, cells in ROW.findall(html):
        content = [text_of(cell) for cell in CELL.findall(cells)]
        on = date.fromisoformat(content[0][:10])
        rows.append(Row(on, "day-paused" in tones, "day-assumed" in tones, content))
    return rows


def totals(rows: list[Row], column: int) -> list[int]:
    return [int(row.content[column]) for row in rows if row.content[column] != "–"]


@pytest.mark.parametrize("name", ["paused", "still", "decided", "suspended", "calendar days", "silent"])
def test_the_days_add_up_to_the_reading_on_any_day(site: tuple[OpenAPI, dict[str, str]], name: str) -> None:
    app, refs = site
    throw = Random(name)
    with app.extensions[KEY].database.read() as tx:
        row = approval_row(tx, *refs[name].split("/"))
        chosen = [row.accepted_on + timedelta(days=throw.randrange(0, 80)) for _ in range(DAYS)]
        readings = {on: reading(tx, row, on) for on in chosen}
    for on, clock in readings.items():
        if clock.promised is None or clock.legal is None:
            continue
        html = printed(app, refs[name], on)
        rows = [row for row in days_of(html) if row.on <= (clock.decided_on or on)]
        lived, standing = [row for row in rows if not row.is_assumed], [row for row in rows if row.is_assumed]
        assert [row.on for row in standing] == ([on] if clock.state == "paused" else [])
        assert totals(lived, 3) == list(range(1, clock.used + 1)), on
        assert sum(row.is_paused for row in lived) + len(totals(standing, 3)) == clock.paused, on
        assert max(totals(lived, 4), default=0) == clock.legal.used, on
        assert f"已用工作日 {clock.used} " in text_of(html) and f"停止计时工作日 {clock.paused} " in text_of(html)
        assert str(clock.promised.due_on) in html and str(clock.legal.due_on) in html


def test_each_day_gives_its_reason_rule_and_article(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    content = text_of(printed(app, refs["paused"], date(2026, 3, 10)))
    for text in (
        "2026-02-16 周一 节假日：春节 规则2 · 第82条 – –",
        "2026-02-14 周六 调休上班日 规则2 · 第82条",
        "2026-02-26 周四 特别程序：咨询评估 规则14 · 第45条 – –",
        "2026-03-03 周二 工作日 规则2 · 第82条",
        "咨询评估 2026-02-25 2026-03-03",
        "国办发明电〔2025〕7号",
    ):
        assert text in content, text
    suspended = text_of(printed(app, refs["suspended"], date(2026, 3, 10)))
    assert "项目中止 规则7" in suspended and "规则7 · 本市规则" in suspended
    assert "（视为受理）" in text_of(printed(app, refs["silent"], date(2026, 5, 20)))


def test_it_names_its_place_in_the_record_as_of_the_day(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    ref = refs["calendar days"].partition("/")[0]
    with app.extensions[KEY].database.read() as tx:
        approval_id, record = approval_row(tx, ref, "A01").id, entries(tx, ref)
    until = [entry for entry in record if day_of(entry.at) <= date(2026, 4, 2)]
    own = [entry for entry in until if entry.approval_id == approval_id]
    assert own[-1].seq < until[-1].seq
    content = text_of(printed(app, f"{ref}/A01", date(2026, 4, 2)))
    assert f"第{own[-1].seq}条 {own[-1].hash}" in content
    assert f"第{until[-1].seq}条 {until[-1].hash}" in content


def test_it_prints_in_pages_that_count_themselves(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    path = f"/approvals/{refs['paused']}/clock.pdf?on=2026-06-01&clock=decision"
    pdf = somebody(app, "owner1").get(path).data
    texts = pages(pdf)
    assert len(texts) > 1
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, start=1))
    assert sizes(pdf) == {(210, 297)} and fonts_of(pdf) <= OUR_FONTS
    assert "打印时间：2026-06-1010:30" in words(pdf) and "节假日：春节" in words(pdf)
    english = somebody(app, "window-a01").get(path + "&lang=en").data
    assert "Holiday: Spring Festival" in " ".join("".join(pages(english)).split())
    assert catalog_of(english)["/Lang"] == "en"


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_a_limit_of_twenty_working_days_stands_on_one_page(site: tuple[OpenAPI, dict[str, str]], spoken: str) -> None:
    app, refs = site
    path = f"/approvals/{refs['silent']}/clock.pdf?on=2026-05-20&clock=decision&lang={spoken}"
    html = printed(app, refs["silent"], date(2026, 5, 20))
    assert len(ROW.findall(html)) > 20
    assert len(pages(somebody(app, "office1").get(path).data)) == 1


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_a_longer_one_has_three_days_on_each_page_or_none(site: tuple[OpenAPI, dict[str, str]], spoken: str) -> None:
    app, refs = site
    office, lengths = somebody(app, "office1"), set()
    for on in (date(2026, 3, 2), date(2026, 4, 8), date(2026, 4, 9), date(2026, 4, 10), date(2026, 6, 1)):
        pdf = office.get(f"/approvals/{refs['paused']}/clock.pdf?on={on}&clock=decision&lang={spoken}").data
        days = [len(re.findall(r"^2026-\d\d-\d\d (?:周.|[A-Z][a-z]{2}\b)", text, re.MULTILINE)) for text in pages(pdf)]
        assert all(count == 0 or count >= 3 for count in days), (on, days)
        assert sum(days) > 20
        lengths.add(len(days))
    assert max(lengths) > 1


def test_the_clocks_page_leads_to_it(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    page = somebody(app, "owner1").get(f"/approvals/{refs['paused']}/clock?on=2026-03-10").text
    link = re.search(r'href="([^"]+/clock\.pdf[^"]*)"', page)
    assert link and unescape(link[1]).endswith("/clock.pdf?clock=decision&on=2026-03-10")


@pytest.mark.parametrize(
    ("who", "more", "status"),
    [
        ("owner2", "", 404),
        ("window-a02", "", 404),
        ("sysadmin1", "", 403),
        ("owner1", "?on=yesterday", 422),
        ("owner1", "?on=2030-01-01", 422),
        ("owner1", "?clock=nonsense", 404),
        ("owner1", "?lang=fr", 422),
        ("owner1", "?on=2026-01-05", 200),
    ],
)
def test_it_is_given_as_the_page_is(site: tuple[OpenAPI, dict[str, str]], who: str, more: str, status: int) -> None:
    app, refs = site
    response = somebody(app, who).get(f"/approvals/{refs['paused']}/clock.pdf{more}")
    assert response.status_code == status
    assert status != 200 or "该日没有此项计时" in words(response.data)
