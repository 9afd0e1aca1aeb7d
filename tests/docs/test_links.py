"""Every link of the pages leads somewhere, every place in the code that they name exists, and no picture is heavy."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, name_of, prose_of, text_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FILE = re.compile(r"`((?:approvals|workflows|templates|migrations|tests|docs|requirements)/[\w./-]+)[`:]")
PLACE = re.compile(r"`([\w/]+\.py): ([\w.]+)(?:\(\))?`")
HEAVY = 300_000  # bytes


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
        found = [path for path in (ROOT / name, ROOT / "approvals" / name) if path.exists()]
        if not found or thing not in defined(found[0]):
            missing.append(f"{name}: {thing}")
    assert missing == []


def defined(path: Path) -> set[str]:
    """Names that a file defines: functions, classes with their methods and fields, constants."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        if isinstance(node, ast.ClassDef):
            found.update(f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef))
    return found


def test_every_picture_is_light_and_shown():
    pictures = sorted((DOCS / "pictures").iterdir())
    shown = "\n".join(text_of(page) for page in PAGES)
    assert [name_of(one) for one in pictures if one.stat().st_size > HEAVY or one.name not in shown] == []
