"""Binds the parts of a document into one archive file: one run of pages and numbers, one structure, each face once."""

from collections.abc import Iterable
from contextlib import ExitStack
from io import BytesIO
from typing import Any, Self

from pikepdf import Array, Name, ObjectStreamMode, OutlineItem, Page, Pdf, Stream

OPEN = b"q"  # what a part draws begins as it likes, and ends before the number of its page
NUMBER = b"Q\n/Artifact <</Type /Pagination>> BDC\n%s\nEMC"  # a number is no part of the text


class Binder:
    """Parts are added in their order, then numbers and faces. Same parts, same bytes.

    The first part says what the document is: title, language, files that go along. What was added is not needed any
    more: of a long document only what came out of its parts is held.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._parts: list[Any] = []  # of each part, the dictionary of faces that its pages share

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def add(self, part: bytes) -> None:
        """Its pages behind those that are there, with structure and outline."""
        if not self._parts:
            self._whole = self._opened(part)
            self._parts.append(_fonts(self._whole.pages[0]))
            return
        with Pdf.open(BytesIO(part)) as added:
            _keep_streams(added)
            first = len(self._whole.pages)
            self._whole.pages.extend(added.pages)
            self._parts.append(_fonts(self._whole.pages[first]))
            _join_structure(self._whole, self._whole.copy_foreign(added.Root.StructTreeRoot), first)
            _join_outline(self._whole, added, first)

    def number(self, numbers: list[str]) -> None:
        """Draw its number on each page; none when there are none."""
        before = Stream(self._whole, OPEN)
        for page, number in zip(self._whole.pages, numbers, strict=bool(numbers)):
            page.contents_add(before, prepend=True)
            page.contents_add(Stream(self._whole, NUMBER % number.encode()), prepend=False)

    def embed(self, faces: Iterable[bytes]) -> None:
        """Give all pages the faces of these files."""
        for one in faces:
            for name, font in _fonts(self._opened(one).pages[0]).items():
                face = self._whole.copy_foreign(font)
                for fonts in self._parts:
                    fonts[name] = face

    def bytes(self) -> bytes:
        """The document."""
        out = BytesIO()
        self._whole.save(
            out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, compress_streams=True
        )
        return out.getvalue()

    def _opened(self, pdf: bytes) -> Pdf:
        return self._stack.enter_context(Pdf.open(BytesIO(pdf)))


def _fonts(page: Page) -> Any:
    return page.obj.Resources.Font


def _keep_streams(part: Pdf) -> None:
    """Take what its streams hold into memory, so that they outlive the file that they are copied from."""
    for one in part.objects:
        if isinstance(one, Stream):
            kept = {name: one.get(key) for name, key in (("filter", "/Filter"), ("decode_parms", "/DecodeParms"))}
            one.write(one.read_raw_bytes(), **kept)


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
