"""Documents: which files are taken, where they are stored, and that they come back byte for byte."""

import hashlib
import io
import random
from pathlib import Path
from typing import Any

import pytest

from approvals.base.errors import Invalid
from approvals.filing.documents import Damaged, opened, path_of, store
from approvals.filing.filetypes import FILE_LIMIT, FILE_TYPES, clean_name
from tests.support.desk import damage
from tests.support.files import HOSTILE, WHOLE, pdf


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

    with opened(tmp_path, stored) as file:
        assert file.read() == pdf()


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "a folder"])
def test_a_file_that_is_not_what_was_handed_in_is_not_handed_out(tmp_path: Path, harm: str) -> None:
    stored = store(tmp_path, "a.pdf", io.BytesIO(pdf()))
    damage(path_of(tmp_path, stored.sha256), harm)

    with pytest.raises(Damaged):
        opened(tmp_path, stored)


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
