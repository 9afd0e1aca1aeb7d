"""Every link of the pages leads somewhere, every place in the code that they name exists, and no picture is heavy."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.doc_pages import DOCS, PAGES, ROOT, name_of, prose_of, text_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FILE = re.compile(r"`((?:approvals|workflows|templates|migrations|tests|docs|requirements)/[\w./-]+)[`:]")
PLACE = re.compile(r"`([\w/]+\.py): ([\w.]+)(?:\(\))?`")
HEAVY, ALL_TOGETHER = 150_000, 3_000_000  # bytes


def anchors(path: Path) -> set[str]:
    """The headings as addresses within the page."""
    headings = HEADING.findall(prose_of(path))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_somewhere(path):
    for address in LINK.findall(prose_of(path)):
        if address.startswith(("http://", "https://")):
            continue
        place, _, anchor = address.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), f"{name_of(path)}: {address}"
        assert target.is_relative_to(ROOT), f"{name_of(path)}: {address}"
        assert not anchor or anchor in anchors(target), f"{name_of(path)}: {address}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(path):
    missing = [name for name in FILE.findall(prose_of(path)) if not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_function_that_is_named_is_defined_there(path):
    missing = []
    for name, thing in PLACE.findall(prose_of(path)):
        definitions = [path for path in (ROOT / name, ROOT / "approvals" / name) if path.exists()]
        if not definitions or thing not in defined(definitions[0]):
            missing.append(f"{name}: {thing}")
    assert missing == []


def defined(path: Path) -> set[str]:
    """Names that a file defines: functions, classes with their methods and fields, constants."""
    definitions: set[str] = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions.add(node.name)
        elif isinstance(node, ast.Assign):
            definitions.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            definitions.add(node.target.id)
        if isinstance(node, ast.ClassDef):
            definitions.update(f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef))
    return definitions


def test_every_picture_is_light_and_shown():
    pictures = sorted(DOCS.rglob("*.png"))
    shown = {
        (path.parent / address).resolve()
        for path in PAGES
        for address in LINK.findall(text_of(path))
        if "://" not in address
    }
    assert len(pictures) > 30
    assert [name_of(picture) for picture in pictures if picture.stat().st_size > HEAVY or picture not in shown] == []
    assert sum(picture.stat().st_size for picture in pictures) < ALL_TOGETHER
