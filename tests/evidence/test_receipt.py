"""Files that prove something: which are taken, what is made of photographs, and what is said of those that are not."""

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from approvals.base.errors import Invalid
from approvals.base.files.store import path_of
from approvals.evidence.limits import COPY, THUMBNAIL
from approvals.evidence.receipt import ReceivedFile, receive_file
from tests.support.files import docx, pdf
from tests.support.pictures import GPS, bomb, heic, photo, picture

MOST_MB = 20


def received(folder: Path, name: str, content: bytes) -> ReceivedFile:
    return receive_file(folder, name, io.BytesIO(content), MOST_MB)


def image_of(folder: Path, digest: str | None) -> Image.Image:
    assert digest
    with Image.open(path_of(folder, digest)) as image:
        image.load()
        return image


def test_the_copy_of_a_photograph_is_upright_bounded_and_without_its_place(tmp_path: Path) -> None:
    content = photo(turned=6, size=(3000, 2000))
    file = received(tmp_path, "IMG_0001.JPG", content)

    assert file.taken_on == date(2026, 5, 4)
    assert path_of(tmp_path, file.stored.sha256).read_bytes() == content
    assert image_of(tmp_path, file.stored.sha256).getexif().get_ifd(GPS)
    copy, small = image_of(tmp_path, file.copy_sha256), image_of(tmp_path, file.thumbnail_sha256)
    assert (max(copy.size), max(small.size)) == (COPY, THUMBNAIL)
    assert copy.height > copy.width  # turned by a quarter
    for turned in range(2, 9):
        by_hand = ImageOps.exif_transpose(Image.open(io.BytesIO(photo(turned=turned))))
        here = image_of(tmp_path, received(tmp_path, f"{turned}.jpg", photo(turned=turned)).copy_sha256)
        assert ImageChops.difference(here, by_hand).getextrema() < ((40, 40),) * 3 and here.size == by_hand.size
    for image in (copy, small):
        assert not image.getexif() and not set(image.info) & {"exif", "xmp", "comment", "icc_profile", "photoshop"}


def test_equal_pixels_give_equal_copies(tmp_path: Path) -> None:
    """Whatever the camera wrote into the file, and in whichever format it was saved."""
    first, later = received(tmp_path, "a.jpg", photo()), received(tmp_path, "b.jpg", photo(taken="2026:06:01 08:00:00"))
    as_png, as_webp = received(tmp_path, "c.png", picture("PNG")), received(tmp_path, "d.webp", picture("WEBP"))

    assert first.stored.sha256 != later.stored.sha256 and first.copy_sha256 == later.copy_sha256
    assert as_png.copy_sha256 == as_webp.copy_sha256
    assert received(tmp_path, "e.jpg", photo(seed=2)).copy_sha256 != first.copy_sha256
    assert received(tmp_path, "f.jpg", photo(taken="0000:00:00 00:00:00")).taken_on is None


def test_a_document_is_kept_as_it_is(tmp_path: Path) -> None:
    file = received(tmp_path, "验收单.pdf", pdf())
    assert (file.stored.media_type, file.copy_sha256, file.taken_on) == ("application/pdf", None, None)


REFUSED = {
    "a photograph of 40 MB": ("a.jpg", photo() + b"\0" * 40 * 1024 * 1024, "larger than"),
    "a HEIC": ("IMG_1.HEIC", heic(), "Most Compatible"),
    "a HEIC called a JPEG": ("IMG_1.jpg", heic(), "Most Compatible"),
    "a text called a JPEG": ("a.jpg", "现场照片".encode(), "not that of a"),
    "a JPEG that was cut off": ("a.jpg", photo(size=(900, 600))[:-4000], "damaged|cannot be read"),
    "a JPEG that is whole on its outside alone": ("a.jpg", photo()[:800] + b"\xff\xd9", "damaged|cannot be read"),
    "a picture that unpacks to more than it seems": ("a.png", bomb(), "million pixels"),
    "a Word document": ("a.docx", docx(), "file types are accepted"),
    "nothing": ("a.png", b"", "empty"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_taken_is_refused_with_its_reason(tmp_path: Path, kind: str) -> None:
    name, content, reason = REFUSED[kind]
    with pytest.raises(Invalid, match=reason) as refusal:
        received(tmp_path, name, content)
    assert set(refusal.value.fields) == {"file"}
    assert list(tmp_path.iterdir()) == []
