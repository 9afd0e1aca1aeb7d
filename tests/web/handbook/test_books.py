"""The books: the same in both languages, with words that stand on the screen, and pictures that there are."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from approvals.base.i18n import LANGUAGES, in_language
from approvals.web.handbook import books
from approvals.web.handbook.books import BOOKS, FOLDER, FOLDERS, PICTURES, book, source_of
from tests.support.screen_words import screen_words

QUOTED = {"zh": re.compile(r"「([^」]+)」"), "en": re.compile(r"\*\*([^*]+)\*\*")}
SHAPE = re.compile(r"^(## <a id=\"[a-z-]+\">|!\[.*?/(?=[\w-]+\.png)|\d+\.|- |\||> )", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\]]+)\]\(\.\./pictures/(zh|en)/([\w-]+\.png)\)")


def text_of(name: str, folder: str) -> str:
    return source_of(name, folder).read_text(encoding="utf-8")


def shape_of(text: str) -> list[str]:
    """Chapters, points, rows and pictures, in their order."""
    return [re.sub(r"^!.*/", "!", mark) for mark in SHAPE.findall(text)]


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_each_folder_has_the_books_and_nothing_else(folder: str) -> None:
    assert {path.stem for path in (FOLDER / folder).iterdir()} == set(BOOKS)


@pytest.mark.parametrize("name", BOOKS)
def test_both_languages_have_the_same_chapters_points_and_pictures(name: str) -> None:
    chinese, english = text_of(name, "zh"), text_of(name, "en")
    assert shape_of(chinese) == shape_of(english) != []
    pictures = [[file for _, _, file in PICTURE.findall(text)] for text in (chinese, english)]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("folder", FOLDERS.values())
@pytest.mark.parametrize("name", BOOKS)
def test_each_quoted_word_stands_on_the_screen(name: str, folder: str) -> None:
    quoted = set(QUOTED[folder].findall(text_of(name, folder)))
    assert quoted
    assert quoted - screen_words(folder) == set()


def test_a_word_that_no_page_has_would_be_found() -> None:
    assert "受理" in screen_words("zh") and "Accept" in screen_words("en")
    assert "按此受理" not in screen_words("zh") and "Press to accept" not in screen_words("en")


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_each_picture_is_of_its_language_and_each_file_is_shown(folder: str) -> None:
    shown = {match.groups()[1:] for name in BOOKS for match in PICTURE.finditer(text_of(name, folder))}
    assert {language for language, _ in shown} == {folder}
    assert {file for _, file in shown} == {path.name for path in (PICTURES / folder).iterdir()}


class Reader(HTMLParser):
    """What a browser finds: ids, links, pictures, and whether each element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [str(values["id"])] if "id" in values else []
        self.links += [str(values["href"])] if tag == "a" else []
        self.pictures += [values] if tag == "img" else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BOOKS)
def test_the_page_has_each_chapter_once_and_links_that_lead_somewhere(name: str, language: str) -> None:
    reader = Reader()
    with in_language(language):
        page = book(name)
        reader.feed(str(page.body))
        assert reader.ids == [chapter.anchor for chapter in page.chapters]
        assert len(set(reader.ids)) == len(reader.ids)
        assert page.title and all(chapter.title and "<" not in chapter.title for chapter in page.chapters)
        for link in reader.links:
            other, _, anchor = link.partition("#")
            assert other in BOOKS and (not anchor or anchor in book(other).anchors), link
    for picture in reader.pictures:
        assert picture["alt"] and int(picture["width"] or 0) > 300 and int(picture["height"] or 0) > 100


def test_a_book_is_read_without_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's help needs the book, and no page may fail for a picture."""
    monkeypatch.setattr(books, "PICTURES", tmp_path)
    books._book.cache_clear()
    assert "<img" in str(book("window").body) and "width" not in str(book("window").body)
    books._book.cache_clear()
