"""The parts of a workbook: within limits, in one encoding, whole."""

import io
import zipfile

import pytest

from approvals.base.errors import Invalid
from approvals.base.files.formats.reading import DAMAGED
from approvals.imports import packages
from approvals.imports.packages import opened, relations
from tests.support.workbooks import PRODUCERS, with_part, written_by

SHEET = "xl/worksheets/sheet1.xml"
WHOLE = written_by(PRODUCERS["Excel"], [["甲"]])


def names_in(package, part=SHEET):
    names = []
    package.parse(part, lambda name, _attributes: names.append(name))
    return names


def refusal(content, **limits):
    with pytest.raises(Invalid) as refused:
        package = opened(content)
        for name, limit in limits.items():
            setattr(package, name, limit)
        names_in(package)
    return refused.value.fields["file"][0][0]


def test_elements_come_without_their_namespaces():
    content = written_by(PRODUCERS["a library with prefixes"], [["甲"]])
    assert names_in(opened(content)) == names_in(opened(WHOLE)) == ["worksheet", "sheetData", "row", "c", "v"]


def test_relations_name_parts_from_the_root_and_from_their_folder():
    for name in ("Excel", "a library with prefixes"):
        named = relations(opened(written_by(PRODUCERS[name], [["甲"]])), "xl/workbook.xml")
        assert ("worksheet", SHEET) in named.values()
    assert relations(opened(WHOLE), "xl/other.xml") == {}


def test_a_workbook_that_is_too_large_is_refused(monkeypatch):
    assert refusal(WHOLE, bytes_left=100) == packages.TOO_LARGE
    assert refusal(WHOLE, elements_left=3) == packages.TOO_LARGE
    monkeypatch.setattr(packages, "UNPACKED_LIMIT", 1_000_000)
    assert refusal(with_part(WHOLE, "xl/media/picture.png", b" " * 2_000_000)) == packages.TOO_LARGE


def test_a_size_that_the_archive_understates_is_refused():
    whole = with_part(WHOLE, SHEET, f"<worksheet>{' ' * 200_000}</worksheet>")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        size = archive.getinfo(SHEET).file_size
    assert refusal(whole.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))) == DAMAGED


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_part_in_another_encoding_is_refused(encoding):
    content = '<?xml version="1.0" encoding="utf-16"?><worksheet/>'.encode(encoding)
    assert refusal(with_part(WHOLE, SHEET, content)) == DAMAGED


def test_a_part_that_declares_entities_is_refused():
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    assert refusal(with_part(WHOLE, SHEET, bomb)) == DAMAGED
