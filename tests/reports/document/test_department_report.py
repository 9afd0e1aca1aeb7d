"""One department's page of the report on paper: its own figures and cases, and nothing of any other department's."""

import json
from dataclasses import replace
from datetime import date

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.errors import NotFound
from approvals.base.i18n import in_language
from approvals.pdf.process import render_apart
from approvals.pdf.rendering import lay_out
from approvals.reports.document.department_report import department_document
from approvals.reports.document.figure_lines import line_page
from approvals.reports.document.report import Imprint, ReportDocument
from approvals.reports.figures.model import FigureLine, Figures
from approvals.reports.figures.serialization import checksum
from approvals.reports.lifecycle.issuing import document_html
from tests.support.documents import (
    HOSTILE,
    OUR_FONTS,
    Watched,
    attached_to,
    fonts_of,
    outside,
    pages,
    sizes,
    title_of,
    words,
)

IMPRINT = Imprint("攀挂报〔2026〕7号", date(2026, 10, 9))
MONTH = "2026-09"


@pytest.fixture(scope="module")
def own(september: Figures) -> FigureLine:
    """The department with the most late approvals."""
    late = [approval.department for approval in september.late]
    return max(september.departments, key=lambda line: (late.count(line.label), line.now.moves.accepted))


@pytest.fixture(scope="module")
def paper(app: OpenAPI, september: Figures, own: FigureLine) -> ReportDocument:
    with in_language("zh_Hans"):
        return department_document(september, own.key, IMPRINT)


@pytest.fixture(scope="module")
def pdf(app: OpenAPI, paper: ReportDocument) -> bytes:
    with in_language("zh_Hans"):
        return render_apart(document_html(paper)).pdf


def test_it_is_a_paper_like_the_report_itself(pdf: bytes, own: FigureLine) -> None:
    assert sizes(pdf) == {(210, 297)}
    assert fonts_of(pdf) <= OUR_FONTS
    assert title_of(pdf) == f"2026年9月审批挂号月度升级报告 · {own.label.zh}"
    assert f"{own.label.zh}·办理记录截至2026年9月30日终了" in words(pdf)
    assert all(f"— {number} —" in text for number, text in enumerate(pages(pdf), start=1))
    assert "攀挂报〔2026〕7号" in words(pdf)
    assert all(f"摘送{own.label.zh}" in "".join(text.split()) for text in pages(pdf))


def test_each_figure_of_the_departments_page_stands_on_it(
    paper: ReportDocument, september: Figures, own: FigureLine
) -> None:
    table = next(table for chapter in paper.chapters for table in chapter.tables if table.key == "own-figures")
    figures = line_page(september, "departments", own.key).figures
    printed = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert printed == [
        (figure.group.zh, figure.word.zh, f"{figure.now:,}", f"{figure.before:,}", figure.change)
        for figure in figures
        if figure.now or figure.before
    ]
    assert {figure.name.partition(".")[0] for figure in figures} == {
        "moves",
        "standing",
        "owed",
        "decisions",
        "levels",
        "orders",
        "cards",
    }


def test_its_cases_are_its_own_and_all_of_them(paper: ReportDocument, september: Figures, own: FigureLine) -> None:
    tables = {table.key: table for chapter in paper.chapters for table in chapter.tables}
    for key, cases in (
        ("late", september.late),
        ("due", september.due),
        ("answers", september.oversight.escalations),
        ("cards", september.oversight.card_list),
        ("order-list", september.orders.told),
    ):
        assert len(tables[key].rows) == sum(case.department == own.label for case in cases), key


def test_nothing_of_another_department_is_in_the_file(pdf: bytes, september: Figures, own: FigureLine) -> None:
    content = words(pdf) + "".join(content.decode("utf-8", "ignore") for content in attached_to(pdf).values())
    other_names = {line.label.zh for line in september.departments} - {own.label.zh}
    own_names = {case.project for case in (*september.late, *september.due) if case.department == own.label}
    foreign = {case.project for case in (*september.late, *september.due) if case.department != own.label} - own_names
    assert not [name for name in other_names if name in content and name not in own.label.zh]
    assert not [name for name in foreign if "".join(name.split()) in content]


def test_it_carries_its_figures_and_names_the_report_that_it_is_taken_from(
    pdf: bytes, september: Figures, own: FigureLine
) -> None:
    files = attached_to(pdf)
    assert set(files) == {f"figures-{MONTH}-{own.key}.json", f"workbook-{MONTH}-{own.key}.xlsx"}
    content = json.loads(files[f"figures-{MONTH}-{own.key}.json"])
    assert {figure["name"]: figure["now"] for figure in content["page"]["figures"]} == {
        figure.name: figure.now for figure in line_page(september, "departments", own.key).figures
    }
    assert checksum(september) in words(pdf)


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
def test_no_text_leaves_its_margins_and_none_fetches(
    app: OpenAPI, september: Figures, own: FigureLine, spoken: str
) -> None:
    late = replace(next(iter(september.late)), department=own.label)
    strange = replace(september, late=tuple(replace(late, project=text, handler=text) for text in HOSTILE))
    watched = Watched()
    with in_language(spoken):
        document, _ = lay_out(document_html(department_document(strange, own.key)), watched)
    assert outside(document) == []
    assert watched.asked == []  # the style sheets are read once, before any document


@pytest.mark.parametrize("key", ["0", "999999", "", "x", "city"])
def test_there_is_no_page_of_a_department_that_there_is_not(app: OpenAPI, september: Figures, key: str) -> None:
    with pytest.raises(NotFound), in_language("zh_Hans"):
        department_document(september, key)
