"""Reads and writes the values of a policy as its form has them: texts by the names of fields."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from approvals.base.errors import Invalid
from approvals.base.i18n import N_, label, series
from approvals.base.text_validation import whole_number
from approvals.supervision.policy_form import CHOICES, NONE, PolicyField, policy_fields
from workflows.clock.lights import LIGHTS
from workflows.config.policy import (
    DECEMBER,
    HEAD_AGREES_FROM,
    RECORDED_LATER,
    ProgrammeRules,
    ReportRules,
    UploadRules,
    read_hours,
)
from workflows.config.policy_text import LEFT_OUT, Absence, Path, Value, policy_leaves, with_values

Typed = str | tuple[str, ...]  # as a form has it; several months
Fault = tuple[str, dict[str, object]]
DIGITS = 6
REQUIRED = N_("is required")
NO_DAY = N_("must be a date such as 2026-03-02")
NO_NUMBER = N_("must be a whole number")
LEAST = N_("must be at least %(least)s")
BETWEEN = N_("must be from %(least)s to %(most)s")
NO_HOURS = N_("must be written as 09:00-12:00, 13:30-17:30")
HOURS_ORDER = N_("must follow one another without touching")
NO_DECEMBER = N_("must have December among them")
NO_CHOICE = N_("is not one of the available options")
LATER_LIGHT = N_("must not be an earlier light than that of a lower level")
NEEDS_LIGHT = N_("needs a light: nothing lifts to it")
_RULES: Mapping[str, Any] = {"programme": ProgrammeRules(), "reports": ReportRules(), "uploads": UploadRules()}
_DEFAULTS: dict[Path, Value] = {
    ("recorded_later",): RECORDED_LATER,
    ("head_agrees_from",): HEAD_AGREES_FROM,
    **{(name, field): getattr(rules, field) for name, rules in _RULES.items() for field in rules.__dataclass_fields__},
}
_BETWEEN_SPANS = re.compile(r"[,，、;；]")


def typed_policy(text: str) -> dict[str, Typed]:
    """The values of this text as its form shows them, defaults for what is left out; PolicyError for no policy."""
    leaves: dict[Path, Value] = {**_DEFAULTS, **policy_leaves(text)}
    return {field.name: _as_typed(field, leaves.get(field.path, LEFT_OUT)) for field in policy_fields()}


def policy_with(text: str, typed: Mapping[str, Typed]) -> str:
    """The text with what was typed in its places; a field that was not sent is as it was.

    Invalid names each wrong field, PolicyError says why the text is no policy.
    """
    standing = typed_policy(text)
    changed = {name: value for name, value in typed.items() if _plain(value) != _plain(standing[name])}
    values, faults = _read(changed)
    if faults := _light_faults({**standing, **changed}) | faults:
        raise Invalid(faults)
    fields = {field.name: field for field in policy_fields()}
    return with_values(text, {fields[name].path: values[name] for name in changed})


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """A field whose value is another than that of the policy in force, both in words."""

    field: PolicyField
    before: str
    after: str


def policy_differences(before: str, after: str) -> list[PolicyDifference]:
    """The fields in which two policies differ."""
    old, new = typed_policy(before), typed_policy(after)
    return [
        PolicyDifference(field, in_words(field, old[field.name]), in_words(field, new[field.name]))
        for field in policy_fields()
        if old[field.name] != new[field.name]
    ]


def in_words(field: PolicyField, value: Typed) -> str:
    """The value as it is read, with its unit; a dash for none."""
    if not value:
        return "–"
    choices = CHOICES.get(field.kind, {})
    texts = (value,) if isinstance(value, str) else value
    said = series(label(choices[text]) if text in choices else text for text in texts)
    return f"{said} {label(field.unit)}" if field.unit else said


def _as_typed(field: PolicyField, value: Value | Absence) -> Typed:
    if field.kind == "months" and isinstance(value, tuple):
        return tuple(map(str, value))
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if value is LEFT_OUT or (value is None and field.kind == "day"):
        return ""
    return NONE if value is None else str(value)


def _plain(value: Typed) -> Typed:
    return " ".join(value.split()) if isinstance(value, str) else value


# What was typed as values.


def _read(typed: Mapping[str, Typed]) -> tuple[dict[str, Value | Absence], dict[str, list[Fault]]]:
    """The values of these fields, and what is wrong with the others."""
    values: dict[str, Value | Absence] = {}
    faults: dict[str, list[Fault]] = {}
    for field in policy_fields():
        try:
            if field.name in typed:
                values[field.name] = _READERS[field.kind](field, typed[field.name])
        except _Refusal as refusal:
            faults[field.name] = [refusal.fault]
    return values, faults


class _Refusal(ValueError):
    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.fault: Fault = (message, params)


def _number(field: PolicyField, typed: Typed) -> Value | Absence:
    text = str(typed).strip()
    if not text:
        if field.is_optional:
            return LEFT_OUT
        raise _Refusal(REQUIRED)
    number = whole_number(text, DIGITS)
    if number is None:
        raise _Refusal(NO_NUMBER)
    if field.most is not None and not field.least <= number <= field.most:
        raise _Refusal(BETWEEN, least=field.least, most=field.most)
    if number < field.least:
        raise _Refusal(LEAST, least=field.least)
    return number


def _choice(field: PolicyField, typed: Typed) -> Value:
    if typed not in CHOICES[field.kind]:
        raise _Refusal(NO_CHOICE if typed else REQUIRED)
    return None if typed == NONE else str(typed)


def _months(field: PolicyField, typed: Typed) -> Value:
    chosen = set(typed)
    if not chosen <= set(CHOICES[field.kind]):
        raise _Refusal(NO_CHOICE)
    if str(DECEMBER) not in chosen:
        raise _Refusal(NO_DECEMBER)
    return tuple(sorted(map(int, chosen)))


def _hours(_field: PolicyField, typed: Typed) -> Value:
    spans = [span.strip() for span in _BETWEEN_SPANS.split(str(typed)) if span.strip()]
    if not spans:
        raise _Refusal(REQUIRED)
    try:
        edges = [edge for span in spans for edge in read_hours(span)]
    except ValueError:
        raise _Refusal(NO_HOURS) from None
    if any(first >= second for first, second in pairwise(edges)):
        raise _Refusal(HOURS_ORDER)
    return tuple(spans)


def _day(_field: PolicyField, typed: Typed) -> Value:
    text = str(typed).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _Refusal(NO_DAY) from None


_READERS: Mapping[str, Callable[[PolicyField, Typed], Value | Absence]] = {
    "number": _number,
    "light": _choice,
    "card": _choice,
    "months": _months,
    "hours": _hours,
    "day": _day,
}


def _light_faults(typed: Mapping[str, Typed]) -> dict[str, list[Fault]]:
    """A level has no earlier light than one below it, and the first has one."""
    levels = [field.name for field in policy_fields() if field.kind == "light"]
    faults: dict[str, list[Fault]] = {levels[0]: [(NEEDS_LIGHT, {})]} if typed[levels[0]] == NONE else {}
    latest = 0
    for name in levels:
        rank = LIGHTS.index(str(typed[name])) if typed[name] in LIGHTS else latest
        if rank < latest:
            faults[name] = [(LATER_LIGHT, {})]
        latest = max(latest, rank)
    return faults
