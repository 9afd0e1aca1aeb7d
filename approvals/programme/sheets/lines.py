"""Rows that were sent, as the programme's sheets are compared with what stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.base.sheets import Value
from approvals.base.text_folding import fold


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong in a row, at a cell or, with an empty address, in all of it: a msgid and its parameters."""

    row: int
    address: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentLine:
    """A row that was sent: its values and the addresses of its cells by column, and what is wrong with it already."""

    row: int
    values: Mapping[str, Value | None]
    addresses: Mapping[str, str]
    faults: tuple[SheetFault, ...] = ()

    def text(self, key: str) -> str:
        return str(self.values.get(key) or "").strip()

    def at(self, key: str) -> str:
        return self.addresses.get(key, "")


def key_of(labels: Mapping[str, Any], text: str) -> str:
    """The key that this text, in either language, is the label of; empty when there is none."""
    folded = fold(text)
    return next((key for key, words in labels.items() if folded in (key, fold(words.zh), fold(words.en))), "")


def is_called(item_no: str, code: str, line: SentLine) -> bool:
    """Whether a line is of this task; a spreadsheet program may have made 30 of 030."""
    return code == line.text("code") and _short(item_no) == _short(line.text("item_no"))


def _short(item_no: str) -> str:
    return item_no.lstrip("0") if item_no.isdigit() else item_no
