"""Sheets as offices send them: read by their heads, refused with a reason, faults at their cells."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from approvals.base.errors import Invalid
from approvals.base.files.formats.reading import DAMAGED, LOCKED, MACROS
from approvals.base.sheets import MOST_ROWS, Column
from approvals.imports import sheet_cells, sheet_rows, sheets
from approvals.imports.packages import NO_WORKBOOK
from approvals.imports.sheets import read_sheet
from tests.support.files import archive, docx, encrypted, ole, pdf, xlsx
from tests.support.workbooks import PRODUCERS, Producer, Raw, by_openpyxl, formula, stored, written_by
from workflows.label import Label

EXCEL = PRODUCERS["Excel"]
CENTRE = Label("中央", "Centre")
COLUMNS = (
    Column("number", Label("编号", "Number"), "code", width=3, needs_head=True, needs_value=True),
    Column("name", Label("名称", "Name"), needs_head=True),
    Column("allocated", Label("下达", "Allocated"), "amount", group=CENTRE),
    Column("paid", Label("支付", "Paid"), "amount", group=CENTRE),
    Column("count", Label("完成量", "Quantity"), "quantity", decimals=3, also=("累计完成",)),
    Column("finished_on", Label("完成日期", "Finished on"), "day"),
    Column("is_key", Label("重点", "Key"), "yes_no"),
)
HEADS = ["编号", "名称", "中央下达（万元）", "中央支付（万元）", "完成量", "完成日期", "重点"]
LINE = ["030", "滨江路", "1234567.89", "0.1", "12.5", "2026-05-03", "是"]
VALUES = {
    "number": "030",
    "name": "滨江路",
    "allocated": Decimal("1234567.89"),
    "paid": Decimal("0.10"),
    "count": Decimal("12.5"),
    "finished_on": date(2026, 5, 3),
    "is_key": True,
}


def values(content, columns=COLUMNS):
    content = read_sheet(content, columns)
    assert not content.has_faults, [(cell.address, str(cell.fault)) for row in content.rows for cell in row.faults]
    return [row.values for row in content.rows]


def faults(content, columns=COLUMNS):
    return {cell.address: cell.fault.message for row in read_sheet(content, columns).rows for cell in row.faults}


def refusals(content, columns=COLUMNS):
    with pytest.raises(Invalid) as refusal:
        read_sheet(content, columns)
    return [message for message, _params in refusal.value.fields["file"]]


def remarks(content):
    return [remark.message for remark in read_sheet(content, COLUMNS).remarks]


def delimited(*rows, encoding="utf-8-sig", delimiter=","):
    output = StringIO()
    csv.writer(output, delimiter=delimiter).writerows(rows)
    return output.getvalue().encode(encoding)


# What is survived.


@pytest.mark.parametrize("producer", PRODUCERS.values(), ids=PRODUCERS)
def test_a_sheet_reads_the_same_whatever_program_wrote_it(producer):
    typed = [30, "滨江路", Decimal("1234567.89"), Decimal("0.1"), Decimal("12.5"), date(2026, 5, 3), True]
    assert values(written_by(producer, [HEADS, typed, LINE])) == [VALUES, VALUES]


def test_a_sheet_of_openpyxl_reads_the_same():
    typed = [30, "滨江路", 1234567.89, 0.1, 12.5, date(2026, 5, 3), True]
    assert values(by_openpyxl([HEADS, typed, LINE])) == [VALUES, VALUES]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_reads_in_every_encoding(encoding, delimiter):
    assert values(delimited(HEADS, LINE, encoding=encoding, delimiter=delimiter)) == [VALUES]


def test_columns_stand_in_any_order_and_in_either_language():
    heads = ["Key", "完成日期", "Quantity", "Centre Paid (10,000 yuan)", "中央下达(万元)", " NAME ", "编 号"]
    assert values(written_by(EXCEL, [heads, LINE[::-1]])) == [VALUES]


def test_titles_notes_and_blank_rows_and_columns_are_passed_over():
    titles = [["重点项目进展表"], ["填报单位：市交通局", None, "单位：万元"], []]
    rows = [*titles, [None, *HEADS], [], [None, *LINE], ["  "], []]
    rows += [[None, "031", "　"], [None, "合计", None, "9"], [None, "注：数据截至五月底"]]
    content = read_sheet(written_by(EXCEL, rows, merged=("A1:H1",)), COLUMNS)
    assert [row.values["number"] for row in content.rows] == ["030", "031"]
    assert [row.number for row in content.rows] == [6, 9]
    assert [remark.message for remark in content.remarks] == [sheet_rows.ASIDE] * 2


def test_merged_heads_are_read_with_their_group():
    upper = ["编号", "名称", "中央（万元）", None, "完成量", "完成日期", "重点"]
    lower = [None, None, "下达", "支付", None, None, None]
    content = written_by(EXCEL, [upper, lower, LINE], merged=("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2", "G1:G2"))
    assert values(content) == [VALUES]
    assert values(delimited(upper, lower, LINE)) == [VALUES]


def test_the_numbers_of_the_columns_are_passed_over():
    numbers = [str(number) for number in range(1, 8)]
    for line in (numbers, [f"（{number}）" for number in numbers]):
        assert values(written_by(EXCEL, [HEADS, line, LINE])) == [VALUES]
    assert len(read_sheet(written_by(EXCEL, [["编号", "名称"], ["1", "2"]]), COLUMNS).rows) == 1


def test_a_blank_cell_is_no_nought():
    content = read_sheet(written_by(EXCEL, [HEADS, ["031", None, "", " ", "　", None, None]]), COLUMNS)
    assert content.rows[0].values == dict.fromkeys(VALUES) | {"number": "031"}


def test_amounts_in_yuan_are_converted_exactly():
    heads = [head.replace("万元", "元") for head in HEADS]
    content = read_sheet(written_by(EXCEL, [heads, ["30", "", "12345678900", Decimal("1000")]]), COLUMNS)
    assert content.rows[0].values["allocated"] == Decimal("1234567.89")
    assert content.rows[0].values["paid"] == Decimal("0.10")
    assert content.units == {"allocated": "元", "paid": "元"}


def test_each_amount_has_the_unit_of_its_own_head():
    rows = [["单位：万元"], ["编号", "名称", "中央下达", "中央支付（元）"], ["30", "", "1", "10000"]]
    content = read_sheet(written_by(EXCEL, rows), COLUMNS)
    assert content.rows[0].values["allocated"] == content.rows[0].values["paid"] == 1
    assert content.units == {"allocated": "万元", "paid": "元"}


def test_the_value_of_a_formula_counts():
    row = [formula("30"), formula("滨江路", 't="str"'), formula("0.30000000000000004"), formula("0.199999999953434")]
    first = read_sheet(written_by(EXCEL, [HEADS, row]), COLUMNS).rows[0].values
    assert (first["number"], first["name"]) == ("030", "滨江路")
    assert (first["allocated"], first["paid"]) == (Decimal("0.30"), Decimal("0.20"))


def test_a_hidden_worksheet_is_not_read():
    content = written_by(EXCEL, [HEADS, LINE], more={"旧": [HEADS, LINE]}, hidden=("旧",))
    assert values(content) == [VALUES]


def test_the_worksheet_that_has_the_heads_is_read():
    content = written_by(EXCEL, [["说明"], ["先读这里"]], more={"五月": [HEADS, LINE]})
    assert values(content) == [VALUES]
    assert remarks(content) == [sheets.OTHER_SHEETS]


# What is told.


def test_an_unknown_head_is_told():
    content = written_by(EXCEL, [[*HEADS, "联系电话"], [*LINE, "1234567", "旁注"]])
    assert values(content) == [VALUES]
    assert remarks(content) == [sheets.UNKNOWN_HEAD, sheets.NO_HEAD]


def test_a_head_that_is_read_by_its_lower_part_is_told():
    rows = [["编号", "名称", "上月"], [None, None, "完成量"], ["030", "滨江路", "5"]]
    content = written_by(EXCEL, rows, merged=("A1:A2", "B1:B2"))
    assert remarks(content) == [sheets.PART_OF_HEAD]


def test_the_reasons_of_an_earlier_return_are_passed_over():
    content = read_sheet(written_by(EXCEL, [[*HEADS, "退回原因"], [*LINE, "编号不存在"]]), COLUMNS)
    assert not content.remarks
    assert content.place.reason_column == len(HEADS) + 1


# What is refused as a whole.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ole("Workbook"), sheets.OLD_FORMAT),
        (ole("EncryptedPackage", "EncryptionInfo"), LOCKED),
        (ole("WordDocument"), NO_WORKBOOK),
        (encrypted(xlsx()), LOCKED),
        (xlsx("xl/vbaProject.bin"), MACROS),
        (docx(), NO_WORKBOOK),
        (archive("a.txt"), NO_WORKBOOK),
        (xlsx(), sheets.NO_HEADS),
        (written_by(EXCEL, [HEADS, LINE])[:-100], DAMAGED),
        (pdf(), NO_WORKBOOK),
        (b"<html><table><tr><td>1</td></tr></table></html>", NO_WORKBOOK),
        (b"\x89PNG\r\n\x1a\n\0\0", NO_WORKBOOK),
        (b"", sheets.EMPTY),
        (b" \n", sheets.EMPTY),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:30],
)
def test_a_file_that_is_no_workbook_is_refused(content, message):
    assert refusals(content) == [message]


def test_a_missing_head_is_refused_with_its_name():
    assert refusals(written_by(EXCEL, [["编号", "重点"], ["030", "是"]])) == [sheets.MISSING]
    assert refusals(written_by(EXCEL, [["甲", "乙"], ["030", "是"]])) == [sheets.NO_HEADS]
    assert refusals(written_by(EXCEL, [HEADS])) == [sheets.NO_ROWS]


def test_a_doubled_head_is_refused_with_its_columns():
    with pytest.raises(Invalid) as refusal:
        read_sheet(written_by(EXCEL, [[*HEADS, "累计完成"], [*LINE, "3"]]), COLUMNS)
    assert refusal.value.fields["file"] == [(sheets.DOUBLED, {"head": "完成量", "columns": "E, H"})]


@pytest.mark.parametrize("head", ["中央下达", "中央下达（亿元）", "中央下达（美元）"])
def test_an_amount_without_a_unit_of_ours_is_refused(head):
    assert refusals(written_by(EXCEL, [["编号", "名称", head], ["030", "", "1"]])) == [sheets.NO_UNIT]


def test_too_many_rows_are_refused():
    heads = ["编号", "名称"]
    most = [[str(number % 1000), "甲"] for number in range(MOST_ROWS)]
    assert len(values(delimited(heads, *most))) == MOST_ROWS
    assert refusals(delimited(heads, *most, ["1", "乙"])) == [sheets.TOO_MANY_ROWS]
    assert refusals(delimited(heads, *most * 4)) == [sheets.TOO_MANY_ROWS]
    assert refusals(written_by(EXCEL, [heads, *most, *most[:200]])) == [sheets.TOO_MANY_ROWS]


def test_several_worksheets_with_the_same_heads_are_refused():
    content = written_by(EXCEL, [HEADS, LINE], more={"五月": [HEADS, LINE]})
    assert refusals(content) == [sheets.SEVERAL]


# What is wrong with a cell.


def test_a_merged_cell_is_a_fault_in_each_of_its_rows():
    content = written_by(EXCEL, [HEADS, LINE, [None, "滨河路"], ["032"]], merged=("A2:A3",))
    assert faults(content) == {"A2": sheet_cells.fault("merged").message, "A3": sheet_cells.fault("merged").message}


def test_a_sum_across_merged_cells_is_passed_over():
    content = written_by(EXCEL, [HEADS, LINE, ["合计", None, "9"]], merged=("A3:B3",))
    assert values(content) == [VALUES]


def test_a_formula_without_a_value_is_a_fault():
    uncomputed = by_openpyxl([HEADS, ["30", "", "=A1+1"]])
    assert faults(uncomputed) == {"C2": sheet_cells.fault("uncomputed").message}
    left = Producer(recalculates=True)
    content = written_by(left, [HEADS, ["30", "", formula("0"), formula("5")]])
    assert faults(content) == {"C2": sheet_cells.fault("uncomputed").message}


def test_faults_stand_at_their_cells():
    row = ["a", "滨江路", "-1", "0.125", "many", "2026-02-30", "maybe"]
    assert faults(written_by(EXCEL, [HEADS, LINE, row, LINE])) == {
        address: sheet_cells.fault(name).message
        for address, name in (
            *(("A3", "code"), ("C3", "lowest"), ("D3", "decimals"), ("E3", "number"), ("F3", "day"), ("G3", "yes_no")),
        )
    }
    assert faults(written_by(EXCEL, [HEADS, [None, "滨江路"]])) == {"A2": sheet_cells.fault("required").message}
    broken = Raw('t="e"', "<v>#REF!</v>")
    assert faults(written_by(EXCEL, [HEADS, ["30", broken]])) == {"B2": sheet_cells.fault("error").message}


def test_a_fault_keeps_what_was_sent():
    cell = read_sheet(written_by(EXCEL, [HEADS, ["30", "", stored("0.125")]]), COLUMNS).rows[0].cells["allocated"]
    assert (cell.address, cell.text, cell.value) == ("C2", "0.125", None)
    assert cell.fault.params == {"decimals": 2, "value": "0.125"}
