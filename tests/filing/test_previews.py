"""Small pictures of documents: the first page or the picture, made once; none of what cannot be shown."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from approvals.base.files.store import Stored, store
from approvals.evidence.limits import THUMBNAIL
from approvals.filing import previews
from approvals.filing.previews import FOLDER, preview_of
from tests.support.files import a_page


def a_png() -> bytes:
    written = BytesIO()
    Image.new("RGB", (800, 400), "red").save(written, "PNG")
    return written.getvalue()


def kept(folder: Path, name: str, content: bytes) -> Stored:
    return store(folder, name, BytesIO(content))


def test_a_preview_is_the_first_page_upright_and_small(tmp_path: Path) -> None:
    picture = preview_of(tmp_path, kept(tmp_path, "a.pdf", a_page()))
    assert picture is not None
    with Image.open(BytesIO(picture)) as image:
        assert (image.format, image.size) == ("JPEG", (THUMBNAIL // 2, THUMBNAIL))
        above, below = (image.getpixel((40, y)) for y in (40, THUMBNAIL - 40))
    assert max(above) < 30 and min(below) > 225


def test_a_preview_of_a_picture_is_the_picture(tmp_path: Path) -> None:
    picture = preview_of(tmp_path, kept(tmp_path, "a.png", a_png()))
    assert picture is not None
    with Image.open(BytesIO(picture)) as image:
        assert image.size == (THUMBNAIL, THUMBNAIL // 2)


def test_a_preview_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = kept(tmp_path, "a.png", a_png())
    first = preview_of(tmp_path, stored)
    monkeypatch.setattr(previews, "ask", lambda *_: pytest.fail("made again"))
    assert preview_of(tmp_path, stored) == first


@pytest.mark.parametrize("damage", [b"%PDF-1.7\nnothing else", b"%PDF-1.4\n%%EOF" + b"\0" * 100])
def test_what_cannot_be_drawn_has_no_preview_and_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    good = kept(tmp_path, "a.png", a_png())
    path = next(path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(damage)
    monkeypatch.setattr(previews, "opened", lambda *_: path.open("rb"))
    assert preview_of(tmp_path, good) is None
    monkeypatch.setattr(previews, "ask", lambda *_: pytest.fail("tried again"))
    assert preview_of(tmp_path, good) is None
    assert [file.stat().st_size for file in (tmp_path / FOLDER).rglob("*") if file.is_file()] == [0]


def test_other_files_have_none(tmp_path: Path) -> None:
    assert preview_of(tmp_path, Stored("a.dwg", "image/vnd.dwg", 3, "0" * 64)) is None
    assert not (tmp_path / FOLDER).exists()
