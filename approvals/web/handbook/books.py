"""The handbook's books: a file of Markdown for each role and language, and its chapters with their anchors.

A chapter is a heading of the second level that begins with `<a id="…"></a>`, which a reader of the repository can
be led to as well.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from approvals import folder
from approvals.base.i18n import language

FOLDER = folder("docs/handbook")
PICTURES = FOLDER / "pictures"
FOLDERS = {"zh_Hans": "zh", "en": "en"}  # of the languages
COMMON = "common"  # what is the same for all roles
# In the order in which they are listed.
BOOKS = (
    *("owner", "county", "window", "liaison", "centre", "office", "leader"),
    *("finance", "integration", "sysadmin", "secadmin", "auditor", COMMON),
)
TABLE_IN_A_BOX = {"<table>": '<div class="table-wrap"><table>', "</table>": "</table></div>"}  # that scrolls by itself
ANCHOR = re.compile(r'<a id="([a-z-]+)">')
PNG_SIZE = slice(16, 24)  # width and height in the head of a PNG


@dataclass(frozen=True, slots=True)
class BookChapter:
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Book:
    """`body` is HTML without the title."""

    name: str
    title: str
    body: Markup
    chapters: tuple[BookChapter, ...]

    @property
    def anchors(self) -> frozenset[str]:
        return frozenset(chapter.anchor for chapter in self.chapters)


def book(name: str) -> Book:
    """The book in the language in use; its text is our own and trusted."""
    return _book(name, FOLDERS[language()])


def source_of(name: str, folder_name: str) -> Path:
    return FOLDER / folder_name / f"{name}.md"


@cache
def _book(name: str, folder_name: str) -> Book:
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(source_of(name, folder_name).read_text(encoding="utf-8"))
    title = _title(tokens)
    chapters = tuple(_take_anchors(tokens))
    _lead_links(tokens)
    text = markdown.renderer.render(tokens[3:], markdown.options, {})
    for tag, wrapped in TABLE_IN_A_BOX.items():
        text = text.replace(tag, wrapped)
    return Book(name, title, Markup(text), chapters)  # noqa: S704 our own texts


def _title(tokens: Sequence[Token]) -> str:
    """The heading that each book begins with."""
    return tokens[1].content


def _take_anchors(tokens: Sequence[Token]) -> Iterator[BookChapter]:
    """Make the anchor of each chapter's heading its id."""
    for head, text in pairwise(tokens):
        anchor = ANCHOR.match(text.content) if (head.type, head.tag) == ("heading_open", "h2") else None
        if anchor is None:
            continue
        head.attrSet("id", anchor[1])
        text.children = [part for part in text.children or [] if part.type != "html_inline"]
        yield BookChapter(anchor[1], "".join(part.content for part in text.children))


def _lead_links(tokens: Sequence[Token]) -> None:
    """Links between books and to pictures lead to their pages, relative to that of a book."""
    for part in (part for token in tokens for part in token.children or []):
        if part.type == "link_open":
            part.attrSet("href", str(part.attrGet("href")).replace(".md", ""))
        elif part.type == "image":
            name = str(part.attrGet("src")).removeprefix("../pictures/")
            part.attrs |= {"src": f"pictures/{name}", "loading": "lazy", **_size_of(PICTURES / name)}


def _size_of(picture: Path) -> dict[str, int]:
    """Width and height, so that the text does not move when the picture comes; nothing of one that there is not."""
    if not picture.is_file():
        return {}
    width, height = struct.unpack(">II", picture.read_bytes()[PNG_SIZE])
    return {"width": width, "height": height}
