"""What changed since a draft was compiled is told number by number, before and after the issue."""

import re
from collections.abc import Iterator

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import NOW, an_approval, faults, when
from tests.support.desk import the_database
from tests.support.jobs import work
from tests.support.pages import Visitor, a_site, somebody

MONTH = "/reports/monthly/2026-09"
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    with a_site(sqlite_url, now=NOW) as app:
        with the_database(app).write() as tx:
            an_approval(tx, "accepted", at=when("2026-09-07"))
        yield app
        assert faults(the_database(app)) == []


def told(visitor: Visitor) -> list[str]:
    """The list of changes on the page, as text."""
    found = re.search(r'<ul class="report-changes">(.*?)</ul>', visitor.get(MONTH).text, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL) if found else []
    return [" ".join(TAGS.sub("", item).split()) for item in items]


def test_a_draft_tells_what_is_another_number_now_and_the_issued_report_what_was(app: OpenAPI) -> None:
    office = somebody(app, "office1")
    office.get(MONTH)
    assert office.post(f"{MONTH}/moves/compile").status_code == 303
    work(app)
    assert told(office) == []
    with the_database(app).write() as tx:
        an_approval(tx, "accepted", at=when("2026-09-14"))
    changes = told(office)
    assert "编制草稿后有变化的数据" in office.get(MONTH).text
    assert "攀枝花市 本期办理 · 受理 1 → 2" in changes
    assert "市发展改革委 本期办理 · 受理 1 → 2" in changes
    assert not [change for change in changes if change.split()[-1] == change.split()[-3]], "only what changed"

    assert office.post(f"{MONTH}/issue").status_code == 303
    work(app)
    assert "攀挂报〔2026〕1号" in office.get(MONTH).text
    assert "攀枝花市 本期办理 · 受理 1 → 2" in told(office), "what the issue itself brought in stands beside it"


def test_a_comment_stands_beside_its_section_the_brief_included(app: OpenAPI) -> None:
    office = somebody(app, "office1")
    office.get(MONTH)
    assert office.post(f"{MONTH}/moves/compile").status_code == 303
    work(app)
    for section, text, place in (
        ("brief", "首段请核对。", "#section-brief"),
        ("late", "原因不清。", "?chapter=late#chapters"),
    ):
        office.get(MONTH)
        answer = office.post(f"{MONTH}/moves/comment", {"section": section, "text": text, "once": office.once_key()})
        assert (answer.status_code, answer.location) == (303, MONTH + place)
    page = office.get(f"{MONTH}?chapter=late").text
    for section, text in (("brief", "首段请核对。"), ("late", "原因不清。")):
        own = page[page.index(f'id="section-{section}"') :]
        assert text in own[: own.index("</section>")]
    assert "意见1条" in page
