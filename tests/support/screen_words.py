"""The words that stand on the screen, in both languages: those of the translations, of charts, roles and labels."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from tests.support.doc_pages import ROOT
from workflows.charts.registry import CHARTS
from workflows.charts.roles import ROLES
from workflows.config.city import load_city

CATALOGUE = ROOT / "approvals" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"


@cache
def screen_words(language: str) -> frozenset[str]:
    """All words of the screen in this language: `zh` or `en`."""
    pairs = {*_translations(), *_of_charts(), *_labels(), *_of_city()}
    return frozenset((chinese if language == "zh" else english) for chinese, english in pairs)


def _translations() -> Iterator[tuple[str, str]]:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="zh_Hans"):
            if isinstance(message.id, str) and isinstance(message.string, str):
                yield message.string, message.id


def _of_charts() -> Iterator[tuple[str, str]]:
    for chart in CHARTS.values():
        for thing in (chart, *chart.states, *chart.moves, *(need for move in chart.moves for need in move.needs)):
            yield thing.zh, thing.en
    for role in ROLES.values():
        yield role.zh, role.en


def _of_city() -> Iterator[tuple[str, str]]:
    for label in load_city().categories.values():
        yield label.zh, label.en


def _labels() -> Iterator[tuple[str, str]]:
    """What the code writes as `Label("中文", "English")`."""
    for path in (path for folder in ("approvals", "workflows") for path in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Label" and len(node.args) == 2:
                chinese, english = (getattr(argument, "value", "") for argument in node.args)
                if isinstance(chinese, str) and isinstance(english, str):
                    yield chinese, english


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
