"""Binds the parts of a document into one archive file: one run of pages and numbers, one structure, each face once."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import BytesIO
from typing import Any

from pikepdf import Array, Name, ObjectStreamMode, OutlineItem, Page, Pdf, Stream

OPEN = b"q"  # what a part draws begins as it likes, and ends before the number of its page
NUMBER = b"Q\n/Artifact <</Type /Pagination>> BDC\nq\n%s\nQ\nEMC"  # a number is no part of the text


def bound(parts: Sequence[bytes], numbers: bytes | None) -> bytes:
    """The document. The first part says what it is: title, language, files that go along.

    `numbers` has as many pages as all parts, a number on each, and the glyphs of all; without it pages stay as they
    are. A face that is not in it is taken from the last part that has it. Same parts, same bytes.
    """
    with ExitStack() as stack:
        whole, *others = [stack.enter_context(Pdf.open(BytesIO(part))) for part in parts]
        if numbers is not None:
            numbered = stack.enter_context(Pdf.open(BytesIO(numbers)))
            faces = _faces(whole, (numbered, *reversed(others)))
            _fonts(whole).update(faces)
            for part in others:
                _append(whole, part, faces)
            _number(whole, numbered)
        return _bytes(whole)


def _bytes(whole: Pdf) -> bytes:
    out = BytesIO()
    whole.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue()


def _fonts(pdf: Pdf) -> Any:
    """The dictionary that all pages of a part share."""
    return pdf.pages[0].obj.Resources.Font


def _faces(whole: Pdf, found_in: Iterable[Pdf]) -> dict[str, Any]:
    faces: dict[str, Any] = {}
    for pdf in found_in:
        for name, font in _fonts(pdf).items():
            if name not in faces:
                faces[name] = whole.copy_foreign(font)
    return faces


def _append(whole: Pdf, part: Pdf, faces: dict[str, Any]) -> None:
    """The part's pages behind those that are there, with structure and outline."""
    first = len(whole.pages)
    for name in list(_fonts(part).keys()):
        del _fonts(part)[name]  # each face is there once
    whole.pages.extend(part.pages)
    whole.pages[first].obj.Resources.Font.update(faces)
    _join_structure(whole, whole.copy_foreign(part.Root.StructTreeRoot), first)
    _join_outline(whole, part, first)


def _join_structure(whole: Pdf, tree: Any, first: int) -> None:
    root = whole.Root.StructTreeRoot
    document, nums = root.K[0], root.ParentTree.Nums
    for element in tree.K[0].K:
        element.P = document
        document.K.append(element)
    start = 1 + max((int(number) for number in nums[::2]), default=-1)
    for number, parents in zip(tree.ParentTree.Nums[::2], tree.ParentTree.Nums[1::2], strict=True):
        nums.append(start + int(number))
        nums.append(parents)
    for page in whole.pages[first:]:
        page.obj.StructParents = start + int(page.obj.StructParents)
        for note in page.obj.get(Name.Annots, []):
            if Name.StructParent in note:
                note.StructParent = start + int(note.StructParent)


def _join_outline(whole: Pdf, part: Pdf, first: int) -> None:
    """Its headings stand under that of the document."""
    places = {page.obj.objgen: first + number for number, page in enumerate(part.pages)}
    with part.open_outline() as theirs, whole.open_outline() as ours:
        under = ours.root[0].children if ours.root else ours.root
        under.extend(_moved(item, whole, places) for item in theirs.root)


def _moved(item: OutlineItem, whole: Pdf, places: dict[tuple[int, int], int]) -> OutlineItem:
    page, *where = list(item.destination)  # type: ignore[arg-type]
    new = OutlineItem(item.title, Array([whole.pages[places[page.objgen]].obj, *where]))
    new.is_closed = item.is_closed
    new.children.extend(_moved(child, whole, places) for child in item.children)
    return new


def _number(whole: Pdf, numbered: Pdf) -> None:
    before = Stream(whole, OPEN)
    for page, number in zip(whole.pages, numbered.pages, strict=True):
        mark = Page(number).obj.Contents.read_bytes()
        page.contents_add(before, prepend=True)
        page.contents_add(Stream(whole, NUMBER % mark), prepend=False)
