"""Worksheets that are written: heads, formats, locks, identification, and texts that stay texts."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from approvals.base.i18n import in_language
from approvals.base.sheets import Column, SheetIdentity
from approvals.exports.sheets import write_sheet
from approvals.imports.sheets import read_sheet
from tests.support.workbooks import saved_again, shown
from workflows.label import Label

CENTRE = Label("中央", "Centre")
COLUMNS = (
    Column("number", Label("编号", "Number"), "code", width=3, is_locked=True),
    Column("name", Label("名称", "Name")),
    Column("allocated", Label("下达", "Allocated"), "amount", group=CENTRE),
    Column("paid", Label("支付", "Paid"), "amount", group=CENTRE),
    Column("count", Label("完成量", "Quantity"), "quantity", decimals=1),
    Column("finished_on", Label("完成日期", "Finished on"), "day"),
    Column("is_key", Label("重点", "Key"), "yes_no"),
)
ROW = {
    "number": "030",
    "name": "滨江路",
    "allocated": Decimal("1234567.89"),
    "paid": None,
    "count": Decimal("12.5"),
    "finished_on": date(2026, 5, 3),
    "is_key": True,
}
IDENTITY = SheetIdentity("month", "市交通局", "2026-05", "2", "17")


def a_worksheet(columns=COLUMNS, rows=(ROW,), **options):
    content = write_sheet(columns, rows, title="五月月报", **options)
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_heads_stand_below_the_titles_with_their_units():
    heads = [[cell.value for cell in row] for row in a_worksheet(notes=["填至月底"]).iter_rows(max_row=4)]
    assert heads[0][0] == "五月月报"
    assert heads[1][0] == "填至月底"
    assert heads[2] == ["编号", "名称", "中央", None, "完成量", "完成日期", "重点"]
    assert heads[3] == [None, None, "下达（万元）", "支付（万元）", None, None, None]
    with in_language("en"):
        assert a_worksheet()["C3"].value == "Allocated (10,000 yuan)"


def test_heads_stay_in_view_and_cells_have_their_formats():
    worksheet = a_worksheet()
    assert worksheet.freeze_panes == "A4"
    formats = [cell.number_format for cell in worksheet[4]]
    assert formats == ["@", "@", "#,##0.00", "#,##0.00", "#,##0.0", "yyyy-mm-dd", "General"]
    assert [cell.data_type for cell in worksheet[4]] == ["s", "s", "n", "n", "n", "d", "s"]


def test_locked_columns_stand_beside_those_that_are_edited():
    worksheet = a_worksheet()
    assert worksheet.protection.sheet
    assert not worksheet.protection.password
    assert [cell.protection.locked for cell in worksheet[4]] == [True] + [False] * 6
    assert worksheet["A2"].protection.locked
    assert not a_worksheet(COLUMNS[1:]).protection.sheet


def test_yes_and_no_are_offered():
    (choice,) = a_worksheet().data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("G4", '"是,否"')


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@name", "=cmd|' /C calc'!A0", "{=1}", "http://a", "007", "1e5", "\t=1"]
)
def test_what_is_text_stays_text(text):
    cell = a_worksheet(COLUMNS[1:2], [{"name": text}])["A3"]
    assert (cell.data_type, cell.value) == ("s", text)
    content = write_sheet(COLUMNS[1:2], [{"name": text}], title="=1+1")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_a_number_that_no_program_keeps_is_text():
    column = Column("count", Label("数", "Count"), "quantity", decimals=9)
    value = Decimal("123456789.123456789")
    assert a_worksheet([column], [{"count": value}])["A3"].value == str(value)
    assert (
        read_sheet(write_sheet([column], [{"count": value}], title="一览表"), [column]).rows[0].values["count"] == value
    )


def test_the_same_rows_give_the_same_bytes():
    assert write_sheet(COLUMNS, [ROW], title="一", identity=IDENTITY) == write_sheet(
        COLUMNS, [ROW], title="一", identity=IDENTITY
    )


@pytest.mark.parametrize("state", ["veryHidden", "hidden", "visible"])
def test_a_sheet_is_identified_after_another_program_has_saved_it(state):
    content = write_sheet(COLUMNS, [ROW], title="五月月报", identity=IDENTITY)
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[1].sheet_state == "veryHidden"
    for sheet in (content, saved_again(content, state=state)):
        assert read_sheet(sheet, COLUMNS).identity == IDENTITY
        assert read_sheet(sheet, COLUMNS).rows[0].values == ROW


def test_a_sheet_without_rows_has_its_heads():
    assert len(shown(write_sheet(COLUMNS, [], title="空"))) == 3
