"""Workbooks as different programs write them, part by part, and what stands in a written one."""

import io
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path

import openpyxl

from approvals.base.sheets import cell_address

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN, DAY, LONG_DAY, PERCENT = range(4)  # styles


@dataclass(frozen=True)
class Producer:
    """How a program writes: texts shared or inline, cells with or without their addresses, names with a prefix."""

    prefix: str = ""
    is_inline: bool = False
    has_references: bool = True
    is_strict: bool = False
    counts_from_1904: bool = False
    has_readings: bool = False
    recalculates: bool = False
    day_style: int = DAY
    target: str = "worksheets/"

    @property
    def names(self):
        return (_STRICT_MAIN, _STRICT_RELATIONS) if self.is_strict else (_MAIN, _RELATIONS)


PRODUCERS = {
    "Excel": Producer(),
    "Excel for the Mac": Producer(counts_from_1904=True, day_style=LONG_DAY),
    "Excel, strict": Producer(is_strict=True, has_readings=True),
    "LibreOffice": Producer(day_style=LONG_DAY),
    "WPS": Producer(has_readings=True, day_style=LONG_DAY),
    "a library with prefixes": Producer(prefix="x:", target="/xl/worksheets/"),
    "a report generator": Producer(is_inline=True, has_references=False),
}


@dataclass(frozen=True)
class Raw:
    """A cell as it stands in the file."""

    attributes: str
    content: str = ""


def formula(value, attributes=""):
    """A formula with the value that a program has stored for it."""
    return Raw(attributes, f"<f>A1+1</f><v>{value}</v>")


def stored(number, style=PLAIN):
    """A number just as this text."""
    return Raw(f's="{style}"', f"<v>{number}</v>")


def written_by(producer, rows, *, merged=(), more=(), hidden=(), name="Sheet1"):
    """A workbook with these rows of values on its first worksheet; `more` are further ones by name."""
    sheets = {name: rows, **dict(more)}
    texts = _Texts(producer)
    parts = {
        f"xl/worksheets/sheet{number}.xml": _worksheet(producer, part, texts, merged if number == 1 else ())
        for number, part in enumerate(sheets.values(), 1)
    }
    states = {title: ' state="hidden"' if title in hidden else "" for title in sheets}
    return _packed(producer, states, parts | {"xl/sharedStrings.xml": texts.part(), "xl/styles.xml": _styles(producer)})


class _Texts:
    def __init__(self, producer):
        self.producer, self.texts = producer, {}

    def cell(self, text):
        if self.producer.is_inline:
            return ' t="inlineStr"', f"<is><t>{escape(text)}</t></is>"
        return ' t="s"', f"<v>{self.texts.setdefault(text, len(self.texts))}</v>"

    def part(self):
        return _element(self.producer, "sst", "".join(f"<si>{self._runs(text)}</si>" for text in self.texts))

    def _runs(self, text):
        """With readings, the text in two runs and how to read it beside them, which is no part of it."""
        if not self.producer.has_readings or len(text) < 2:
            return f'<t xml:space="preserve">{escape(text)}</t>'
        half = f'<r><t xml:space="preserve">{escape(text[:1])}</t></r><r><rPr><b/></rPr><t>{escape(text[1:])}</t></r>'
        return f'{half}<rPh sb="0" eb="1"><t>du fa</t></rPh><phoneticPr fontId="1"/>'


def _worksheet(producer, rows, texts, merged):
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [_cell(producer, number, place, value, texts) for place, value in enumerate(row, 1)]
        lines.append(f'<row r="{number}" spans="1:{len(row)}">{"".join(cells)}</row>' if any(cells) else "")
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    content = f"<sheetData>{''.join(lines)}</sheetData>" + (f"<mergeCells>{areas}</mergeCells>" if areas else "")
    return _element(producer, "worksheet", content)


