"""A sheet that was sent, with the reasons beside the rows that were refused; all else is as its sender made it."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from io import BytesIO, StringIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from approvals.base.i18n import gettext
from approvals.base.sheets import REASON, SheetPlace, cell_address, column_number
from approvals.base.spreadsheets import no_formula

_LETTERS = re.compile(r"[A-Za-z]+")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPANS = re.compile(rb'\sspans="[^"]*"')


@dataclass(frozen=True, slots=True)
class Splice:
    """A piece of a worksheet that is replaced, from `start` up to `end` in bytes."""

    start: int
    end: int
    text: bytes = b""


def returned(content: bytes, place: SheetPlace, reasons: Mapping[int, str]) -> bytes:
    """The sheet as `read_sheet` has read it, with a column of reasons by the number of the row, in the same format.

    Reasons that came back with an earlier sheet give way to these.
    """
    texts = {place.head_row: gettext(REASON), **reasons}
    return _workbook(content, place, texts) if place.part else _delimited(content, place, texts)


def _workbook(content: bytes, place: SheetPlace, texts: Mapping[int, str]) -> bytes:
    output = BytesIO()
    with ZipFile(BytesIO(content)) as sent, ZipFile(output, "w", ZIP_DEFLATED) as copy:
        for entry in sent.infolist():
            part = sent.read(entry)
            if entry.filename.replace("\\", "/").lower() == place.part.lower():
                part = _with_reasons(part, place.reason_column, texts)
            copy.writestr(ZipInfo(entry.filename, entry.date_time), part, ZIP_DEFLATED)
    return output.getvalue()


def _with_reasons(worksheet: bytes, column: int, texts: Mapping[int, str]) -> bytes:
    walk = _Walk(worksheet, column, texts)
    walk.run()
    pieces, at = [], 0
    for splice in sorted(walk.splices, key=lambda splice: (splice.start, splice.end)):
        pieces += [worksheet[at : splice.start], splice.text]
        at = splice.end
    return b"".join((*pieces, worksheet[at:]))


@dataclass(slots=True)
class _Walk:
    """Finds in each row where the reason belongs: in the place of the one that is there, else in its order."""

    worksheet: bytes
    column: int
    texts: Mapping[int, str]
    splices: list[Splice] = field(default_factory=list)
    parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)
    row: int = 0
    cell: int = 0
    cell_at: int = 0
    is_placed: bool = False

    def run(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.Parse(self.worksheet, True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        prefix, _, element = name.rpartition(":")
        if element == "row":
            number = attributes.get("r", "")
            self.row, self.cell = int(number) if number.isascii() and number.isdigit() else self.row + 1, 0
            self.is_placed = self.row not in self.texts
            self._drop_spans(at)
        elif element == "c":
            letters = _LETTERS.match(attributes.get("r", ""))
            self.cell, self.cell_at = column_number(letters[0]) if letters else self.cell + 1, at
            if self.cell > self.column and not self.is_placed:
                self._place(at, prefix)

    def _end(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        prefix, _, element = name.rpartition(":")
        if element == "c" and self.cell == self.column:
            self.splices.append(Splice(self.cell_at, self.worksheet.index(b">", at) + 1))
        elif element == "row" and not self.is_placed:
            self._place(at, prefix)

    def _place(self, at: int, prefix: str) -> None:
        self.splices.append(Splice(at, at, _cell(prefix, cell_address(self.row, self.column), self.texts[self.row])))
        self.is_placed = True

    def _drop_spans(self, at: int) -> None:
        """The row says no longer how far it goes."""
        tag = self.worksheet[at : self.worksheet.index(b">", at)]
        if spans := _SPANS.search(tag):
            self.splices.append(Splice(at + spans.start(), at + spans.end()))


def _cell(prefix: str, address: str, text: str) -> bytes:
    """A cell of text, in ASCII with character references, which every encoding has."""
    name = f"{prefix}:" if prefix else ""
    written = (
        f'<{name}c r="{address}" t="inlineStr"><{name}is><{name}t xml:space="preserve">{escape(_NO_XML.sub("", text))}'
    )
    return f"{written}</{name}t></{name}is></{name}c>".encode("ascii", "xmlcharrefreplace")


def _delimited(content: bytes, place: SheetPlace, texts: Mapping[int, str]) -> bytes:
    output = StringIO(newline="")
    writer = csv.writer(output, delimiter=place.delimiter)
    reader = csv.reader(StringIO(content.decode(place.encoding), newline=""), delimiter=place.delimiter)
    at = place.reason_column - 1
    for number, record in enumerate(reader, 1):
        filled = record + [""] * (at + 1 - len(record)) if number in texts else record
        if len(filled) > at:
            filled[at] = no_formula(texts.get(number, ""))
        writer.writerow(filled)
    return output.getvalue().encode(place.encoding)
