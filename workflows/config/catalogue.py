"""The catalogue of approval items, and the plan that it gives a project."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from workflows.clock.validity import is_period
from workflows.config import DATA
from workflows.config.conditions import (
    Answers,
    Condition,
    ConditionError,
    Question,
    Screening,
    read_condition,
    read_questions,
)
from workflows.config.yaml_positions import LinedList, UnreadableYaml, load

UNITS = ("working_days", "calendar_days")
ENDS = PERMIT, *_ = "permit", "review", "record"


class CatalogueError(ValueError):
    """The catalogue breaks a rule; the message names the line."""


@dataclass(frozen=True, slots=True)
class Stage:
    no: int
    zh: str
    en: str
    lead: str


def unnamed_stage(no: int) -> Stage:
    """A stage of which nothing but its number is known."""
    return Stage(no, f"第{no}阶段", f"Stage {no}", "")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: limits in working days unless `legal_unit` says otherwise; `special` maps a procedure to its cap.

    `satisfied_by` maps a material to the item, needed first directly or not, whose granted document it is;
    `templates` and `samples` map materials to files under `data/materials/`; `may_follow` are materials that an
    acceptance may leave owed. With `promise_checked_within` the item may be granted on the owner's written promise,
    which is checked within so many calendar days.
    What is `after_works` may be applied for only once the completion of the works was reported. `ends_with` says
    whether a grant is a permit, or the end of a review or of a record.
    """

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
    applies_when: Condition | None = None
    materials: tuple[str, ...] = ()
    satisfied_by: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)
    special: Mapping[str, int | None] = field(default_factory=dict)
    valid_for: str | None = None
    instant: bool = False
    after_works: bool = False
    may_follow: tuple[str, ...] = ()
    promise_checked_within: int | None = None
    ends_with: str = PERMIT


@dataclass(frozen=True, slots=True)
class PlannedItem:
    item: Item
    requires: tuple[str, ...]  # prerequisites that apply to this project


@dataclass(frozen=True)
class Catalogue:
    """`questions` are the screening questions by name, in their order."""

    edition: str
    stages: Mapping[int, Stage]
    items: Mapping[str, Item]
    stage_legal_days: int
    stage_extension_days: int
    questions: Mapping[str, Question] = field(default_factory=dict)
    text: str = field(default="", repr=False)

    @cached_property
    def sha256(self) -> str:
        """The checksum of the whole text: what this edition is known by."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def item(self, code: str) -> Item:
        """The item of this code; one that has nothing but its code where this edition does not know it."""
        return self.items.get(code) or Item(code, 0, code, code, "", legal=0, promised=0, basis="")

    def stage(self, no: int) -> Stage:
        """The stage of this number; one that has nothing but its number where this edition does not know it."""
        return self.stages.get(no) or unnamed_stage(no)

    def materials(self) -> frozenset[str]:
        """The names of all materials that its items ask for."""
        return frozenset(name for item in self.items.values() for name in item.materials)

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """Departments in the order of their first item."""
        return tuple(dict.fromkeys(item.department for item in self.items.values()))

    def first_code(self, department: str) -> str:
        """The code of the department's first item; KeyError when it has none."""
        for item in self.items.values():
            if item.department == department:
                return item.code
        raise KeyError(department)

    def screening(self, answers: Answers, planned_10k_yuan: Decimal | None = None) -> Screening:
        """These answers as the conditions of this catalogue read them."""
        return Screening(self.questions, answers, planned_10k_yuan)

    def plan(self, answers: Answers, planned_10k_yuan: Decimal | None = None) -> tuple[PlannedItem, ...]:
        """The items that apply by these answers, or may: what hangs on a missing choice or number applies.

        In place of a prerequisite that does not apply stands what that one needs, unless it is needed anyhow.
        """
        screening = self.screening(answers, planned_10k_yuan)
        chosen = {
            item.code: item
            for item in self.items.values()
            if not item.applies_when or screening.verdict(item.applies_when).holds is not False
        }
        return tuple(PlannedItem(item, self.needed(item, chosen)) for item in chosen.values())

    def needed(self, item: Item, chosen: Collection[str]) -> tuple[str, ...]:
        """The prerequisites among `chosen`, the item's own first."""
        needed = [code for code in item.requires if code in chosen]
        inherited = [code for code in item.requires if code not in chosen]
        while inherited:
            for code in self.items[inherited.pop(0)].requires:
                if code not in chosen:
                    inherited.append(code)
                elif code not in needed and not any(code in self._reach[other] for other in needed):
                    needed.append(code)
        return tuple(needed)

    @cached_property
    def _reach(self) -> Mapping[str, Collection[str]]:
        """All that each item needs, directly or not."""
        requires = {code: item.requires for code, item in self.items.items()}
        return {code: all_needed(requires, code) - {code} for code in requires}


