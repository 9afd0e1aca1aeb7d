"""The brief on paper: two pages whatever is in it, and each number on it that of an independent count."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.pdf.rendering import AssetFetcher, lay_out, render
from approvals.reports.document.brief_report import brief_document
from approvals.reports.document.report import Imprint, report_document
from approvals.reports.figures.model import EscalationAnswer, Figures
from approvals.reports.lifecycle.issuing import document_html
from tests.reports.conftest import MONTHS, LivedYear
from tests.support.documents import figures_of_nothing, outside
from tests.support.figures.recount import LIGHTS, Recount, speed
from workflows.label import Label

IMPRINT = Imprint("攀挂报〔2026〕7号", date(2026, 10, 9))
TEMPLATE = "documents/brief.html"
MONTH = "2026-09"
NAME = (
    "攀枝花市仁和区莲花池新居二期棚户区改造安置房及配套幼儿园社区卫生服务中心老年人日间照料中心工程（含室外管网）项目"
)


def html_of(figures: Figures, language: str = "zh_Hans") -> str:
    with in_language(language):
        return document_html(brief_document(figures, IMPRINT), TEMPLATE)


def pages_of(html: str) -> int:
    return len(lay_out(html, AssetFetcher())[0].pages)


@pytest.mark.parametrize("month", MONTHS)
def test_two_pages_are_enough(app: OpenAPI, sqlite_year: LivedYear, month: str) -> None:
    for language in ("zh_Hans", "en"):
        assert pages_of(html_of(sqlite_year.figures(month), language)) <= 2, language


def test_names_of_sixty_characters_and_full_lists_stay_within_three_pages_and_their_margins(
    app: OpenAPI, september: Figures
) -> None:
    answer = EscalationAnswer(4, "施工单位尚未提交补正材料，已派专人驻点督促。", date(2026, 9, 2))
    named = Label(NAME[:30], NAME[:30])
    late = tuple(replace(each, project=NAME, department=named, level=4, answer=answer) for each in september.late[:1])
    due = tuple(replace(each, project=NAME) for each in september.due)
    keys = tuple(replace(each, name=NAME) for each in september.key_projects)
    long = replace(september, late=late * 12, due=due, key_projects=keys)
    document = lay_out(html_of(long), AssetFetcher())[0]
    assert len(document.pages) <= 3
    assert set(outside(document)) <= {NAME}, "cut off within its cell"


def test_a_month_with_nothing_and_one_with_one_department_have_a_brief(
    make_database, app: OpenAPI, september: Figures
) -> None:  # type: ignore[no-untyped-def]
    with figures_of_nothing(make_database("sqlite")) as nothing:
        assert pages_of(html_of(nothing)) == 1
        assert "没有" in html_of(nothing)
    alone = replace(september, departments=september.departments[:1], programme=None, programme_months=())
    assert pages_of(html_of(alone)) <= 2


def test_of_a_correction_it_says_which_report_that_replaces(app: OpenAPI, september: Figures) -> None:
    with in_language("zh_Hans"):
        html = document_html(brief_document(september, replace(IMPRINT, corrects="攀挂报〔2026〕5号")), TEMPLATE)
    assert "本报告更正并取代攀挂报〔2026〕5号。" in html


def test_each_request_has_room_for_an_instruction(app: OpenAPI, september: Figures) -> None:
    assert september.late
    answer = EscalationAnswer(4, "已派专人督促。", date(2026, 9, 2))
    asked = replace(september, late=tuple(replace(late, level=4, answer=answer) for late in september.late))
    html = html_of(asked)
    assert html.count('class="brief-instruction"') == min(5, len(asked.late))


@pytest.fixture(scope="module")
def recounted(sqlite_year: LivedYear) -> Iterator[Recount]:
    with sqlite_year.database.read() as tx:
        yield Recount(tx)


@pytest.fixture(scope="module", params=[("brief", brief_document, TEMPLATE), ("report", report_document, None)])
def text(request: pytest.FixtureRequest, app: OpenAPI, september: Figures, tmp_path_factory) -> str:  # type: ignore[no-untyped-def]
    """What pdftotext reads from the printed paper."""
    name, build, template = request.param
    with in_language("zh_Hans"):
        html = document_html(build(september, IMPRINT), *([template] if template else []))
    path: Path = tmp_path_factory.mktemp(name) / "paper.pdf"
    path.write_bytes(render(html).pdf)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, timeout=60)
    return done.stdout.decode()


def test_the_numbers_on_paper_are_those_of_an_independent_count(text: str, recounted: Recount) -> None:
    """The five numbers (the year has no programme), and the lights and levels of the city."""
    lights, before = recounted.lights(MONTH), recounted.lights("2026-08")
    decisions = list(recounted.decisions(MONTH))
    within, saved = [row[1] for row in decisions], speed(row[3:] for row in decisions)[3]
    assert len(within) > sum(within) > 0
    first_page = text.partition("\f")[0]
    values = re.search(r"^\s*(\d+)\s+([\d.]+%)\s+(\d+)\s+([\d.]+%)", first_page, re.MULTILINE)
    assert values, first_page
    open_, in_time, late, speed_up = values.groups()
    assert (int(open_), int(late)) == (sum(lights.values()), lights["yellow"] + lights["red"])
    assert in_time == f"{sum(within) / len(within):.1%}"
    assert speed_up == f"{saved:.1%}"
    assert f"上期 {sum(before.values())}" in first_page
    total = next(line.split() for line in text.splitlines() if "全市" in line.split()[:1] or " 全市 " in line)
    numbers = total[total.index("全市") + 1 :]
    shown = [sum(lights.values()), *(lights[light] for light in LIGHTS)]
    assert [int(number) for number in numbers[: len([each for each in shown if each])]] == [n for n in shown if n]
