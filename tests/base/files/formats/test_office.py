"""Office files that load something from elsewhere, or carry programs, are told by their content."""

import io
import zipfile

import pytest

from approvals.base.errors import Invalid
from approvals.base.files.filetypes import FILE_LIMIT, FILE_TYPES, check_content
from tests.support.files import docx, xlsx

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def relations(kind: str, target: str, mode: str = ' TargetMode="External"') -> str:
    return f'<Relationships><Relationship Id="r1" Type="{kind}" Target="{target}"{mode}/></Relationships>'


def with_part(package: bytes, name: str, content: str) -> bytes:
    written = io.BytesIO(package)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def fault_of(name: str, content: bytes) -> str:
    try:
        check_content(name, io.BytesIO(content), FILE_TYPES, FILE_LIMIT)
    except Invalid as refusal:
        return str(refusal)
    return ""


IN_TEXT, IN_SETTINGS = "word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"
IN_TABLE = "xl/externalLinks/_rels/externalLink1.xml.rels"
HARMFUL = {
    "a template from elsewhere": (docx(), IN_SETTINGS, f"{OFFICE}/attachedTemplate", "http://evil.example/a.dotm"),
    "a template of a share": (docx(), IN_SETTINGS, f"{OFFICE}/attachedTemplate", r"file:///\\evil\a.dotm"),
    "a template in the strict edition": (docx(), IN_SETTINGS, f"{STRICT}/attachedTemplate", "https://evil.example/a"),
    "a picture from elsewhere": (docx(), IN_TEXT, f"{OFFICE}/image", "http://evil.example/seen.png"),
    "an object from elsewhere": (docx(), IN_TEXT, f"{OFFICE}/oleObject", "mhtml:http://evil.example!x-usc:http://x"),
    "a frame": (docx(), IN_TEXT, f"{OFFICE}/frame", "http://evil.example"),
    "another workbook": (xlsx(), IN_TABLE, f"{OFFICE}/externalLinkPath", "file:///C:/a.xlsx"),
    "a relation in capitals": (docx(), "WORD/_RELS/X.XML.RELS", f"{OFFICE}/image", "http://evil.example/seen.png"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_what_loads_something_from_elsewhere_is_refused(kind: str) -> None:
    package, part, relation, target = HARMFUL[kind]
    name = "a.xlsx" if "xl/" in part else "a.docx"
    word = "loads a template" if "emplate" in relation else "loads content from elsewhere"
    assert word in fault_of(name, with_part(package, part, relations(relation, target)))


def test_links_to_click_and_parts_within_are_taken() -> None:
    link = relations(f"{OFFICE}/hyperlink", "https://www.gov.cn/")
    assert fault_of("a.docx", with_part(docx(), IN_TEXT, link)) == ""
    assert fault_of("a.docx", with_part(docx(), IN_TEXT, relations(f"{OFFICE}/image", "media/a.png", ""))) == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "a.docx"),
        ("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "a.xlsx"),
    ],
)
def test_macros_are_found_under_any_name(kind: str, name: str) -> None:
    package, part = (docx(), IN_TEXT) if name == "a.docx" else (xlsx(), "xl/_rels/workbook.xml.rels")
    assert "contains macros" in fault_of(name, with_part(package, part, relations(kind, "harmless.bin", "")))


@pytest.mark.parametrize("content", ["", "no xml", "<!DOCTYPE a><Relationships/>", "<Relationships>" + " " * 2**20])
def test_relations_that_cannot_be_read_are_not_taken_for_none(content: str) -> None:
    assert "damaged" in fault_of("a.docx", with_part(docx(), IN_TEXT, content))


def test_one_part_twice_is_refused() -> None:
    package = with_part(docx(), IN_TEXT, relations(f"{OFFICE}/image", "http://evil.example/seen.png"))
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = with_part(package, IN_TEXT, "<Relationships/>")
    assert "damaged" in fault_of("a.docx", twice)
