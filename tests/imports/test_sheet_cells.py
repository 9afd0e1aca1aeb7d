"""Cells: numbers from their text, days in every spelling, and what is wrong with the others."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.base.sheets import Column
from approvals.imports.grids import RawCell
from approvals.imports.sheet_cells import MESSAGES, CellFault, read_value
from tests.support.extent import effort
from workflows.label import Label

HEAD = Label("栏", "Column")
AMOUNT = Column("amount", HEAD, "amount")
QUANTITY = Column("quantity", HEAD, "quantity", decimals=3)
WHOLE = Column("whole", HEAD, "whole")
CODE = Column("code", HEAD, "code", width=3)
TEXT = Column("text", HEAD)
DAY = Column("day", HEAD, "day")
YES_NO = Column("yes_no", HEAD, "yes_no")


def text(value):
    return RawCell(value)


def number(value, look=""):
    return RawCell(value, "number", look)


def formula(value):
    return RawCell(value, "number", is_formula=True)


def fault_of(cell, column, **options):
    with pytest.raises(CellFault) as fault:
        read_value(cell, column, **options)
    return next(name for name, message in MESSAGES.items() if message == fault.value.message)


@pytest.mark.parametrize(
    "written",
    [
        "1234567.8",
        "1,234,567.80",
        "１２３４５６７．８",
        " 1，234，567.8 ",
        "+1234567.8",
        "\u00a01234567.80",
        "01234567.8",
    ],
)
def test_a_number_is_read_from_its_text(written):
    assert read_value(text(written), AMOUNT) == Decimal("1234567.8")


@pytest.mark.parametrize(
    "written", ["1,5", "12,34,567", "1.2.3", "1e5", "约100", "10²", "①", "½", "-", "无", "¥5", "５．５．", "١"]
)
def test_what_is_no_number_is_a_fault(written):
    assert fault_of(text(written), AMOUNT) == "number"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.1000000000000001", "1.1"),
        ("0.1", "0.1"),
        ("9.949999999999999", "9.95"),
        ("999999999.99000001", "999999999.99"),
        ("1E+5", "100000"),
        ("1.2E1", "12"),
        ("-0", "0"),
    ],
)
def test_a_stored_number_is_what_a_program_shows(written, value):
    assert str(read_value(number(written), AMOUNT)) == str(Decimal(value).quantize(Decimal("0.01")))


def test_the_noise_of_a_calculation_is_no_decimal():
    assert read_value(formula("0.199999999953434"), AMOUNT) == Decimal("0.20")
    assert read_value(formula("12.3400001"), AMOUNT) == Decimal("12.34")
    assert fault_of(formula("0.125"), AMOUNT) == "decimals"
    assert fault_of(number("12.3400001"), AMOUNT) == "decimals"
    assert fault_of(formula("0.333333333333333"), QUANTITY) == "decimals"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (number("0.125"), "decimals"),
        (text("0.125"), "decimals"),
        (number("-0.01"), "lowest"),
        (number("1000000000"), "largest"),
        (number("1E300"), "largest"),
        (text("9" * 39), "largest"),
        (number("1E-300"), "decimals"),
        (number("nan"), "number"),
        (RawCell("1", "boolean"), "number"),
        (number("0.85", "percent"), "percent"),
        (text("85％"), "percent"),
        (number("45000", "day"), "day_number"),
        (RawCell("#DIV/0!", "error"), "error"),
        (RawCell("", "uncomputed"), "uncomputed"),
    ],
)
def test_an_amount_that_cannot_be_is_a_fault(cell, name):
    assert fault_of(cell, AMOUNT) == name


def test_yuan_become_ten_thousands_or_a_fault():
    assert str(read_value(number("1234500"), AMOUNT, is_yuan=True)) == "123.45"
    assert read_value(text("9,999,999,999,900"), AMOUNT, is_yuan=True) == Decimal("999999999.99")
    assert fault_of(number("1234567.89"), AMOUNT, is_yuan=True) == "hundred_yuan"
    assert fault_of(number("50"), AMOUNT, is_yuan=True) == "hundred_yuan"
    assert fault_of(number("-100"), AMOUNT, is_yuan=True) == "lowest"
    assert fault_of(number("10000000000000"), AMOUNT, is_yuan=True) == "largest"


def test_quantities_have_their_own_limits():
    assert str(read_value(number("12.5"), QUANTITY)) == "12.500"
    assert read_value(text("-3"), Column("q", HEAD, "quantity", lowest=None)) == -3
    assert read_value(number("7.0"), WHOLE) == 7
    assert fault_of(number("7.5"), WHOLE) == "no_decimals"
    assert fault_of(number("0.0001"), QUANTITY) == "decimals"


@pytest.mark.parametrize(
    "cell", [number("30"), number("30.0"), text("30"), text("030"), text("０３０"), text(" 0 30 ")]
)
def test_a_code_has_its_noughts_again(cell):
    assert read_value(cell, CODE) == "030"


@pytest.mark.parametrize("cell", [number("1030"), number("-30"), number("3.5"), text("A30"), text("03O"), text("٣٠")])
def test_what_is_no_code_is_a_fault(cell):
    assert fault_of(cell, CODE) == "code"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "2026-5-3",
            "2026-05-03",
            "2026/05/03",
            "2026.5.3",
            "2026年5月3日",
            "２０２６．５．３",
            "2026 年 5 月 3 日",
            "20260503",
        ),
        *("2026-05-03 00:00:00", "2026/5/3 0:00", "2026-05-03T00:00:00Z"),
    ],
)
def test_a_day_is_read_in_every_spelling(written):
    assert read_value(text(written), DAY) == date(2026, 5, 3)


def test_a_day_is_read_from_its_serial_number():
    assert read_value(number("46145", "day"), DAY) == read_value(number("46145.75"), DAY) == date(2026, 5, 3)
    assert read_value(number("44683", "day"), DAY, counts_from_1904=True) == date(2026, 5, 3)
    assert read_value(number("20260503"), DAY) == date(2026, 5, 3)


@pytest.mark.parametrize(
    "written", ["5月3日", "2026年5月", "2026-13-01", "2026-02-30", "26-5-3", "5/3/2026", "2026", "五月", "2026.5"]
)
def test_what_is_no_day_is_a_fault(written):
    assert fault_of(text(written), DAY) == "day"


@pytest.mark.parametrize("written", ["2026", "5.3", "0", "-5", "1999", "2026.5"])
def test_a_number_that_is_no_day_of_now_is_a_fault(written):
    assert fault_of(number(written), DAY) == "day_range"


def test_words_for_yes_and_no():
    assert [read_value(text(word), YES_NO) for word in ("是", "YES", "√", "１")] == [True] * 4
    assert [read_value(text(word), YES_NO) for word in ("否", "no", "×", "０")] == [False] * 4
    assert read_value(RawCell("1", "boolean"), YES_NO) is True
    assert fault_of(text("也许"), YES_NO) == "yes_no"


def test_texts_are_cleaned_and_checked():
    assert read_value(text(" 市人力资源\n社会保障局 "), TEXT) == "市人力资源社会保障局"
    assert read_value(text("Phase one\nof two"), TEXT) == "Phase one of two"
    assert read_value(text("一\n二"), Column("t", HEAD, has_lines=True)) == "一\n二"
    assert read_value(number("510402"), TEXT) == read_value(number("510402.0"), TEXT) == "510402"
    assert read_value(number("13800000000"), TEXT) == "13800000000"
    assert fault_of(number("510402199001011234"), TEXT) == "lost"
    assert fault_of(number("45000", "day"), TEXT) == "formatted"
    with pytest.raises(CellFault, match="at most 4"):
        read_value(text("一二三四五"), Column("t", HEAD, limit=4))
    with pytest.raises(CellFault, match="control character"):
        read_value(text("a\x07b"), TEXT)


@pytest.mark.parametrize("blank", ["", " ", "　", "\u00a0", "\u200b", "\n"])
def test_a_blank_is_none_in_every_column(blank):
    for column in (AMOUNT, QUANTITY, WHOLE, CODE, TEXT, DAY, YES_NO):
        assert read_value(text(blank), column) is None
    assert fault_of(text(blank), Column("t", HEAD, needs_value=True)) == "required"


@settings(max_examples=effort(200, 20_000))
@given(st.decimals(0, 999_999_999, places=2, allow_nan=False))
def test_every_amount_survives_the_ways_of_writing_it(amount):
    ways = [text(f"{amount:,}"), text(str(amount)), number(repr(float(amount))), number(f"{float(amount):.17g}")]
    assert [read_value(cell, AMOUNT) for cell in ways] == [amount] * 4
    yuan = f"{amount * 10_000:f}"
    assert read_value(text(yuan), AMOUNT, is_yuan=True) == amount


@settings(max_examples=effort(200, 20_000))
@given(st.text(max_size=45), st.sampled_from([AMOUNT, QUANTITY, WHOLE, CODE, TEXT, DAY, YES_NO]), st.booleans())
def test_any_text_is_a_value_or_a_fault(written, column, is_number):
    try:
        read_value(RawCell(written, "number" if is_number else "text"), column)
    except CellFault as fault:
        assert str(fault)
