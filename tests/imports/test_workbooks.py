"""Workbooks: what is stored in the parts, within limits."""

import pytest

from approvals.base.errors import Invalid
from approvals.base.files.formats.reading import DAMAGED
from approvals.imports import workbooks
from approvals.imports.grids import Area, covered
from approvals.imports.workbooks import read_workbook
from tests.support.workbooks import PRODUCERS, Raw, stored, with_part, written_by

EXCEL = PRODUCERS["Excel"]
SHEET = "xl/worksheets/sheet1.xml"


def cells(*row, producer=EXCEL):
    grid = read_workbook(written_by(producer, [row])).grids[0]
    return [grid.rows.get(1, {}).get(place) for place in range(1, len(row) + 1)]


def refusal(content):
    with pytest.raises(Invalid) as refused:
        read_workbook(content)
    return refused.value.fields["file"][0][0]


def a_sheet(content):
    return with_part(written_by(EXCEL, [["甲"]]), SHEET, f"<worksheet><sheetData>{content}</sheetData></worksheet>")


def test_a_number_keeps_its_text():
    assert cells(stored("0.10"))[0].text == "0.10"
    assert cells(stored("1.1000000000000001"))[0].text == "1.1000000000000001"


def test_characters_that_xml_cannot_hold_are_read():
    cell = cells(Raw('t="inlineStr"', "<is><t>一_x000D__x000A_二_x005F_x0041_</t></is>"))[0]
    assert cell.text == "一\n二_x0041_"


def test_how_a_number_is_shown_is_told():
    assert [cell.look for cell in cells(*(stored("1", style) for style in range(4)))] == ["", "day", "day", "percent"]


def test_a_style_that_is_not_there_is_plain():
    assert cells(stored("1", 99))[0].look == ""


def test_a_text_that_is_not_there_is_blank():
    assert cells(Raw('t="s"', "<v>99</v>"), Raw('t="s"', "<v>x</v>"))[0] is None


def test_merged_areas_are_read():
    grid = read_workbook(written_by(EXCEL, [["甲"]], merged=("A1:B2", "A1"))).grids[0]
    assert grid.merged == (Area(1, 1, 2, 2),)


def test_a_worksheet_is_cut_where_it_has_too_much():
    wide = read_workbook(written_by(EXCEL, [["甲", *[None] * 400, "乙"]])).grids[0]
    assert (wide.excess, wide.width) == ("columns", 1)
    long = read_workbook(written_by(EXCEL, [["甲"]] * 5200)).grids[0]
    assert (long.excess, len(long.rows)) == ("rows", 5100)


def test_a_row_far_below_costs_nothing():
    grid = read_workbook(a_sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')).grids[0]
    assert list(grid.rows) == [1_048_576]


@pytest.mark.parametrize(
    "content",
    [
        "<row><c></row>",
        "<row",
        "\x01",
        '</sheetData><mergeCells><mergeCell ref="A:B"/></mergeCells><sheetData>',
    ],
)
def test_a_part_that_is_not_whole_is_refused(content):
    assert refusal(a_sheet(content)) == DAMAGED


def test_too_many_filled_cells_are_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 10)
    assert refusal(written_by(EXCEL, [["甲"] * 11])) == workbooks.TOO_FULL


def test_overlapping_areas_without_end_are_refused():
    many = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(20))
    content = f'<row r="5000"><c r="A5000"><v>1</v></c></row></sheetData><mergeCells>{many}</mergeCells><sheetData>'
    grid = read_workbook(a_sheet(content)).grids[0]
    with pytest.raises(Invalid):
        covered(grid, range(1, 5001))
