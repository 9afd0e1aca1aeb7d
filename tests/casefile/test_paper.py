"""The casefile on paper: it says what its page says, holds the whole record once, and is printed alike."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import NotFound
from approvals.base.files.store import Stored
from approvals.base.i18n import in_language
from approvals.casefile.paper import CasefilePaper, casefile_html, casefile_paper
from approvals.filing.documents import insert_document
from approvals.http.application import KEY
from approvals.pdf.rendering import lay_out
from approvals.registration.queries import approvals_of
from tests.support.builders import a_project, an_actor, do, entries, project_row, walk, when, window
from tests.support.desk import text_of
from tests.support.documents import (
    HOSTILE,
    OUR_FONTS,
    RARE,
    UNBROKEN,
    Watched,
    catalog_of,
    fonts_of,
    outside,
    pages,
    sizes,
    title_of,
    words,
)
from tests.support.lived_project import a_lived_project
from tests.support.pages import a_site, an_app, somebody
from workflows.config.catalogue import load_catalogue

NOW = when("2026-11-20", "10:30")
TODAY = NOW.date()
MOST_PAGES = 12
ROW = re.compile(r"<tr(?: class=\"[a-z]*\")?>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


def a_document(tx: Connection, ref: str, name: str, number: int) -> str:
    stored = Stored(name, "application/pdf", 2048, f"{number:064x}")
    row: Any = project_row(tx, ref)
    return insert_document(tx, row.id, stored, "项目建议书", by=an_actor(tx, "owner1"), now=NOW)


def a_finished_school(tx: Connection) -> str:
    """All 24 approvals of a school, each with a correction, up to the decision's delivery."""
    ref = a_project(tx, "registered", at=when("2026-02-02"))
    for _ in range(len(load_catalogue().items)):
        ready = [row for row in approvals_of(tx, project_row(tx, ref).id) if row.state == "ready"]
        for row in ready:
            grant = {"document_no": f"攀批〔2026〕{row.code}号"}
            walk(tx, ref, row.code, ("submit", "notify_once", "resubmit", "accept"))
            do(tx, window(row.code), "grant", f"{ref}/{row.code}", grant)
            walk(tx, ref, row.code, ("deliver",))
        if not ready:
            break
    return ref


@pytest.fixture(scope="module")
def site(make_database: Any) -> Iterator[tuple[OpenAPI, dict[str, str]]]:
    url = make_database("sqlite")
    with a_site(url, now=NOW) as app:
        database = app.extensions[KEY].database
        with database.write() as tx:
            refs = {
                "lived": a_lived_project(tx),
                "filed": a_project(tx, "filed"),
                "long": a_finished_school(tx),
                "url": url,
            }
            for number, name in enumerate(("项目建议书.pdf", "红线图.pdf", "项目建议书.pdf")):
                a_document(tx, refs["lived"], name, number + 7)
        yield app, refs


def database_of(app: OpenAPI) -> Database:
    database: Database = app.extensions[KEY].database
    return database


def paper_of(app: OpenAPI, ref: str, who: str = "office1", on: date = TODAY, spoken: str = "zh_Hans") -> CasefilePaper:
    with in_language(spoken), database_of(app).read() as tx:
        return casefile_paper(tx, ref, an_actor(tx, who), on)


def printed(app: OpenAPI, ref: str, who: str = "office1", spoken: str = "zh_Hans") -> str:
    with app.app_context(), in_language(spoken):
        return casefile_html(paper_of(app, ref, who, spoken=spoken))


def table(html: str, name: str) -> list[list[str]]:
    """The rows of a table, each cell as it is read."""
    found = re.search(rf'<table class="{name}">(.*?)</table>', html, re.DOTALL)
    assert found, name
    return [[text_of(cell) for cell in CELL.findall(row)] for row in ROW.findall(found[1].partition("</thead>")[2])]


@pytest.mark.parametrize("name", ["lived", "filed", "long"])
def test_each_entry_of_the_record_stands_on_one_line(site: tuple[OpenAPI, dict[str, str]], name: str) -> None:
    app, refs = site
    with database_of(app).read() as tx:
        record = entries(tx, refs[name])
    numbers: list[int] = []
    for row in table(printed(app, refs[name]), "record"):
        first, _dash, last = row[0].partition("–")
        numbers += range(int(first), int(last or first) + 1)
    assert sorted(numbers) == [entry.seq for entry in record]
    html = printed(app, refs[name])
    assert record[-1].hash in html and f"办理记录至第 {record[-1].seq} 条" in text_of(html)


