"""Every text is there in both languages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from approvals.base.i18n import gettext, in_language
from approvals.recalculation.calendar_views import MARKS

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "approvals" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
HOLES = re.compile(r"%\(\w+\)s")
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[A-Za-z]")
MARKUP = re.compile("[&<>]")


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts that code and templates use, collected as `make texts` does."""
    path = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ("-q", "extract", "-F", "pyproject.toml", "-k", "lazy_gettext", "--no-location", "-o", str(path), ".")
    subprocess.run([str(Path(sys.executable).with_name("pybabel")), *command], cwd=ROOT, check=True)
    return catalog(path)


@pytest.fixture(scope="module")
def known() -> Catalog:
    return catalog(MESSAGES)


def texts(message: Message | None) -> list[str]:
    if message is None:
        return [""]
    return list(message.string) if isinstance(message.string, tuple | list) else [str(message.string)]


def translated(catalog: Catalog) -> list[Message]:
    """All texts that have a translation, those that are only values and signs aside."""
    return [m for m in catalog if m.id and WORD.search(HOLES.sub("", str(m.id))) and all(texts(m))]


def test_every_text_has_its_chinese(used: Catalog, known: Catalog) -> None:
    missing = [m.id for m in used if m.id and not all(texts(known.get(m.id)))]

    assert missing == [m.id for m in known if m.id and m.fuzzy] == []


def test_no_text_has_signs_of_markup(known: Catalog) -> None:
    """They are put into pages and papers as they are, and a paper that is not well-formed is not printed."""
    sentences = [text for m in known for text in (*(m.id if isinstance(m.id, tuple) else [m.id]), *texts(m))]

    assert len(sentences) > 2000
    assert [text for text in sentences if MARKUP.search(text)] == []


def test_translations_are_chinese_keep_the_values_and_are_no_guesses(known: Catalog) -> None:
    assert [m.id for m in known if m.id and m.fuzzy] == []
    assert [m.id for m in translated(known) if not CHINESE.search("".join(texts(m)))] == []
    assert [m.id for m in translated(known) if any(holes(str(m.id)) != holes(text) for text in texts(m))] == []


def holes(text: str) -> list[str]:
    return sorted(HOLES.findall(text))


def test_the_compiled_texts_are_those_of_the_source(known: Catalog) -> None:
    with in_language("zh_Hans"):
        old = [m.id for m in translated(known) if isinstance(m.id, str) and gettext(m.id) != m.string]

    assert old == []


# Words that said two things once; each meaning has a text of its own, or is data with two languages.
APART = {
    "templates/admin/events.html": "No events yet.",
    "templates/admin/jobs.html": "Run again",
    "templates/admin/deliveries.html": "Channel",
    "templates/liaisons/contacts.html": "Contacted by",
    "templates/notifications/preferences.html": "off",
}


@pytest.mark.parametrize("page", APART)
def test_a_text_with_two_meanings_is_told_apart(known: Catalog, page: str) -> None:
    text = APART[page]
    others = [path for path in (ROOT / "templates").rglob("*.html") if f'_("{text}")' in path.read_text("utf-8")]
    assert others == [ROOT / page]
    assert known[text].string


def test_a_day_off_is_no_switch_that_is_off() -> None:
    assert MARKS["holiday"].zh == "休"
    assert MARKS["makeup"].zh == "班"
    with in_language("zh_Hans"):
        assert gettext("off") == "已停用"
