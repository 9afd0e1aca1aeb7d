"""Heads: found below titles, over several rows, with the unit of their amounts."""

import pytest

from approvals.base.sheets import Column
from approvals.imports.grids import Area, Grid, RawCell
from approvals.imports.sheet_heads import UNKNOWN, find_heads, unit_of
from workflows.label import Label

PAID = Label("支付", "Paid")
COLUMNS = (
    Column("number", Label("编号", "Number"), "code", width=3),
    Column("paid", PAID, "amount"),
    Column("centre", PAID, "amount", group=Label("中央", "Centre"), also=("中央财政资金支付",)),
    Column("province", PAID, "amount", group=Label("省级", "Province")),
)


def a_grid(*rows, merged=()):
    cells = {
        number: {place: RawCell(text) for place, text in enumerate(row, 1) if text}
        for number, row in enumerate(rows, 1)
    }
    return Grid("", rows={number: row for number, row in cells.items() if row}, merged=merged)


def matched(grid):
    return {head.column.key: head.place for head in find_heads(grid, COLUMNS).matched}


@pytest.mark.parametrize(
    "head",
    [
        "中央支付",
        "中央 / 支付",
        "中央—支付（万元）",
        "Centre: paid",
        "中央支付（截至月底）",
        "* 中央支付：",
        "中央财政资金支付,万元",
    ],
)
def test_a_head_is_known_however_it_is_punctuated(head):
    assert matched(a_grid(["编号", head])) == {"number": 1, "centre": 2}


def test_groups_tell_equal_heads_apart():
    rows = ["编号", "中央", "省级", "合计"], ["", "支付", "支付", "支付"]
    assert matched(a_grid(*rows)) == {"number": 1, "centre": 2, "province": 3, "paid": 4}


def test_groups_may_stand_below_a_wider_head():
    grid = a_grid(
        ["2026年资金表"],
        ["编号", "资金（万元）", "", ""],
        ["", "中央", "省级", ""],
        ["", "支付", "支付", "备注"],
        merged=(Area(1, 1, 1, 4), Area(2, 1, 4, 1), Area(2, 2, 2, 3)),
    )
    heads = find_heads(grid, COLUMNS)
    assert heads.row == 4
    assert {head.column.key: (head.place, head.unit) for head in heads.matched if head.column.kind == "amount"} == {
        "centre": (2, "万元"),
        "province": (3, "万元"),
    }


def test_no_heads_are_no_heads():
    assert find_heads(a_grid(["甲", "乙"]), COLUMNS).row == 0
    assert find_heads(a_grid(), COLUMNS).row == 0
    assert find_heads(a_grid(*[[f"第{number}行"] for number in range(40)], ["编号"]), COLUMNS).row == 0


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("支付（万元）", "万元"),
        ("支付(单位：元)", "元"),
        ("支付（人民币万元，保留两位小数）", "万元"),
        ("Paid (10,000 yuan)", "万元"),
        ("Paid (yuan)", "元"),
        ("支付万元", "万元"),
        ("支付，元", "元"),
        ("支付/元", "元"),
        ("支付", ""),
        ("单元", ""),
        ("支付美元", ""),
        ("支付（套）", ""),
        ("支付（亿元）", UNKNOWN),
        ("支付（千元）", UNKNOWN),
        ("支付（美元）", UNKNOWN),
        ("Paid (million yuan)", UNKNOWN),
    ],
)
def test_the_unit_of_a_head(head, unit):
    assert unit_of(head) == unit


def test_notes_that_contradict_each_other_say_no_unit():
    assert find_heads(a_grid(["单位：万元"], ["编号", "支付"]), COLUMNS).by_key["paid"].unit == "万元"
    assert find_heads(a_grid(["单位：万元", "单位：元"], ["编号", "支付"]), COLUMNS).by_key["paid"].unit == ""
