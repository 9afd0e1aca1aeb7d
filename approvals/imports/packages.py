"""The parts of a workbook (ECMA-376), read as a stream of XML elements and never beyond a limit."""

import posixpath
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from approvals.base.files.formats.office import open_xml
from approvals.base.files.formats.reading import DAMAGED, LOCKED, MACROS, NO_FAULT
from approvals.base.i18n import N_
from approvals.imports.grids import refused

UNPACKED_LIMIT = 100 * 1024 * 1024  # bytes of all parts together, by the archive's own list
READ_LIMIT = 48 * 1024 * 1024  # bytes of the parts that are read; 5,000 rows of 60 columns take 15 MB
MOST_ELEMENTS = 2_000_000  # of the parts that are read
MOST_PARTS = 5000
BLOCK = 256 * 1024  # bytes
NO_WORKBOOK = N_("This is neither an .xlsx workbook nor a CSV file. Save it as .xlsx and send it again.")
TOO_LARGE = N_("The workbook is too large to be read. Copy the rows into a new workbook and send that.")
_FAULTS = (expat.ExpatError, BadZipFile, EOFError, LookupError, OSError, RuntimeError, ValueError, zlib.error)
_CHECK = open_xml("spreadsheetml.sheet")

Start = Callable[[str, Mapping[str, str]], None]  # an element's name and attributes, both without namespaces
Text = Callable[[str], None]
End = Callable[[str], None]


@dataclass(slots=True)
class Package:
    """A workbook's archive, its parts by their names in lower case, and how much of them may still be read."""

    archive: ZipFile
    names: Mapping[str, str] = field(default_factory=dict)
    bytes_left: int = READ_LIMIT
    elements_left: int = MOST_ELEMENTS

    def has(self, part: str) -> bool:
        return part.lower() in self.names

    def parse(self, part: str, start: Start, text: Text | None = None, end: End | None = None) -> None:
        """Walk through the elements of a part; Invalid when it is damaged or too large."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._counting(start)
        parser.CharacterDataHandler = text
        parser.EndElementHandler = (lambda name: end(_local(name))) if end else None
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            self._feed(part, parser)
        except _FAULTS:
            raise refused(DAMAGED) from None

    def _counting(self, start: Start) -> Start:
        def counted(name: str, attributes: Mapping[str, str]) -> None:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise refused(TOO_LARGE)
            start(_local(name), _without_namespaces(attributes))

        return counted

    def _feed(self, part: str, parser: expat.XMLParserType) -> None:
        with self.archive.open(self.names[part.lower()]) as stream:
            while block := stream.read(BLOCK):
                if b"\0" in block:  # UTF-16, which is permitted and written by nobody
                    raise refused(DAMAGED)
                self.bytes_left -= len(block)
                if self.bytes_left < 0:
                    raise refused(TOO_LARGE)
                parser.Parse(block, False)
        parser.Parse(b"", True)


def opened(content: bytes) -> Package:
    """The workbook in these bytes; Invalid says why it is not taken."""
    fault = _CHECK(BytesIO(content), len(content))
    if fault != NO_FAULT:
        raise refused(fault if fault in (DAMAGED, LOCKED, MACROS) else NO_WORKBOOK)
    try:
        archive = ZipFile(BytesIO(content))
    except _FAULTS:
        raise refused(DAMAGED) from None
    entries = archive.infolist()
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise refused(DAMAGED)
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise refused(TOO_LARGE)
    return Package(archive, {entry.filename.replace("\\", "/").lower(): entry.filename for entry in entries})


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part names: by id, what the relation is and the name of the part."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    related: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            related[attributes.get("Id", "")] = kind, target

    if package.has(listed):
        package.parse(listed, start)
    return related


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _without_namespaces(attributes: Mapping[str, str]) -> Mapping[str, str]:
    if any(":" in name for name in attributes):
        return {_local(name): value for name, value in attributes.items()}
    return attributes


def _refuse_doctype(*_: object) -> None:
    """Entities may be made to grow without end; no part of a workbook declares any."""
    raise refused(DAMAGED)
