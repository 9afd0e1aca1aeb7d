"""What an office's worksheet is made of: its columns, the unit of its amounts, its identification, and where it ends.

Imports read by these declarations and exports write by them, so that what one writes the other reads.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from approvals.base.i18n import N_, Labelled
from approvals.base.text_folding import fold
from approvals.base.text_validation import NAME_LIMIT

Kind = Literal["text", "code", "whole", "amount", "quantity", "day", "yes_no"]
Value = str | int | Decimal | date | bool  # of a cell; None for a blank one
NUMERIC: tuple[Kind, ...] = ("whole", "amount", "quantity")
LARGEST = Decimal(10**9)  # amounts (10,000 yuan) and quantities stay below it
MOST_ROWS = 5000  # of a worksheet that is sent
EXACT_DIGITS = 15  # significant digits that a spreadsheet program keeps of a number
UNIT = N_("10,000 yuan")  # of amounts, as heads of columns say it
YES, NO = N_("Yes"), N_("No")
REASON = N_("Reason for refusal")  # head of the column in which a refused sheet comes back
REASON_HEADS = ("退回原因", "Reason for refusal")
IDENTITY_SHEET = "guahao"  # the hidden worksheet whose cell A1 identifies the sheet
_NO_PART_OF_A_HEAD = re.compile(r"[\s:,;.。、/\\\-_*·'\"()]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column. `group` is the head above the head, as 中央 above 下达; `also` are further heads that mean it,
    with the group's name in front where it has one.

    A column that `needs_head` must be there; one that `needs_value` is blank in no row. `width` is that of a code in
    digits: 30 is 030. Numbers have at most `decimals`, lie from `lowest` on and below LARGEST; amounts are in 10,000
    yuan with two decimals, and the head says 万元 or 元. A text has at most `limit` characters, on one line unless
    `has_lines`. In a sheet that is written, a locked column cannot be edited, and `options` are offered to choose from.
    """

    key: str
    head: Labelled
    kind: Kind = "text"
    group: Labelled | None = None
    also: tuple[str, ...] = ()
    needs_head: bool = False
    needs_value: bool = False
    width: int = 0
    decimals: int = 2
    lowest: Decimal | None = Decimal(0)
    limit: int = NAME_LIMIT
    has_lines: bool = False
    is_locked: bool = False
    options: tuple[Labelled, ...] = ()

    @property
    def head_keys(self) -> tuple[str, ...]:
        """The accepted heads, as `head_key()` folds them."""
        groups = (self.group.zh, self.group.en) if self.group else ("", "")
        written = (f"{groups[0]} {self.head.zh}", f"{groups[1]} {self.head.en}", *self.also)
        return tuple(dict.fromkeys(head_key(text) for text in written))


@dataclass(frozen=True, slots=True)
class SheetIdentity:
    """What a sheet of ours is: its kind, whose it is, the month or year it is for, its edition and its number."""

    kind: str
    unit: str = ""
    month: str = ""
    edition: str = ""
    number: str = ""

    def as_text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Where the reasons of refusal go in a sheet that was sent; rows and columns count from 1.

    `part` is its worksheet's within the workbook, empty for CSV, which has an encoding and a delimiter instead.
    """

    part: str
    head_row: int
    reason_column: int
    encoding: str = ""
    delimiter: str = ""


def read_identity(text: str) -> SheetIdentity | None:
    """The identification written by `as_text()`, None for any other text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = {field.name for field in fields(SheetIdentity)}
    if not isinstance(value, dict) or set(value) != known:
        return None
    return SheetIdentity(**value) if _all_texts(value) else None


def _all_texts(value: Mapping[str, object]) -> bool:
    return all(isinstance(part, str) and len(part) <= NAME_LIMIT for part in value.values())


def head_key(text: str) -> str:
    """A head as it is compared: folded, without blanks and punctuation."""
    return _NO_PART_OF_A_HEAD.sub("", fold(text))


def column_letters(number: int) -> str:
    """1 as A, 28 as AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """The address of a cell as spreadsheet programs show it, such as C7."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """A as 1, AB as 28; 0 for what is no column."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
