"""The workbook of a report: every figure once, as a value that can be added up."""

import re
from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language, label
from approvals.reports.document.department_report import department_document
from approvals.reports.document.figure_lines import FIGURES, number_of
from approvals.reports.document.worksheets.collection import report_sheets
from approvals.reports.document.worksheets.model import Worksheet
from approvals.reports.document.worksheets.workbook import HEAD_ROW, workbook
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.renditions import ISSUED_IN

LONGEST_NAME = 31  # of a worksheet


@pytest.fixture(scope="module")
def worksheets(app: OpenAPI, september: Figures) -> dict[str, Worksheet]:
    with in_language(ISSUED_IN):
        return {worksheet.name: worksheet for worksheet in report_sheets(september)}


@pytest.fixture(scope="module")
def book(worksheets: dict[str, Worksheet]) -> openpyxl.Workbook:
    with in_language(ISSUED_IN):
        return openpyxl.load_workbook(BytesIO(workbook("九月", worksheets.values())))


def test_each_worksheet_reads_back_equal_and_typed(book: openpyxl.Workbook, worksheets: dict[str, Worksheet]) -> None:
    assert book.sheetnames == ["目录", *worksheets]
    for name, worksheet in worksheets.items():
        place = book[name]
        heads = [cell.value for cell in place[HEAD_ROW + 1]]
        assert heads == [column.head for column in worksheet.columns]
        rows = [tuple(map(_plain, row)) for row in place.iter_rows(min_row=HEAD_ROW + 2, values_only=True)]
        assert rows == [tuple(None if value == "" else value for value in row) for row in worksheet.rows]
        assert not any(cell.data_type == "f" for row in place.iter_rows() for cell in row)


def test_contents_lead_to_each_worksheet(book: openpyxl.Workbook, worksheets: dict[str, Worksheet]) -> None:
    rows = list(book["目录"].iter_rows(min_row=HEAD_ROW + 2))
    assert [(row[0].value, row[1].value) for row in rows] == [
        (each.name, len(each.rows)) for each in worksheets.values()
    ]
    assert [row[0].hyperlink.location for row in rows] == [f"'{name}'!A1" for name in worksheets]


def test_worksheets_are_locked_filtered_and_set_up_for_print(book: openpyxl.Workbook) -> None:
    for place in book.worksheets:
        assert place.protection.sheet and not place.protection.selectLockedCells  # what is selected can be copied
        assert place.auto_filter.ref.startswith(f"A{HEAD_ROW + 1}:")
        assert place.freeze_panes == f"B{HEAD_ROW + 2}"
        assert place.print_title_rows == f"${HEAD_ROW + 1}:${HEAD_ROW + 1}"
        assert place.sheet_properties.pageSetUpPr.fitToPage and place.page_setup.orientation == "landscape"


@pytest.mark.parametrize("split", ["部门", "阶段", "类别"])
def test_columns_add_up_to_the_citys_figures(worksheets: dict[str, Worksheet], september: Figures, split: str) -> None:
    """Every approval belongs to one department, one stage and one category."""
    for part, title in (("moves", "本期办理"), ("standing", "期末状态"), ("decisions", "本期办结")):
        worksheet = worksheets[f"{split}·{title}"]
        for name in (name for name in FIGURES if name.startswith(f"{part}.")):
            head = label(FIGURES[name][1])
            now, before = _sum(worksheet, f"{head} 本期"), _sum(worksheet, f"{head} 上期")
            assert (now, before) == (number_of(september.city.now, name), number_of(september.city.before, name)), name
            assert _sum(worksheet, f"{head} 增减") == now - before
    assert _sum(worksheets["部门·本期办理"], "受理 本期") > 0


def test_rates_change_in_points_as_the_report_says(worksheets: dict[str, Worksheet]) -> None:
    rows = {row[0]: row[1:] for row in worksheets["全市比率"].rows}
    now, before, change = rows["承诺时限内办结占比"]
    assert 0 < now <= 1 and change == round((now - before) * 100, 1)


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_names_are_stable_short_and_unique(september: Figures, language: str) -> None:
    with in_language(language):
        names = [worksheet.name for worksheet in report_sheets(september)]
    assert max(map(len, names)) <= LONGEST_NAME
    assert len({name.casefold() for name in names}) == len(names)


def test_a_department_has_its_own_workbook_of_the_same_kind(app: OpenAPI, september: Figures) -> None:
    own = max(september.departments, key=lambda line: line.now.standing.yellow + line.now.standing.red)
    with in_language(ISSUED_IN):
        files = department_document(september, own.key).files
    book = openpyxl.load_workbook(BytesIO(_content(files[1].content)))
    assert book.sheetnames == ["目录", "本部门数据", "超期事项", "升级反馈", "督办单", "红黄牌", "下期到期", "口径说明"]
    late = own.now.standing.yellow + own.now.standing.red
    assert len(list(_column(book["超期事项"], "亮灯"))) == late > 0


def _content(encoded: str) -> bytes:
    return b64decode(encoded)


def _column(place: openpyxl.worksheet.worksheet.Worksheet, head: str) -> Iterable[object]:
    number = [cell.value for cell in place[HEAD_ROW + 1]].index(head)
    return (row[number] for row in place.iter_rows(min_row=HEAD_ROW + 2, values_only=True))


def _sum(worksheet: Worksheet, head: str) -> float:
    number = [re.sub(r"\s+", " ", column.head) for column in worksheet.columns].index(head)
    return sum(value for row in worksheet.rows if isinstance(value := row[number], (int, float)))


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value
