"""A cell as its column declares it: the value, or why it is none."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from approvals.base.errors import Problem
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.sheets import EXACT_DIGITS, LARGEST, Column, Kind, Value
from approvals.base.text_folding import fold
from approvals.base.text_validation import text_fault
from approvals.imports.grids import RawCell

MESSAGES = {
    "required": N_("is required"),
    "error": N_("contains the error value %(value)s. Correct the formula or type the value."),
    "uncomputed": N_(
        "contains a formula whose result is not stored. Open the sheet in a spreadsheet program, save it and send it "
        "again."
    ),
    "merged": N_("is part of the merged area %(area)s. Unmerge it and give every row its own value."),
    "number": N_("is not a number: %(value)s"),
    "whole": N_("must be a whole number"),
    "day_number": N_("is formatted as a date. Format the cell as a number and type it again."),
    "formatted": N_("is formatted as a date or a percentage. Format the cell as text and type it again."),
    "percent": N_("is a percentage. Type the figure without a per cent sign."),
    "decimals": N_("has more than %(decimals)s decimals: %(value)s"),
    "no_decimals": N_("has decimals: %(value)s"),
    "hundred_yuan": N_(
        "is not a whole multiple of 100 yuan, so that it has more than two decimals in 10,000 yuan: %(value)s"
    ),
    "lowest": N_("must be at least %(lowest)s"),
    "largest": N_("must be below %(limit)s"),
    "code": N_("must be a number of at most %(digits)s digits, such as %(example)s"),
    "lost": N_("is a long number of which the last digits are lost. Format the cell as text and type it again."),
    "day": N_("is not a day. Write it as 2026-05-03."),
    "day_range": N_("must be a day from %(first)s to %(last)s"),
    "yes_no": N_("must be yes (是) or no (否)"),
}
YUAN = -4  # the power of ten: 1 yuan is 0.0001 of the unit
NEAR = 4  # decimals beyond the permitted ones in which a calculated number may differ from what is shown
_WIDE = {0x3000: " ", 0xA0: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_STORED = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]*)?")
_LONGEST_NUMBER = 40  # characters
_EXACT = Context(prec=400)
_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[T ][0-9:.]+Z?)?")
_SHORT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL_START, _SERIAL_START_1904 = date(1899, 12, 30), date(1904, 1, 1)  # after February 1900
_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_CJK})\s*\n\s*(?={_CJK})")
_YES = frozenset(("是", "有", "对", "√", "✓", "✔", "yes", "y", "true", "1"))
_NO = frozenset(("否", "无", "不是", "×", "✗", "✘", "no", "n", "false", "0"))


class CellFault(Problem):
    """What is wrong with a cell, as msgid and parameters."""

    status = 422

    def __init__(self, message: str, params: Mapping[str, object]) -> None:
        super().__init__(message)
        self.params = dict(params)


def fault(name: str, **params: object) -> CellFault:
    return CellFault(MESSAGES[name], params)


def read_value(cell: RawCell, column: Column, *, is_yuan: bool = False, counts_from_1904: bool = False) -> Value | None:
    """The value of the cell, None for a blank one; CellFault says what is wrong. `is_yuan`: amounts are not in 万元."""
    if cell.form == "error":
        raise fault("error", value=cell.text[:20])
    if cell.form == "uncomputed":
        raise fault("uncomputed")
    if cell.is_blank or not fold(cell.text):
        if column.needs_value:
            raise fault("required")
        return None
    if column.kind == "amount":
        return _amount(cell, column, is_yuan)
    if column.kind == "day":
        return _day(cell, counts_from_1904)
    return _READERS[column.kind](cell, column)


# Numbers.


def _decimal(cell: RawCell) -> Decimal:
    """The number in the cell, as it is stored: `0.1` is 0.1. The digits beyond those that a program keeps are noise."""
    if cell.look == "percent" or cell.text.translate(_WIDE).rstrip().endswith("%"):
        raise fault("percent")
    if cell.look == "day":
        raise fault("day_number")
    text = _ungrouped(cell.text.translate(_WIDE).strip()) if cell.form == "text" else cell.text
    pattern = _NUMBER if cell.form == "text" else _STORED
    if cell.form == "boolean" or len(text) > _LONGEST_NUMBER or not pattern.fullmatch(text):
        raise fault("number", value=cell.text[:_LONGEST_NUMBER])
    number = Decimal(text)
    return number if cell.form == "text" else _shown(number)


def _ungrouped(text: str) -> str:
    """1,234,567.89 without its commas; any other use of commas stays, and is no number."""
    match = _GROUPED.fullmatch(text)
    return match[1].replace(",", "") + (match[2] or "") if match else text


def _shown(number: Decimal) -> Decimal:
    """1.1000000000000001 is how 1.1 is stored in binary: a program shows, and people typed, at most 15 digits."""
    return Context(prec=EXACT_DIGITS, rounding=ROUND_HALF_EVEN).plus(number)


def _settled(number: Decimal, decimals: int, cell: RawCell) -> Decimal:
    """The number with so many decimals, as far as nothing but the noise of a calculation is lost."""
    if number.adjusted() > 30:
        return number
    rounded = _EXACT.quantize(number, Decimal(1).scaleb(-decimals))
    is_calculated = cell.form == "number" and (cell.is_formula or _digits(cell.text) >= EXACT_DIGITS)
    if rounded == number or (is_calculated and abs(rounded - number) < Decimal(1).scaleb(-decimals - NEAR)):
        return rounded + 0  # no negative nought
    return number


def _digits(text: str) -> int:
    return len(text.lower().partition("e")[0].strip("+-").replace(".", "").lstrip("0"))


def _limited(number: Decimal, column: Column, decimals: int) -> Decimal:
    if column.lowest is not None and number < column.lowest:
        raise fault("lowest", lowest=column.lowest)
    if abs(number) >= LARGEST:
        raise fault("largest", limit=f"{LARGEST:,}")
    if -_exponent(number) > decimals:
        text = f"{number:f}"[:_LONGEST_NUMBER]
        raise fault("decimals", decimals=decimals, value=text) if decimals else fault("no_decimals", value=text)
    return number


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _amount(cell: RawCell, column: Column, is_yuan: bool) -> Decimal:
    """An amount in 10,000 yuan with two decimals, of yuan by exact division."""
    number = _decimal(cell)
    if is_yuan:
        number = _EXACT.scaleb(number, YUAN)
    amount = _settled(number, 2, cell)
    if is_yuan and -_exponent(amount) > 2 and 0 <= amount < LARGEST:
        raise fault("hundred_yuan", value=cell.text[:_LONGEST_NUMBER])
    return _limited(amount, column, 2)


def _quantity(cell: RawCell, column: Column) -> Decimal:
    return _limited(_settled(_decimal(cell), column.decimals, cell), column, column.decimals)


def _whole(cell: RawCell, column: Column) -> int:
    return int(_limited(_settled(_decimal(cell), 0, cell), column, 0))


def _code(cell: RawCell, column: Column) -> str:
    """A number that is a name: 30, `30` and `030` are one."""
    if cell.look:
        raise fault("formatted")
    text = re.sub(r"\s", "", cell.text.translate(_WIDE))
    if cell.form == "number":
        text = _plain_number(cell)
    if not text.isascii() or not text.isdigit() or len(text) > column.width:
        raise fault("code", digits=column.width, example="30".zfill(column.width)[-column.width :])
    return text.zfill(column.width)


def _plain_number(cell: RawCell) -> str:
    """A number as text, without the decimals that it has not."""
    if not _STORED.fullmatch(cell.text):
        raise fault("number", value=cell.text[:_LONGEST_NUMBER])
    number = _shown(Decimal(cell.text))
    if number.adjusted() >= EXACT_DIGITS:
        raise fault("lost")
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


# Texts, days, yes and no.


def _text(cell: RawCell, column: Column) -> str:
    if cell.look:
        raise fault("formatted")
    if cell.form == "number":
        return _plain_number(cell)
    if cell.form == "boolean":
        return "TRUE" if cell.text == "1" else "FALSE"
    text = unicodedata.normalize("NFC", cell.text).strip()
    if not column.has_lines:
        text = " ".join(_BREAK_IN_CHINESE.sub("", text).split())
    reason = text_fault(text, limit=column.limit, lines=column.has_lines)
    if reason:
        raise CellFault(*reason)
    return text


def _day(cell: RawCell, counts_from_1904: bool) -> date:
    """A day from a serial number or a text such as 2026-5-3, 2026.5.3 or 2026年5月3日; a time of day is dropped."""
    if cell.look == "percent" or cell.form == "boolean":
        raise fault("day")
    text = cell.text.translate(_WIDE).strip()
    match = _DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text)
    try:
        if match:
            return _known_day(date(int(match[1]), int(match[2]), int(match[3])))
        if cell.form == "number" and _STORED.fullmatch(text) and abs(Decimal(text)) < 10**7:
            start = _SERIAL_START_1904 if counts_from_1904 else _SERIAL_START
            return _known_day(start + timedelta(days=int(Decimal(text))))
    except (ValueError, OverflowError):
        pass
    raise fault("day")


def _known_day(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise fault("day_range", first=FIRST_DAY, last=LAST_DAY)
    return day


def _yes_no(cell: RawCell, _column: Column) -> bool:
    word = fold(cell.text)
    if word in _YES or word in _NO:
        return word in _YES
    raise fault("yes_no")


_READERS: Mapping[Kind, Callable[[RawCell, Column], Value]] = {
    "text": _text,
    "code": _code,
    "whole": _whole,
    "quantity": _quantity,
    "yes_no": _yes_no,
}
