"""Serialises figures: the canonical JSON of an issued report, and its checksum."""

from typing import Any

import orjson
from pydantic import TypeAdapter

from approvals.base.hashing import canonical, sha256
from approvals.reports.figures.model import Figures

_FIGURES = TypeAdapter(Figures)
# What the figures of an edition did not have yet; `a.b` is a part of each of the values in `a`.
_SINCE_SEVENTH = ("year_ago", "causes", "programme_months", "objections", "owed_answers", "rectification")
_SINCE_SIXTH = ("programme", *_SINCE_SEVENTH)
_SINCE_FIFTH = ("offices", *_SINCE_SIXTH)
_SINCE_FOURTH = ("completions", "completions_before", "completed_projects", "owed", *_SINCE_FIFTH)
_SINCE_THIRD = ("orders", "card_departments", "joint", "decision_days", "permit_projects.needed", *_SINCE_FOURTH)
_SINCE_SECOND = ("oversight", "liaisons", "project_liaisons", *_SINCE_THIRD)
_NOT_YET = {
    "2026-01": _SINCE_SECOND,
    "2026-02": _SINCE_THIRD,
    "2026-03": _SINCE_FOURTH,
    "2026-04": _SINCE_FIFTH,
    "2026-05": _SINCE_SIXTH,
    "2026-06": _SINCE_SEVENTH,
}


def to_json(figures: Figures) -> dict[str, Any]:
    """The figures as plain values, dates as text."""
    return dict(_FIGURES.dump_python(figures, mode="json"))


def from_json(values: dict[str, Any]) -> Figures:
    """The figures out of what `to_json` made of them."""
    return _FIGURES.validate_python(values)


def frozen(figures: Figures) -> str:
    """The canonical text behind the checksum; each edition has the parts that it had."""
    values = orjson.loads(canonical(figures))  # a quarter of what `asdict` takes
    for path in _NOT_YET.get(figures.edition, ()):
        part, _, name = path.partition(".")
        for part_values in values[part] if name else (values,):
            del part_values[name or part]
    return canonical(values)


def has(figures: Figures, part: str) -> bool:
    """Whether figures of this edition have this part at all; one that is empty says that nothing was counted."""
    return part not in _NOT_YET.get(figures.edition, ())


def checksum(figures: Figures) -> str:
    """The SHA-256 of the canonical text."""
    return sha256(frozen(figures))
