"""A second spreadsheet program opens the workbook of a report and reckons the same sums; only in `make soak`."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from flask_openapi3 import OpenAPI
from openpyxl.utils import get_column_letter

from approvals.base.i18n import in_language
from approvals.reports.document.worksheets.collection import report_sheets
from approvals.reports.document.worksheets.model import Worksheet
from approvals.reports.document.worksheets.workbook import HEAD_ROW, workbook
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.renditions import ISSUED_IN
from tests.support.documents import HOSTILE
from tests.support.workbooks import saved_by_gnumeric

pytestmark = pytest.mark.soak
ADDED = ("whole", "amount")  # kinds of columns that are summed
HOSTILE_CELLS = (
    *HOSTILE,
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    '=HYPERLINK("http://127.0.0.1:9")',
    "00017",
    "1e3",
    "2026-03-04",
)


@pytest.fixture(scope="module")
def worksheets(app: OpenAPI, september: Figures) -> dict[str, Worksheet]:
    with in_language(ISSUED_IN):
        return {worksheet.name: worksheet for worksheet in report_sheets(september)}


def written(worksheets: dict[str, Worksheet]) -> bytes:
    with in_language(ISSUED_IN):
        return workbook("九月", worksheets.values())


def with_sums(content: bytes) -> bytes:
    """A copy with SUM below each column of each worksheet but the contents."""
    book = openpyxl.load_workbook(BytesIO(content))
    for place in book.worksheets[1:]:
        last = place.max_row
        for number in range(1, place.max_column + 1):
            letter = get_column_letter(number)
            place[f"{letter}{last + 1}"] = f"=SUM({letter}{HEAD_ROW + 2}:{letter}{last})"
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def test_its_sums_are_those_of_the_figures(worksheets: dict[str, Worksheet]) -> None:
    filled = {name: each for name, each in worksheets.items() if each.rows}
    book = openpyxl.load_workbook(BytesIO(saved_by_gnumeric(with_sums(written(filled)))), data_only=True)
    compared = 0
    for name, worksheet in filled.items():
        sums = [cell.value for cell in list(book[name].iter_rows())[HEAD_ROW + 1 + len(worksheet.rows)]]
        for number, column in enumerate(worksheet.columns):
            if column.kind in ADDED:
                values = [row[number] for row in worksheet.rows]
                assert sums[number] == pytest.approx(sum(value or 0 for value in values)), (name, column.head)
                compared += any(values)
    assert compared > 100, "else sums of nothing would be equal"


def test_it_opens_with_the_same_values_and_types(worksheets: dict[str, Worksheet]) -> None:
    book = openpyxl.load_workbook(BytesIO(saved_by_gnumeric(written(worksheets))))
    assert book.sheetnames == ["目录", *worksheets]
    for name, worksheet in worksheets.items():
        rows = list(book[name].iter_rows(min_row=HEAD_ROW + 2, values_only=True))[: len(worksheet.rows)]
        for row, expected in zip(rows, worksheet.rows, strict=True):
            for value, own, column in zip(row, expected, worksheet.columns, strict=False):
                if column.kind == "day":
                    assert (value.date() if value else None) == own
                elif column.kind == "text":
                    assert (value or "") == (own or ""), (name, column.head)
                else:
                    assert value == (None if own is None else pytest.approx(own)), (name, column.head)


def test_hostile_texts_stay_texts(september: Figures) -> None:
    with in_language(ISSUED_IN):
        late = tuple(
            replace(september.late[0], project=text, handler=text) for text in HOSTILE_CELLS if text.isprintable()
        )
        sheets = {each.name: each for each in report_sheets(replace(september, late=late))}
    book = openpyxl.load_workbook(BytesIO(saved_by_gnumeric(written(sheets))))
    cells = [cell for place in book.worksheets for row in place.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert {each.project for each in late} <= texts
