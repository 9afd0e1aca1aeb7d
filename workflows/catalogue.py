"""The catalogue of approval items, and the plan that it gives a project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"
UNITS = ("working_days", "calendar_days")


class CatalogueError(ValueError):
    """The catalogue breaks a rule; the message names the line."""


@dataclass(frozen=True, slots=True)
class Stage:
    no: int
    zh: str
    en: str
    lead: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item: limits in working days unless `legal_unit` says calendar days; `special` maps a procedure to its cap."""

    code: str
    stage: int
    zh: str
    en: str
    department: str
    legal: int
    promised: int
    basis: str
    legal_unit: str = "working_days"
    requires: tuple[str, ...] = ()
    applies_when: str | None = None
    materials: tuple[str, ...] = ()
    special: Mapping[str, int | None] = field(default_factory=dict)
    valid_for: str | None = None
    instant: bool = False


@dataclass(frozen=True, slots=True)
class PlannedItem:
    item: Item
    requires: tuple[str, ...]  # prerequisites that apply to this project


@dataclass(frozen=True)
class Catalogue:
    edition: str
    stages: Mapping[int, Stage]
    items: Mapping[str, Item]
    stage_legal_days: int
    stage_extension_days: int

    @property
    def departments(self) -> tuple[str, ...]:
        """Departments in the order of their first item."""
        return tuple(dict.fromkeys(item.department for item in self.items.values()))

    @property
    def questions(self) -> tuple[str, ...]:
        """The screening questions, in the order of the catalogue."""
        return tuple(dict.fromkeys(i.applies_when for i in self.items.values() if i.applies_when))

    def first_code(self, department: str) -> str:
        """The code of the department's first item; KeyError when it has none."""
        for item in self.items.values():
            if item.department == department:
                return item.code
        raise KeyError(department)

    def plan(self, answers: Mapping[str, bool]) -> tuple[PlannedItem, ...]:
        """The items that apply by these answers; prerequisites that do not apply are dropped."""
        chosen = {i.code: i for i in self.items.values() if not i.applies_when or answers.get(i.applies_when)}
        return tuple(PlannedItem(i, tuple(r for r in i.requires if r in chosen)) for i in chosen.values())


@cache
def load_catalogue(path: Path = DATA / "catalogue.yaml") -> Catalogue:
    """The catalogue in this file, checked; CatalogueError names the line that breaks a rule."""
    return read_catalogue(path.read_text(encoding="utf-8"))


def read_catalogue(text: str) -> Catalogue:
    """The catalogue in this text, checked; CatalogueError names the line that breaks a rule."""
    try:
        node = yaml.compose(text)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CatalogueError(f"not readable as YAML: {error}") from None
    if not isinstance(raw, dict) or not {"edition", "stages", "stage_limit", "items"} <= set(raw):
        raise CatalogueError("line 1: edition, stages, stage_limit and items are needed")
    lines = _item_lines(node)
    stages = {int(no): Stage(int(no), **value) for no, value in raw["stages"].items()}
    items: dict[str, Item] = {}
    for line, value in zip(lines, raw["items"], strict=True):
        item = _item(line, value, stages)
        if item.code in items:
            raise CatalogueError(f"line {line}: {item.code} is listed twice")
        items[item.code] = item
    _check_prerequisites(items, dict(zip(items, lines, strict=True)))
    limit = raw["stage_limit"]
    return Catalogue(str(raw["edition"]), stages, items, int(limit["legal_days"]), int(limit["extension_days"]))


def _item_lines(node: yaml.Node) -> list[int]:
    for key, value in node.value:
        if key.value == "items":
            return [item.start_mark.line + 1 for item in value.value]
    return []


def _item(line: int, value: object, stages: Mapping[int, Stage]) -> Item:
    if not isinstance(value, dict):
        raise CatalogueError(f"line {line}: an item is a mapping")
    try:
        item = Item(
            **value | {"requires": tuple(value.get("requires") or ()), "materials": tuple(value.get("materials") or ())}
        )
    except TypeError as error:
        raise CatalogueError(f"line {line}: {error}") from None
    for broken, why in _item_faults(item, stages):
        if broken:
            raise CatalogueError(f"line {line}: {item.code}: {why}")
    return item


def _item_faults(item: Item, stages: Mapping[int, Stage]) -> list[tuple[bool, str]]:
    limits_are_days = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in (item.legal, item.promised))
    return [
        (item.stage not in stages, f"stage {item.stage} is unknown"),
        (not limits_are_days, "limits are whole days above 0"),
        (limits_are_days and item.promised > item.legal, "the promised limit is longer than the legal one"),
        (item.legal_unit not in UNITS, f"legal_unit is one of {', '.join(UNITS)}"),
        (not isinstance(item.special, dict), "special maps procedures to caps"),
    ]


def _check_prerequisites(items: Mapping[str, Item], lines: Mapping[str, int]) -> None:
    for item in items.values():
        for code in item.requires:
            if code not in items:
                raise CatalogueError(f"line {lines[item.code]}: {item.code} requires {code}, which is unknown")
    done: set[str] = set()
    while len(done) < len(items):
        free = [i.code for i in items.values() if i.code not in done and done.issuperset(i.requires)]
        if not free:
            stuck = [i for i in items.values() if i.code not in done]
            raise CatalogueError(f"line {lines[stuck[0].code]}: a cycle among {', '.join(i.code for i in stuck)}")
        done.update(free)