def test_the_lines_of_the_record_are_in_order(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    moments = [row[1] for row in table(printed(app, refs["lived"]), "record")]
    assert moments == sorted(moments) and len(moments) > 10


def test_each_approval_has_its_dates_state_and_days(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    html = printed(app, refs["lived"])
    with database_of(app).read() as tx:
        rows = approvals_of(tx, project_row(tx, refs["lived"]).id)
    path = {row[0].split()[0]: row for row in table(html, "path") if len(row) == 8}
    states = {row[0].split()[0]: row for row in table(html, "states") if len(row) == 8}
    assert set(path) == set(states) == {row.code for row in rows}
    for row in rows:
        for place, day in ((5, row.accepted_on), (6, row.decided_on)):
            assert path[row.code][place] == (day.isoformat() if day else "–"), row.code
    total = next(row for row in table(html, "states") if row[0] == "合计")
    days = [[int(cell) for cell in row[4:]] for row in states.values() if row[4] != "–"]
    assert [int(cell) for cell in total[1:]] == [sum(column) for column in zip(*days, strict=True)]
    assert all(department + owner + special == whole for department, owner, special, whole in days)
    assert days, "somebody held something"


def test_the_whose_days_are_those_of_the_page(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    page = somebody(app, "office1").get(f"/casefiles/{refs['lived']}?tab=items").text
    sums = re.search(r'<table class="table stack sums">(.*?)</table>', page, re.DOTALL)
    assert sums
    shown = [[text_of(cell) for cell in CELL.findall(row)] for row in re.findall(r"<tr>(.*?)</tr>", sums[1], re.DOTALL)]
    states = table(printed(app, refs["lived"]), "states")
    assert [[row[0], *row[4:]] for row in states if len(row) == 8 and row[4] != "–"] == [
        row for row in shown if len(row) == 5
    ]


def test_documents_stand_there_with_their_checksums(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    rows = table(printed(app, refs["lived"]), "documents")
    assert [row[0] for row in rows] == ["项目建议书.pdf", "红线图.pdf", "项目建议书 (2).pdf"]
    assert [row[4] for row in rows] == [f"{number:064x}" for number in (7, 8, 9)]
    assert "尚未上传材料" in text_of(printed(app, refs["filed"]))


@pytest.mark.parametrize("who", ["office1", "centre1", "leader1", "liaison1", "liaison2"])
def test_contact_data_are_as_masked_as_on_the_page(site: tuple[OpenAPI, dict[str, str]], who: str) -> None:
    app, refs = site
    page = somebody(app, who).get(f"/casefiles/{refs['lived']}").text
    phones = re.compile(r"08[\d*]{2}-?[\d*]{7}|08[\d*]+-[\d*]+")
    on_page, on_paper = set(phones.findall(page)), set(phones.findall(printed(app, refs["lived"], who)))
    assert on_paper and on_paper <= on_page


def test_it_is_for_those_who_see_the_page(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    for who in ("owner1", "owner2", "window-a01", "head-a01", "finance1", "sysadmin1", "liaison2", "leader1"):
        reader = somebody(app, who)
        paths = f"/casefiles/{refs['filed']}", f"/casefiles/{refs['filed']}/casefile.pdf"
        page, paper = (reader.get(path).status_code for path in paths)
        assert page == paper, who
    with pytest.raises(NotFound):
        paper_of(app, refs["lived"], "owner2")
    assert somebody(app, "office1").get(f"/casefiles/{refs['lived']}/casefile.pdf?lang=fr").status_code == 422


def test_the_page_leads_to_it_by_a_button(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    office = somebody(app, "office1")
    page = office.get(f"/casefiles/{refs['lived']}").text
    link = re.search(r'<a class="btn [^"]*" href="([^"]+casefile\.pdf)"[^>]*>打印为 PDF</a>', page)
    assert link
    response = office.get(unescape(link[1]))
    assert response.status_code == 200 and response.mimetype == "application/pdf"


def test_a_long_project_takes_few_pages_that_count_themselves(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    with database_of(app).read() as tx:
        row = project_row(tx, refs["long"])
        approvals = approvals_of(tx, row.id)
        decided, whole = [a for a in approvals if a.state == "granted"], len(entries(tx, refs["long"]))
    assert len(approvals) == 24 and len(decided) >= 15 and whole > 100
    pdf = somebody(app, "office1").get(f"/casefiles/{refs['long']}/casefile.pdf").data
    texts = pages(pdf)
    assert 4 <= len(texts) <= MOST_PAGES
    for number, text in enumerate(texts, start=1):
        assert f"{number} / {len(texts)}" in text and "数据截至2026年11月20日" in text, number
        assert "调阅人" in text, number
    assert sizes(pdf) == {(210, 297)} and fonts_of(pdf) <= OUR_FONTS
    assert catalog_of(pdf)["/Lang"] == "zh-CN"
    assert title_of(pdf) == f"项目情况 攀挂〔2026〕{row.serial}号 2026-11-20"


def test_the_same_record_and_day_give_the_same_bytes_at_any_hour(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    path = f"/casefiles/{refs['lived']}/casefile.pdf"
    first = somebody(app, "office1").get(path).data
    assert somebody(app, "office1").get(path).data == first
    with an_app(refs["url"], now=when("2026-11-20", "16:45")) as later:
        assert somebody(later, "office1").get(path).data == first
        assert somebody(later, "centre1").get(path).data != first, "it names who took it out"
    with an_app(refs["url"], now=when("2026-11-23", "10:30")) as another_day:
        assert somebody(another_day, "office1").get(path).data != first


def test_in_english_it_speaks_english(site: tuple[OpenAPI, dict[str, str]]) -> None:
    app, refs = site
    pdf = somebody(app, "office1").get(f"/casefiles/{refs['lived']}/casefile.pdf?lang=en").data
    content = " ".join("".join(pages(pdf)).split())
    assert "Casefile" in content and "The path of the approvals" in content and "Project proposal" in content
    assert "Taken out by" in content and catalog_of(pdf)["/Lang"] == "en"


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_what_people_write_fetches_nothing_and_leaves_no_page(
    site: tuple[OpenAPI, dict[str, str]], spoken: str
) -> None:
    app, _refs = site
    with database_of(app).write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"), name=HOSTILE[0] + UNBROKEN[:100])
        for number, text in enumerate((*HOSTILE, RARE, UNBROKEN)):
            a_document(tx, ref, f"{text[:180]}.pdf".replace("/", "∕"), number + 100)
        cause = {"cause": "".join(HOSTILE), "restart_steps": UNBROKEN, "review_on": "2026-12-01"}
        do(tx, "office1", "suspend", ref, cause)
    watched = Watched()
    document, _ = lay_out(printed(app, ref, spoken=spoken), watched)
    content = words(document.write_pdf(pdf_tags=True))
    assert watched.asked == [] and outside(document) == []
    assert "".join(HOSTILE[1].split()) in content and RARE in content