@cache
def load_catalogue(path: Path = DATA / "catalogue.yaml") -> Catalogue:
    """The catalogue in this file, checked; CatalogueError names the line that breaks a rule."""
    return read_catalogue(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def read_catalogue(text: str) -> Catalogue:
    """The catalogue in this text, checked; CatalogueError names the line that breaks a rule."""
    try:
        raw = load(text)
    except UnreadableYaml as error:
        raise CatalogueError(str(error)) from None
    if not isinstance(raw, dict) or not {"edition", "stages", "stage_limit", "items"} <= set(raw):
        raise CatalogueError("line 1: edition, stages, stage_limit and items are needed")
    stages = _stages(raw["stages"])
    try:
        questions = read_questions(raw["questions"]) if "questions" in raw else {}
    except ConditionError as error:
        raise CatalogueError(str(error)) from None
    items: dict[str, Item] = {}
    lines: dict[str, int] = {}
    for line, value in _entries(raw["items"]):
        item = _item(line, value, stages, questions)
        if item.code in items:
            raise CatalogueError(f"line {line}: {item.code} is listed twice")
        items[item.code], lines[item.code] = item, line
    _check_prerequisites(items, lines)
    _check_sources(items, lines)
    _check_followers(items, lines)
    limit = raw["stage_limit"]
    _check_fields(1, limit, STAGE_LIMIT_FIELDS, "stage_limit")
    amounts = limit["legal_days"], limit["extension_days"]
    return Catalogue(str(raw["edition"]), stages, items, *amounts, questions, text)


def _stages(value: object) -> dict[int, Stage]:
    if not isinstance(value, dict):
        raise CatalogueError("stages map a number to a stage")
    stages = {}
    for no, stage in value.items():
        _check_fields(getattr(value, "line", 1), stage, STAGE_FIELDS, f"stage {no}")
        if not _is_days(no):
            raise CatalogueError(f"line {stage.line}: a stage has a number, not “{no}”")
        stages[no] = Stage(no, **stage)
    return stages


def _entries(value: object) -> list[tuple[int, object]]:
    if not isinstance(value, list) or not value:
        raise CatalogueError("items are a list of at least one item")
    return list(zip(value.lines, value, strict=True)) if isinstance(value, LinedList) else []


def _item(line: int, value: object, stages: Mapping[int, Stage], questions: Mapping[str, Question]) -> Item:
    name = str(value.get("code", "an item")) if isinstance(value, dict) else "an item"
    fields = _check_fields(line, value, ITEM_FIELDS, name)
    lists = {name: tuple(fields.get(name, ())) for name in ("requires", "materials", "may_follow")}
    item = Item(**fields | lists | {"applies_when": _condition(line, name, fields, questions)})
    if item.stage not in stages:
        raise CatalogueError(f"line {line}: {item.code}: stage {item.stage} is unknown")
    if item.promised > item.legal:
        raise CatalogueError(f"line {line}: {item.code}: the promised limit is longer than the legal one")
    return item


def _condition(line: int, name: str, fields: Mapping[str, Any], questions: Mapping[str, Question]) -> Condition | None:
    if "applies_when" not in fields:
        return None
    try:
        return read_condition(fields["applies_when"], line, questions)
    except ConditionError as error:
        where, _colon, why = str(error).partition(": ")
        raise CatalogueError(f"{where}: {name}: applies_when: {why}") from None


def _check_fields(line: int, value: object, fields: Mapping[str, "CatalogueCheck"], what: str) -> dict[str, Any]:
    """The mapping; CatalogueError for what is missing, unknown or of the wrong kind."""
    if not isinstance(value, dict):
        raise CatalogueError(f"line {line}: {what} is a mapping")
    line = getattr(value, "line", line)
    for name in value:
        if name not in fields:
            raise CatalogueError(f"line {line}: {what}: “{name}” is not known")
    for name, check in fields.items():
        if name not in value and check.is_needed:
            raise CatalogueError(f"line {line}: {what}: {name} is missing")
        if name in value and not check.fits(value[name]):
            raise CatalogueError(f"line {line}: {what}: {name} {check.why}")
    return value


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """What a field of the file must be."""

    fits: Callable[[Any], bool]
    why: str
    is_needed: bool = True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9]{1,10}", value) is not None


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_caps(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(name) and (cap is None or _is_days(cap)) for name, cap in value.items()
    )


