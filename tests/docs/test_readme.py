"""README in both languages: the same commands, files, people and chapters, each with a link to the other."""

import re

from tests.support.doc_pages import ROOT, text_of

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
TARGET = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:make \w+|\.venv/\S+.*?)(?=\s+#|$)", re.MULTILINE)
OF_A_LANGUAGE = re.compile(r"(?<=handbook/)(pictures/)?(?:en|zh)/")


def code_of(text: str) -> list[str]:
    return sorted(CODE.findall(text))


def links_of(text: str) -> list[tuple[str, str]]:
    """Where links and pictures lead, but for those to the other language."""
    links = [(kind, OF_A_LANGUAGE.sub("", target)) for kind, target in TARGET.findall(text)]
    return sorted(link for link in links if not link[1].startswith("README"))


def shape_of(text: str) -> list[str]:
    """The kinds of its lines where they count: heads, rows of tables, points of lists, blocks of code."""
    marks = [re.match(r"(#+ |\||- |```|!)", line) for line in text.splitlines()]
    return [mark.group() for mark in marks if mark]


def test_both_name_the_same_files_commands_and_people() -> None:
    english, chinese = text_of(ENGLISH), text_of(CHINESE)
    assert len(code_of(english)) > 60
    assert code_of(chinese) == code_of(english)
    assert COMMAND.findall(chinese) == COMMAND.findall(english) != []


def test_both_lead_to_the_same_places_and_to_each_other() -> None:
    english, chinese = text_of(ENGLISH), text_of(CHINESE)
    assert len(links_of(english)) > 12
    assert links_of(chinese) == links_of(english)
    assert "](README.zh-CN.md)" in english and "](README.md)" in chinese


def test_both_have_the_same_chapters_and_tables() -> None:
    assert shape_of(text_of(CHINESE)) == shape_of(text_of(ENGLISH))
