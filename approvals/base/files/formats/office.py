"""Documents of offices: Word and Excel in both formats, WPS, OFD. Main parts are found as each format says."""

import posixpath
import struct
from collections.abc import Mapping
from typing import IO

from approvals.base.files.formats.archives import Part, elements_of, is_archive, parts_of
from approvals.base.files.formats.compound import has_macros, is_compound, start_of
from approvals.base.files.formats.excel_password import opens_by_itself
from approvals.base.files.formats.reading import (
    DAMAGED,
    LINKED,
    LOCKED,
    MACROS,
    NO_FAULT,
    OTHER,
    TEMPLATE,
    Check,
    read,
)

Parts = Mapping[str, Part]

# Word and Excel (ECMA-376, part 2: Open Packaging Conventions).
TYPES, RELATIONS = "[content_types].xml", "_rels/.rels"
_MAIN = "/officeDocument"  # how the type of the relation to the main part ends, in both editions of the standard
_MACRO_PART = "vbaproject.bin"
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "vbadata")  # of content; the last but one is Excel 4.0's
_MACRO_RELATIONS = ("vbaproject", "xlmacrosheet", "xlintlmacrosheet")
_HARMLESS = "/hyperlink"  # nothing is fetched until somebody clicks
_RELATIONS_PART, MOST_RELATIONS = ".rels", 50_000  # elements of all parts together; an honest document has a hundredth
_ENTRY, _ENCRYPTIONS = "ofd.xml", "encryptions.xml"
# Word (MS-DOC 2.5.1) and Excel (MS-XLS 2.4.117): where an encrypted file says so.
_FLAGS, _IS_ENCRYPTED = 10, 0x0100
_BEGIN, _END, _PASSWORD = (0x0009, 0x0209, 0x0409, 0x0809), 0x000A, 0x002F
_GLOBALS = 4096  # bytes at the beginning of a workbook in which an encrypted one says so


def open_xml(kind: str) -> Check:
    """The check of a package whose main part is of this kind, such as `wordprocessingml.document`."""

    def check(file: IO[bytes], size: int) -> str:
        if is_compound(file):
            return LOCKED if start_of(file, size, "EncryptedPackage") is not None else OTHER
        if not is_archive(file):
            return OTHER
        parts = parts_of(file, size)
        if any(name.endswith(_MACRO_PART) for name in parts):
            return MACROS
        if _is_locked(parts):
            return LOCKED
        if TYPES not in parts:
            return OTHER if parts else DAMAGED
        return _check_main(file, parts, kind)

    return check


def _check_main(file: IO[bytes], parts: Parts, kind: str) -> str:
    """The relations of the package name the main part, its list of types says what that is."""
    main = _main_part(file, parts)
    if main not in parts:
        return DAMAGED
    content_type = _type_of(file, parts, main)
    if "macroEnabled" in content_type:
        return MACROS
    if not content_type.endswith(f".{kind}.main+xml"):
        return OTHER
    types = [element.attributes.get("ContentType", "").lower() for element in elements_of(file, parts[TYPES])]
    if any(mark in content_type for content_type in types for mark in _MACRO_TYPES):
        return MACROS
    return _check_relations(file, parts)


def _check_relations(file: IO[bytes], parts: Parts) -> str:
    """What the parts refer to lies within the package, but for links that a reader may click; the unreadable fails."""
    count = 0
    for part in (part for name, part in parts.items() if name.endswith(_RELATIONS_PART)):
        elements = elements_of(file, part)
        count += len(elements)
        if not elements or count > MOST_RELATIONS:
            return DAMAGED
        for element in elements:
            if fault := _check_relation(element.attributes):
                return fault
    return NO_FAULT


def _check_relation(attributes: Mapping[str, str]) -> str:
    kind = attributes.get("Type", "").lower()
    if kind.rpartition("/")[2] in _MACRO_RELATIONS:
        return MACROS
    if attributes.get("TargetMode", "").lower() != "external" or kind.endswith(_HARMLESS):
        return NO_FAULT
    return TEMPLATE if kind.endswith("/attachedtemplate") else LINKED


def _main_part(file: IO[bytes], parts: Parts) -> str:
    for element in elements_of(file, parts.get(RELATIONS)):
        if element.name == "Relationship" and element.attributes.get("Type", "").endswith(_MAIN):
            return posixpath.normpath(element.attributes.get("Target", "").lstrip("/")).lower()
    return ""


def _type_of(file: IO[bytes], parts: Parts, part: str) -> str:
    """The content type of a part: its own, else that of its ending."""
    by_ending = ""
    for element in elements_of(file, parts[TYPES]):
        attributes = {name: value.lower() for name, value in element.attributes.items()}
        if element.name == "Override" and attributes.get("PartName", "").lstrip("/") == part:
            return element.attributes.get("ContentType", "")
        if element.name == "Default" and attributes.get("Extension") == part.rpartition(".")[2]:
            by_ending = element.attributes.get("ContentType", "")
    return by_ending


def _is_locked(parts: Parts) -> bool:
    return any(part.is_encrypted for part in parts.values())


def ofd(file: IO[bytes], size: int) -> str:
    """OFD (GB/T 33190): `OFD.xml` names the first document; a file with `Encryptions.xml` needs a key (GM/T 0099)."""
    if not is_archive(file):
        return OTHER
    parts = parts_of(file, size)
    if _ENTRY not in parts:
        return OTHER if parts else DAMAGED
    if _is_locked(parts) or _ENCRYPTIONS in parts:
        return LOCKED
    roots = [element.text.strip() for element in elements_of(file, parts[_ENTRY]) if element.name == "DocRoot"]
    is_whole = bool(roots) and posixpath.normpath(roots[0].lstrip("/")).lower() in parts
    return NO_FAULT if is_whole else DAMAGED


def word(file: IO[bytes], size: int) -> str:
    start = start_of(file, size, "WordDocument")
    if start is None:
        return OTHER
    if has_macros(file, size):
        return MACROS
    flags = int.from_bytes(read(file, start + _FLAGS, 2), "little") if start else 0
    return LOCKED if flags & _IS_ENCRYPTED else NO_FAULT


def workbook(file: IO[bytes], size: int) -> str:
    start = next((at for name in ("Workbook", "Book") if (at := start_of(file, size, name)) is not None), None)
    if start is None:
        return OTHER
    if has_macros(file, size):
        return MACROS
    return LOCKED if start and _asks_password(read(file, start, _GLOBALS)) else NO_FAULT


def _asks_password(records: bytes) -> bool:
    """Whether a record among the first says that all others are encrypted, by a password that Excel does not know."""
    at = 0
    while at + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        if kind == _PASSWORD:
            return not opens_by_itself(records[at + 4 : at + 4 + length])
        if kind == _END or (at == 0 and kind not in _BEGIN):
            return False
        at += 4 + length
    return False
