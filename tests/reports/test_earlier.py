"""A report that was corrected stays to be found: its paper, what was instructed on it, and the order that it became."""

from collections.abc import Iterator

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report, issue, propose
from approvals.reports.lifecycle.queries import draft_of, frozen_figures
from approvals.reports.lifecycle.remarks import instruct
from approvals.reports.periods import MONTHLY, read_period
from tests.support.builders import NOW, an_actor, an_approval, when
from tests.support.pages import a_site, somebody

MONTH = "2026-03"
INSTRUCTION = {"on": "510400-2026-00001/A02", "text": "请有关部门限期办结。", "due_on": "2026-11-27"}


@pytest.fixture
def app(page_url: str) -> Iterator[OpenAPI]:
    """March was issued, instructed on, and corrected in its words."""
    with a_site(page_url, now=NOW) as app:
        database = Database(page_url)
        correct_march(database)
        database.close()
        yield app


def correct_march(database: Database) -> None:
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
    issued(database, b"%PDF-first")
    with database.write() as tx:
        instruct(tx, MONTHLY, read_period(MONTHLY, MONTH), INSTRUCTION, an_actor(tx, "leader1"), NOW)
    issued(database, b"%PDF-second", ReportCorrection("2026-1", "words", "署名有误"))


def issued(database: Database, pdf: bytes, why: ReportCorrection | None = None) -> None:
    with database.read() as tx:
        office = an_actor(tx, "office1")
    compile_report(database, MONTHLY, MONTH, office, lambda: NOW, why)
    with database.write() as tx:
        draft = draft_of(tx, MONTHLY, read_period(MONTHLY, MONTH))
        assert draft
        issue(tx, propose(tx, draft, frozen_figures(tx, draft), NOW), pdf, {}, office, NOW)


def test_each_paper_is_handed_out_by_its_number(app: OpenAPI) -> None:
    leader = somebody(app, "leader1")
    for number, pdf in ((1, b"%PDF-first"), (2, b"%PDF-second")):
        response = leader.get(f"/reports/monthly/issued/2026-{number}.pdf")
        assert (response.status_code, response.mimetype, response.data) == (200, "application/pdf", pdf)
    assert 'href="/reports/monthly/issued/2026-1.pdf"' in leader.get(f"/reports/monthly/{MONTH}").text


@pytest.mark.parametrize(
    "path",
    [
        "monthly/issued/2026-3",
        "bulletins/issued/2026-1",
        "monthly/issued/2026-0",
        "monthly/issued/x",
        "monthly/issued/２０２６-1",
    ],
)
def test_there_is_no_paper_of_any_other_number(app: OpenAPI, path: str) -> None:
    assert somebody(app, "leader1").get(f"/reports/{path}.pdf").status_code == 404


def test_what_was_instructed_before_the_correction_leads_to_its_order(app: OpenAPI) -> None:
    page = somebody(app, "leader1").get(f"/reports/monthly/{MONTH}").text
    assert INSTRUCTION["text"] in page
    assert '<a href="/orders/2026-1">督办单 攀督〔2026〕1号</a>' in page
