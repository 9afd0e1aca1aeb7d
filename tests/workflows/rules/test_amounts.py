"""Amounts of money as people type them: understood exactly, or refused; never wrong by a factor."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.amounts import plain_number, ten_thousand_yuan

TYPED = {
    "1850": "1850",
    "1,850": "1850",
    "1,850万": "1850",
    "1850 万元": "1850",
    "1850.50万元": "1850.50",
    "1.2亿": "12000",
    "1.2 亿元": "12000",
    "1亿2000万元": "12000",
    "2 亿 35.5 万": "20035.5",
    "１，８５０．５０": "1850.50",
    "１８５０万元": "1850",
    "18,500,000元": "1850",
    "￥1850万": "1850",
    "人民币 100 元": "0.01",
    "3千万元": "3000",
    "18.5 million yuan": "1850",
    "0": "0",
    "-5": "-5",
}
UNCERTAIN = (
    *("", " ", "万", "1,5", "12,50", "1,8500", "1 850", "1.850.000", "1850.", ".5", "1e3", "10²", "①", "٣"),
    *(
        "一千八百五十万",
        "1850万左右",
        "约1850",
        "1亿2",
        "1亿20000万",
        "1850万亿",
        "1850 dollars",
        "1850%",
        "nan",
        "inf",
        "1_000",
    ),
    "9" * 61,
)
SIZES = {"": 1, "万": 1, "万元": 1, " 万元": 1, "亿": 10_000, "亿元": 10_000, "元": Fraction(1, 10_000), "千万元": 1000}


@pytest.mark.parametrize(("typed", "amount"), TYPED.items())
def test_what_is_typed_is_understood(typed: str, amount: str) -> None:
    assert ten_thousand_yuan(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", UNCERTAIN)
def test_what_is_uncertain_is_refused(typed: str) -> None:
    assert ten_thousand_yuan(typed) is None


@pytest.mark.parametrize("typed", ["1850万", "1.2亿", "5元", "1,5", "1e3"])
def test_a_number_has_no_unit(typed: str) -> None:
    assert plain_number(typed) is None


def grouped(whole: int) -> str:
    """The digits in threes from the right."""
    digits, groups = str(whole), []
    while digits:
        digits, group = digits[:-3], digits[-3:]
        groups.insert(0, group)
    return ",".join(groups)


def wide(text: str) -> str:
    return "".join(
        chr(0xFF10 + int(sign)) if sign.isdigit() else {".": "．", ",": "，"}.get(sign, sign) for sign in text
    )


@given(
    whole=st.integers(0, 10**12),
    decimals=st.text("0123456789", max_size=6),
    unit=st.sampled_from(list(SIZES)),
    is_grouped=st.booleans(),
    is_wide=st.booleans(),
)
def test_an_amount_means_what_its_number_and_unit_say(
    whole: int, decimals: str, unit: str, *, is_grouped: bool, is_wide: bool
) -> None:
    text = (grouped(whole) if is_grouped else str(whole)) + (f".{decimals}" if decimals else "")
    value = whole + (Fraction(int(decimals), 10 ** len(decimals)) if decimals else 0)
    amount = ten_thousand_yuan((wide(text) if is_wide else text) + unit)
    assert amount is not None
    assert Fraction(amount) == value * SIZES[unit]


@given(st.text("0123456789０１.,，．万亿元千百 -+¥eE²", max_size=12))
def test_what_is_understood_has_all_its_digits(typed: str) -> None:
    """What is accepted is the number that its digits spell, at most with commas between thousands."""
    amount = plain_number(typed)
    if amount is not None:
        plain = typed.strip().translate({0xFF10: "0", 0xFF11: "1", ord("，"): ",", ord("．"): "."})
        whole = plain.lstrip("+-").partition(".")[0]
        assert "," not in whole or whole == grouped(int(whole.replace(",", ""))) or whole.startswith("0")
        assert Fraction(amount) == Fraction(plain.replace(",", ""))
