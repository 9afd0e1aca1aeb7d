"""A bulletin has two to four pages, in both languages, and its screen has the same chapters."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.base.moments import read_month
from approvals.reports.document.bulletin.demands import demands
from approvals.reports.document.printed import MOST_ROWS
from approvals.reports.document.report import Imprint, bulletin_document, page_of
from approvals.reports.figures.bulletin_model import Objection
from approvals.reports.figures.compilation import compile_period
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.issuing import print_document
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.periods import BULLETIN, bulletin_of
from tests.reports.conftest import LivedYear
from tests.support.bulletins import ITEM, a_chapter, a_late_approval, a_quiet, lagging
from tests.support.documents import attached_to, pages
from tests.support.extent import effort
from workflows.label import Label

BY = date(2026, 10, 22)
IMPRINT = Imprint("攀督通〔2026〕3号", date(2026, 10, 9), rectify_by=BY)
PERIODS = ("2026-03", "2026-06", "2026-09", "2026-10", "2026-08")  # two quarters and more, months, a part of a quarter
FEWEST, MOST = 2, 4

MOST_DEMANDS, MOST_OBJECTIONS = MOST_ROWS["demands"], MOST_ROWS["objections"]


@pytest.fixture
def quiet(app: OpenAPI, september: Figures) -> Figures:
    return a_quiet(september)


def printed(figures: Figures, language: str = ISSUED_IN) -> bytes:
    return print_document(BULLETIN, figures.month, figures, language, IMPRINT).pdf


def crowded(quiet: Figures) -> Figures:
    """More of everything than a bulletin has room for, under long names."""
    units = [line.label for line in quiet.departments]
    late = tuple(a_late_approval(units[n % len(units)], ref=f"510400-2026-{n:05}/A02") for n in range(1, 51))
    leads = tuple(Label(f"市第{n}单位名称较长的管理局", f"Long named administration {n}") for n in range(9))
    items = tuple(lagging(n, leads[n % 9]) for n in range(40))
    objections = tuple(
        Objection("card", row.ref, "攀枝花市老旧小区改造" * 4, ITEM, row.department, "red", BY, BY, is_raised=True)
        for row in late
    )
    return replace(quiet, late=late, programme=a_chapter(behind=items), objections=objections)


@pytest.mark.parametrize("language", effort((ISSUED_IN,), (ISSUED_IN, "en")))
@pytest.mark.parametrize("period", PERIODS)
def test_a_bulletin_has_two_to_four_pages(app: OpenAPI, sqlite_year: LivedYear, period: str, language: str) -> None:
    with sqlite_year.database.read() as tx:
        figures = compile_period(tx, bulletin_of(read_month(period)))
    assert FEWEST <= len(pages(printed(figures, language))) <= MOST


@pytest.mark.parametrize("language", [ISSUED_IN, "en"])
def test_the_quietest_and_the_fullest_bulletin_keep_to_their_pages(quiet: Figures, language: str) -> None:
    assert FEWEST <= len(pages(printed(quiet, language))) <= MOST
    assert FEWEST <= len(pages(printed(crowded(quiet), language))) <= MOST


def test_a_quiet_bulletin_says_so(quiet: Figures) -> None:
    text = "".join(pages(printed(quiet))).replace("\n", "")
    for words in ("本期没有符合表扬条件的单位", "本期没有需要批评的单位", "本期没有需要限期整改的事项"):
        assert words in text
    assert "异议" not in text


def test_a_full_list_says_where_the_rest_is(quiet: Figures) -> None:
    full = crowded(quiet)
    with in_language(ISSUED_IN):
        chapters = {chapter.key: chapter for chapter in bulletin_document("2026-09", full, IMPRINT).chapters}
        number = len(demands(full))
    [asked], [objected] = chapters["rectification"].tables, chapters["objections"].tables
    assert (len(asked.rows), len(objected.rows)) == (MOST_DEMANDS, MOST_OBJECTIONS)
    assert str(number - MOST_DEMANDS) in asked.note and str(50 - MOST_OBJECTIONS) in objected.note
    book = openpyxl.load_workbook(io.BytesIO(next(v for k, v in attached_to(printed(full)).items() if "xlsx" in k)))
    assert [book["限期整改"].max_row - 1, book["申诉和异议"].max_row - 1] >= [number, 50]


def test_the_day_stands_once_it_is_issued_and_the_days_before(quiet: Figures) -> None:
    asks = replace(quiet, late=(a_late_approval(quiet.departments[0].label),))
    with in_language(ISSUED_IN):
        issued, preview = (bulletin_document("2026-09", asks, imprint) for imprint in (IMPRINT, None))
    cells = [
        {chapter.key: chapter for chapter in document.chapters}["rectification"].tables[0].rows[0].cells[-1].text
        for document in (issued, preview)
    ]
    assert cells == ["2026年10月22日", "印发之日起10个工作日内"]


def test_the_page_has_the_chapters_of_the_paper_and_no_brief(quiet: Figures) -> None:
    full = crowded(quiet)
    with in_language(ISSUED_IN):
        page, paper = page_of(BULLETIN, "2026-09", full, BY), bulletin_document("2026-09", full, IMPRINT)
    assert [(part.key, part.tables) for part in page.sections] == [(part.key, part.tables) for part in paper.chapters]
    assert page.brief is None
