"""Rows of a sheet that was sent, as they are compared with what stands, and what is wrong in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from approvals.base.i18n import N_
from approvals.base.sheets import Value
from approvals.base.text_folding import fold

TWICE = N_("appears twice in the sheet, first in row %(row)s")


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong in a row, at a cell or, with an empty address, in all of it: a msgid and its parameters.

    `sheet` is the worksheet, where a workbook has several that are read.
    """

    row: int
    address: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it is, as spreadsheet programs write it; empty for a whole row."""
        return f"{self.sheet}!{self.address}" if self.sheet and self.address else self.address


@dataclass(frozen=True, slots=True)
class SentLine:
    """A row that was sent: its values and the addresses of its cells by column, and what is wrong with it already."""

    row: int
    values: Mapping[str, Value | None]
    addresses: Mapping[str, str]
    faults: tuple[SheetFault, ...] = ()
    sheet: str = ""

    def text(self, key: str) -> str:
        return str(self.values.get(key) or "").strip()

    def at(self, key: str) -> str:
        return self.addresses.get(key, "")

    def fault(self, key: str, message: str, params: Mapping[str, object] | None = None) -> SheetFault:
        """What is wrong in the cell of this column, or in the row where it has none."""
        return SheetFault(self.row, self.at(key), message, params or {}, self.sheet)


def key_of(labels: Mapping[str, Any], text: str) -> str:
    """The key that this text, in either language, is the label of; empty when there is none."""
    folded = fold(text)
    return next((key for key, words in labels.items() if folded in (key, fold(words.zh), fold(words.en))), "")


def plain(text: str) -> str:
    """A number or code as it is compared: digits and letters of full width are what they stand for."""
    return normalize("NFKC", text).strip()
