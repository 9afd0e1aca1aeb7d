"""Amounts as people write them: 1,850 · １８５０ · 1850万元 · 1.2亿 · 18500000元."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x00A0: " "}
_NUMBER = r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
_PLAIN = re.compile(_NUMBER)
_MONEY = re.compile(rf"(?:人民币|[¥￥]|RMB|CNY)?\s*({_NUMBER})\s*(\D*)", re.IGNORECASE)
_COMPOSED = re.compile(
    rf"(?:人民币|[¥￥]|RMB|CNY)?\s*({_NUMBER})\s*亿\s*([0-9]{{1,4}}(?:\.[0-9]+)?)\s*万元?", re.IGNORECASE
)
_EXACT = Context(prec=200)
_LONGEST = 60  # characters
_HUNDRED_MILLION = 4  # 亿 is 万 times ten to this power
# Units by their size, as powers of ten of 10,000 yuan; without one a number is in 10,000 yuan, as the fields say.
_UNITS: Mapping[str, int] = {
    "": 0,
    **dict.fromkeys(("万", "万元", "10k yuan", "10,000 yuan"), 0),
    **dict.fromkeys(("元", "圆", "yuan"), -4),
    **dict.fromkeys(("百万", "百万元", "million yuan"), 2),
    **dict.fromkeys(("千万", "千万元"), 3),
    **dict.fromkeys(("亿", "亿元"), _HUNDRED_MILLION),
    "billion yuan": 5,
}


def plain_number(text: str) -> Decimal | None:
    """The number that this text is, commas standing between thousands alone; None when it is none."""
    plain = text.translate(_WIDE).strip()
    return _decimal(plain) if len(plain) <= _LONGEST and _PLAIN.fullmatch(plain) else None


def ten_thousand_yuan(text: str) -> Decimal | None:
    """The amount in 10,000 yuan that this text says, exact; None when that is not certain."""
    plain = text.translate(_WIDE).strip()
    if len(plain) > _LONGEST:
        return None
    if composed := _COMPOSED.fullmatch(plain):
        return _decimal(composed[1]).scaleb(_HUNDRED_MILLION, _EXACT) + _decimal(composed[2])
    money = _MONEY.fullmatch(plain)
    if money is None:
        return None
    size = _UNITS.get(" ".join(money[2].split()).lower())
    return None if size is None else _decimal(money[1]).scaleb(size, _EXACT)


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