def _cell(producer, row, place, value, texts):
    reference = f' r="{cell_address(row, place)}"' if producer.has_references else ""
    if value is None:
        return "" if producer.has_references else "<c/>"
    attributes, content = _content(producer, value, texts)
    return f"<c{reference}{attributes}>{content}</c>"


def _content(producer, value, texts):
    if isinstance(value, Raw):
        return f" {value.attributes}", value.content
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, date):
        return f' s="{producer.day_style}"', f"<v>{serial(value, producer.counts_from_1904)}</v>"
    if isinstance(value, (int, Decimal)):
        return "", f"<v>{value}</v>"
    return texts.cell(value)


def serial(day, counts_from_1904=False):
    return (day - (date(1904, 1, 1) if counts_from_1904 else date(1899, 12, 30))).days


def _styles(producer):
    long_day = "[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"
    formats = f'<numFmts count="1"><numFmt numFmtId="176" formatCode="{long_day}"/></numFmts>'
    formats += "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    formats += '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
    usual = '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    own = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 176, 9))
    return _element(producer, "styleSheet", f"{formats}<cellXfs>{own}</cellXfs>{usual}")


def _element(producer, name, content):
    main, relations = producer.names
    text = f'<{name} xmlns="{main}" xmlns:r="{relations}">{content}</{name}>'
    if producer.prefix:
        text = text.replace("xmlns=", f"xmlns:{producer.prefix[:-1]}=").replace("</", "\0")
        text = text.replace("<", f"<{producer.prefix}").replace("\0", f"</{producer.prefix}")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def _packed(producer, states, parts):
    _main, relations = producer.names
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"{state}/>'
        for number, (name, state) in enumerate(states.items(), 1)
    )
    from_1904 = '<workbookPr date1904="1"/>' if producer.counts_from_1904 else "<workbookPr/>"
    calculation = '<calcPr fullCalcOnLoad="1"/>' if producer.recalculates else '<calcPr calcId="191029"/>'
    named = [("worksheet", f"{producer.target}sheet{number}.xml") for number in range(1, len(states) + 1)]
    named += [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    kinds = {"xl/workbook.xml": "sheet.main", "xl/sharedStrings.xml": "sharedStrings", "xl/styles.xml": "styles"}
    types = "".join(
        f'<Override PartName="/{part}" ContentType="{_KIND}.{kinds.get(part, "worksheet")}+xml"/>'
        for part in ("xl/workbook.xml", *parts)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": _related([("officeDocument", "xl/workbook.xml")], relations),
        "xl/workbook.xml": _element(producer, "workbook", f"{from_1904}<sheets>{listed}</sheets>{calculation}"),
        "xl/_rels/workbook.xml.rels": _related(named, relations),
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (files | parts).items():
            archive.writestr(name, part)
    return output.getvalue()


def _related(named, relations):
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{relations}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(named, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'.encode()


def by_openpyxl(rows, *, formats=()):
    """A workbook of openpyxl with these rows; `formats` are number formats by address."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for address, number_format in dict(formats).items():
        book.active[address].number_format = number_format
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def saved_again(content, *, state="veryHidden"):
    """The workbook after another program has opened and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets[1:]:
        sheet.sheet_state = state
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def shown(content, sheet=0):
    """The rows of a worksheet as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def with_part(content, name, part):
    """The archive with this part added or replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, part)
    return output.getvalue()


READ_BY_GNUMERIC = [producer for producer in PRODUCERS.values() if producer.has_references and not producer.is_strict]


def saved_by_gnumeric(content, form="Gnumeric_Excel:xlsx2"):
    """The workbook after Gnumeric has opened and saved it; only in `make soak`, whose set-up installs it."""
    with tempfile.TemporaryDirectory() as folder:
        sent, saved = Path(folder, "sent.xlsx"), Path(folder, "saved")
        sent.write_bytes(content)
        subprocess.run(["ssconvert", "-T", form, sent, saved], check=True, capture_output=True, timeout=60)
        return saved.read_bytes()