def _are_files(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(name) and isinstance(file, str) and re.fullmatch(r"[\w-]+(\.[\w-]+)*\.[a-z]+", file)
        for name, file in value.items()
    )


def _are_sources(value: object) -> bool:
    return isinstance(value, dict) and all(_is_text(name) and _is_code(code) for name, code in value.items())


_TEXT = CatalogueCheck(_is_text, "is a text")
_DAYS = CatalogueCheck(_is_days, "is a number of whole days above 0")
STAGE_FIELDS = {"zh": _TEXT, "en": _TEXT, "lead": _TEXT}
STAGE_LIMIT_FIELDS = {"legal_days": _DAYS, "extension_days": _DAYS}
ITEM_FIELDS = {
    "code": CatalogueCheck(_is_code, "is at most 10 letters and digits"),
    "stage": CatalogueCheck(_is_days, "is the number of a stage"),
    "zh": _TEXT,
    "en": _TEXT,
    "department": _TEXT,
    "basis": _TEXT,
    "legal": _DAYS,
    "promised": _DAYS,
    "legal_unit": CatalogueCheck(lambda value: value in UNITS, f"is one of {', '.join(UNITS)}", is_needed=False),
    "requires": CatalogueCheck(_are_texts, "is a list of codes", is_needed=False),
    "applies_when": CatalogueCheck(lambda value: isinstance(value, str | dict), "is a condition", is_needed=False),
    "materials": CatalogueCheck(_are_texts, "is a list of names", is_needed=False),
    "satisfied_by": CatalogueCheck(_are_sources, "maps materials to codes", is_needed=False),
    "templates": CatalogueCheck(_are_files, "maps materials to names of files", is_needed=False),
    "samples": CatalogueCheck(_are_files, "maps materials to names of files", is_needed=False),
    "may_follow": CatalogueCheck(_are_texts, "is a list of materials", is_needed=False),
    "promise_checked_within": CatalogueCheck(_is_days, "is a number of whole days above 0", is_needed=False),
    "special": CatalogueCheck(_are_caps, "maps procedures to caps in whole days, or to null", is_needed=False),
    "valid_for": CatalogueCheck(is_period, "is written as in 2 years or 3 months", is_needed=False),
    "instant": CatalogueCheck(lambda value: isinstance(value, bool), "is yes or no", is_needed=False),
    "after_works": CatalogueCheck(lambda value: isinstance(value, bool), "is yes or no", is_needed=False),
    "ends_with": CatalogueCheck(lambda value: value in ENDS, f"is one of {', '.join(ENDS)}", is_needed=False),
}


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


def _check_sources(items: Mapping[str, Item], lines: Mapping[str, int]) -> None:
    for item in items.values():
        needed = all_needed({code: planned.requires for code, planned in items.items()}, item.code) - {item.code}
        for name in ("templates", "samples"):
            for material in getattr(item, name):
                if material not in item.materials:
                    raise CatalogueError(
                        f"line {lines[item.code]}: {item.code}: {name}: “{material}” is none of its materials"
                    )
        for material, code in item.satisfied_by.items():
            where = f"line {lines[item.code]}: {item.code}: satisfied_by"
            if material not in item.materials:
                raise CatalogueError(f"{where}: “{material}” is none of its materials")
            if code not in needed:
                raise CatalogueError(f"{where}: {code} is not granted before it")


def _check_followers(items: Mapping[str, Item], lines: Mapping[str, int]) -> None:
    for item in items.values():
        for material in item.may_follow:
            where = f"line {lines[item.code]}: {item.code}: may_follow"
            if material not in item.materials:
                raise CatalogueError(f"{where}: “{material}” is none of its materials")
            if material in item.satisfied_by:
                raise CatalogueError(f"{where}: “{material}” is the document of {item.satisfied_by[material]}")


def all_needed(requires: Mapping[str, Iterable[str]], code: str) -> set[str]:
    """This item and all that it needs, directly or not; what is no part of the plan is passed over."""
    needed: set[str] = set()
    pending = [code]
    while pending:
        code = pending.pop()
        if code in requires and code not in needed:
            needed.add(code)
            pending += requires[code]
    return needed
