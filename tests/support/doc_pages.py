"""The pages that people read, and what stands on them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_CODE = re.compile(r"```.*?```", re.DOTALL)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose_of(path: Path) -> str:
    """The page without its blocks of code."""
    return _CODE.sub("", text_of(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rows_under(path: Path, heading: str) -> list[tuple[str, ...]]:
    """The rows of all tables under this heading, heads and rules left out."""
    _, has_heading, rest = text_of(path).partition(f"\n## {heading}\n")
    assert has_heading, f"{name_of(path)} has no “{heading}”"
    section = rest.partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in row.split("|")) for row in _ROW.findall(section)]
    rules = [number for number, row in enumerate(rows) if set("".join(row)) <= set("-:")]
    return [row for number, row in enumerate(rows) if number not in rules and number + 1 not in rules]
