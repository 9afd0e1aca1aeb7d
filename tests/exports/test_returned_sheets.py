"""Refused sheets come back as their sender's own, with the reasons beside the rows."""

import io
import zipfile

import pytest

from approvals.base.sheets import Column
from approvals.exports.returned_sheets import returned
from approvals.exports.sheets import write_sheet
from approvals.imports.sheets import read_sheet
from tests.support.workbooks import PRODUCERS, by_openpyxl, formula, shown, written_by
from workflows.label import Label

COLUMNS = (
    Column("number", Label("编号", "Number"), "code", width=3, needs_head=True),
    Column("name", Label("名称", "Name")),
)
ROWS = [["进展表"], ["编号", "名称", "备注"], ["030", "滨江路"], ["999", "无此项", "旁注"], [], ["031", "滨河路"]]
EXCEL = PRODUCERS["Excel"]


def sent_back(content, reasons):
    return returned(content, read_sheet(content, COLUMNS).place, reasons)


@pytest.mark.parametrize(
    "name", [name for name in PRODUCERS if name != "Excel, strict"]
)  # openpyxl reads no strict one
def test_reasons_stand_beside_the_refused_rows(name):
    rows = shown(sent_back(written_by(PRODUCERS[name], ROWS), {4: "编号不存在 <&>"}))
    assert rows[1] == ["编号", "名称", "备注", "退回原因"]
    assert rows[3] == ["999", "无此项", "旁注", "编号不存在 <&>"]
    assert [row[3] for row in (rows[0], rows[2], rows[5])] == [None] * 3


def test_all_else_is_as_its_sender_made_it():
    content = written_by(EXCEL, [*ROWS, ["032", formula("滨湖路", 't="str"')]], merged=("A1:C1",))
    back = zipfile.ZipFile(io.BytesIO(sent_back(content, {4: "编号不存在"})))
    sent = zipfile.ZipFile(io.BytesIO(content))
    assert back.namelist() == sent.namelist()
    sheet = back.read("xl/worksheets/sheet1.xml")
    assert b"<f>A1+1</f>" in sheet
    assert b'<mergeCell ref="A1:C1"/>' in sheet
    assert all(back.read(name) == sent.read(name) for name in sent.namelist() if "sheet1" not in name)


def test_reasons_of_an_earlier_return_give_way():
    once = sent_back(written_by(EXCEL, ROWS), {3: "旧", 4: "编号不存在"})
    twice = sent_back(once, {6: "名称不符"})
    assert [row[3:] for row in shown(twice)] == [[None], ["退回原因"], [None], [None], [None], ["名称不符"]]
    assert not [remark for remark in read_sheet(twice, COLUMNS).remarks if "退回原因" in str(remark.params)]


def test_a_reason_keeps_the_order_of_the_cells():
    content = by_openpyxl([["编号", "名称"], ["999", "无此项"]], formats={"E2": "0.00"})
    assert b'r="E2"' in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    sheet = zipfile.ZipFile(io.BytesIO(sent_back(content, {2: "不存在"}))).read("xl/worksheets/sheet1.xml")
    assert sheet.index(b'r="B2"') < sheet.index(b'r="C2"') < sheet.index(b'r="E2"')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_comes_back_as_csv(encoding):
    content = '编号;名称\r\n999;"无;此项"\r\n\r\n030;滨江路\r\n'.encode(encoding)
    back = sent_back(content, {2: "=编号不存在"})
    assert back.decode(encoding) == '编号;名称;退回原因\r\n999;"无;此项";\'=编号不存在\r\n\r\n030;滨江路\r\n'
    assert len(read_sheet(back, COLUMNS).rows) == 2


def test_a_returned_sheet_reads_as_before():
    content = write_sheet(COLUMNS, [{"number": "030", "name": "滨江路"}], title="进展表")
    back = sent_back(content, {3: "a\x00\x07b"})
    assert [row.values for row in read_sheet(back, COLUMNS).rows] == [{"number": "030", "name": "滨江路"}]
    assert shown(back)[2][2] == "ab"
