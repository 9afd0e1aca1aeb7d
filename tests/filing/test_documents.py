"""Documents: which files are taken, where they are stored, and that they come back byte for byte."""

import hashlib
import io
import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from approvals.base.errors import Invalid
from approvals.base.files.filetypes import FILE_LIMIT, FILE_TYPES, clean_name
from approvals.base.files.store import Damaged, opened, path_of, store
from tests.support.desk import damage
from tests.support.files import (
    HOSTILE,
    LOCKED,
    WHOLE,
    WHOLE_BY_THEIR_RULES,
    docx,
    jpg,
    locked_pdf,
    old_table,
    pdf,
    png,
    xlsx,
)

# The record of an encryption by the password that Excel tries first, made by the rules of MS-OFFCRYPTO 2.3.6.
OPENED_BY_EXCEL = bytes.fromhex(
    "010001000100000102030405060708090a0b0c0d0e0f01fd4e05dc6e0e72fcc4b72175686883ded643a3b989170bc6e163b5debaf714"
)


def test_the_samples_cover_every_listed_type_and_forty_hostile_kinds() -> None:
    assert {name.rpartition(".")[2] for name in WHOLE} == set(FILE_TYPES)
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_stored_under_its_checksum(tmp_path: Path, name: str) -> None:
    stored = store(tmp_path, name, io.BytesIO(WHOLE[name]))

    assert stored.name == name
    assert stored.size == len(WHOLE[name])
    assert path_of(tmp_path, stored.sha256).read_bytes() == WHOLE[name]
    assert stored.sha256 == hashlib.sha256(WHOLE[name]).hexdigest()
    assert store(tmp_path, name.upper(), io.BytesIO(WHOLE[name])).name == name.upper()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_at_its_field_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    name, content = HOSTILE[kind]

    with pytest.raises(Invalid) as refusal:
        store(tmp_path, name, io.BytesIO(content))

    assert set(refusal.value.fields) == {"file"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", WHOLE_BY_THEIR_RULES)
def test_a_file_is_taken_that_is_whole_by_the_rules_of_its_format(tmp_path: Path, kind: str) -> None:
    name, content = WHOLE_BY_THEIR_RULES[kind]

    assert store(tmp_path, name, io.BytesIO(content)).size == len(content)


@pytest.mark.parametrize("kind", LOCKED)
def test_a_file_that_needs_a_password_is_refused_for_that(tmp_path: Path, kind: str) -> None:
    name, content = LOCKED[kind]

    with pytest.raises(Invalid, match="needs a password to open"):
        store(tmp_path, name, io.BytesIO(content))


def test_a_table_whose_structure_alone_is_protected_needs_no_password(tmp_path: Path) -> None:
    assert store(tmp_path, "a.xls", io.BytesIO(old_table(OPENED_BY_EXCEL))).size


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", jpg(), "that of a .jpg file"),
        ("a.docx", xlsx(), "that of a .xlsx file"),
        ("a.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 50, "that of a .heic file"),
        ("a.doc", b"{\\rtf1 }", "that of a .rtf file"),
        ("a.pdf", b"nothing at all", "not that of a .pdf file"),
        ("a.png", png()[:-12], "damaged or incomplete"),
        ("a.docx", docx()[:-30], "damaged or incomplete"),
        ("a.pdf", locked_pdf("secret").replace(b"/Filter /Standard", b"/Filter /Foreign_"), "damaged or incomplete"),
        ("a.xlsx", xlsx("xl/vbaProject.bin"), "contains macros"),
    ],
)
def test_a_refusal_says_what_is_the_matter(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        store(tmp_path, name, io.BytesIO(content))


def test_a_document_that_unpacks_without_end_is_refused_within_its_limits(tmp_path: Path) -> None:
    table = zlib.compress(b"\0" * 2**30, 9)
    start = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
    stream = b"2 0 obj<</Type/XRef/Size 3/Root 1 0 R/Encrypt 9 0 R/W[1 2 1]/Filter/FlateDecode/Length %d>>stream\n"
    end = b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(start)

    with pytest.raises(Invalid, match="damaged or incomplete"):
        store(tmp_path, "a.pdf", io.BytesIO(start + stream % len(table) + table + end))


def test_a_file_of_fifty_megabytes_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    whole = pdf()
    padded = whole[:-6] + b" " * (FILE_LIMIT - len(whole)) + whole[-6:]
    assert len(padded) == FILE_LIMIT

    assert store(tmp_path, "大.pdf", io.BytesIO(padded)).size == FILE_LIMIT
    with pytest.raises(Invalid, match="50 MB"):
        store(tmp_path, "大.pdf", io.BytesIO(padded[:-6] + b" " + padded[-6:]))


@pytest.mark.parametrize(
    ("upload_name", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system32\\a.pdf", "a.pdf"),
        ("C:\\fakepath\\可研 报告.pdf", "可研 报告.pdf"),
        ("/absolute/可研.pdf", "可研.pdf"),
        ("file:///etc/a.pdf", "a.pdf"),
        ("  报告.pdf  ", "报告.pdf"),
        ("报告.v1.2.pdf", "报告.v1.2.pdf"),
        ("2026.03.02会议纪要.pdf", "2026.03.02会议纪要.pdf"),
        ("报告.docx.pdf", "报告.docx.pdf"),
        ("%2e%2e%2fa.pdf", "%2e%2e%2fa.pdf"),
        ('"; filename=evil.exe; x=".pdf', '"; filename=evil.exe; x=".pdf'),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        ("长" * 196 + ".pdf", "长" * 196 + ".pdf"),
        ("表情😀.pdf", "表情😀.pdf"),
    ],
)
def test_a_name_is_kept_as_people_know_it_without_any_folder(upload_name: str, name: str) -> None:
    assert clean_name(upload_name) == name


def test_random_bytes_under_any_listed_name_never_break_the_check(tmp_path: Path) -> None:
    dice = random.Random(7)
    starts = [content[:12] for content in WHOLE.values()] + [b""]
    for _ in range(600):
        content = dice.choice(starts) + dice.randbytes(dice.randint(0, 3000))
        try:
            store(tmp_path, f"a.{dice.choice(tuple(FILE_TYPES))}", io.BytesIO(content))
        except Invalid as refusal:
            assert set(refusal.fields) == {"file"}


def test_whole_files_with_damaged_bytes_never_break_the_check(tmp_path: Path) -> None:
    dice = random.Random(11)
    for _ in range(600):
        name = dice.choice(tuple(WHOLE))
        content = bytearray(WHOLE[name])
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            store(tmp_path, name, io.BytesIO(bytes(content[: dice.randint(1, len(content))])))
        except Invalid as refusal:
            assert set(refusal.fields) == {"file"}


def test_a_damaged_file_is_healed_when_it_is_handed_in_again(tmp_path: Path) -> None:
    stored = store(tmp_path, "a.pdf", io.BytesIO(pdf()))
    path_of(tmp_path, stored.sha256).write_bytes(b"rot")

    store(tmp_path, "a.pdf", io.BytesIO(pdf()))

    with opened(tmp_path, stored.sha256) as file:
        assert file.read() == pdf()


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "a folder"])
def test_a_file_that_is_not_what_was_handed_in_is_not_handed_out(tmp_path: Path, harm: str) -> None:
    stored = store(tmp_path, "a.pdf", io.BytesIO(pdf()))
    damage(path_of(tmp_path, stored.sha256), harm)

    with pytest.raises(Damaged):
        opened(tmp_path, stored.sha256)


def test_a_store_that_is_full_keeps_no_half_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        reads = 0

        def read(self, *size: Any) -> bytes:
            self.reads += 1
            if self.reads > 5:
                raise OSError(28, "No space left on device")
            return super().read(*size)

    with pytest.raises(OSError, match="No space"):
        store(tmp_path, "a.pdf", Failing(pdf()))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
