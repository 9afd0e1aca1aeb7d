"""The rules of supervision, as the city sets them in policy.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows.lights import LIGHTS
from workflows.roles import LEVELS

DATA = Path(__file__).parent / "data"


class PolicyError(ValueError):
    """The policy breaks a rule; the message names the line."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`raised_by` maps a level to the light that raises it (None: by lifting only); days are working days."""

    reminder_at: int
    answer_within: Mapping[str, int]
    raised_by: Mapping[int, str | None]

    def answer_days(self, *, is_key: bool, is_urgent: bool) -> int:
        """Working days within which an escalation of such a project must be answered."""
        kinds = ["normal"] + ["key"] * is_key + ["urgent"] * is_urgent
        return min(self.answer_within[kind] for kind in kinds)


@cache
def load_policy(path: Path = DATA / "policy.yaml") -> Policy:
    """The policy in this file, checked; PolicyError names the line."""
    return read_policy(path.read_text(encoding="utf-8"))


def read_policy(text: str) -> Policy:
    """The policy in this text, checked; PolicyError names the line."""
    raw, lines = _parts(text)
    for key in ("answer_within", "levels"):
        if not isinstance(raw[key], dict):
            raise PolicyError(f"line {lines[key]}: {key} is a mapping")
    policy = Policy(raw["reminder_at"], dict(raw["answer_within"]), dict(raw["levels"]))
    for key, broken, why in _faults(policy):
        if broken:
            raise PolicyError(f"line {lines[key]}: {why}")
    return policy


def _parts(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The parts of the policy, and the line of each."""
    try:
        raw, node = yaml.safe_load(text), yaml.compose(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"line 1: not readable as YAML: {error}") from None
    if not isinstance(raw, dict) or set(raw) != {"reminder_at", "answer_within", "levels"}:
        raise PolicyError("line 1: reminder_at, answer_within and levels are needed, and nothing else")
    return raw, {key.value: key.start_mark.line + 1 for key, _ in node.value}


def _faults(policy: Policy) -> list[tuple[str, bool, str]]:
    days = policy.answer_within
    raising = [light for light in policy.raised_by.values() if light]
    known = [light in LIGHTS[1:] for light in raising]
    return [
        ("reminder_at", not _is_limit(policy.reminder_at, least=0), "reminder_at is a whole number of days"),
        ("answer_within", set(days) != {"normal", "key", "urgent"}, "answer_within names normal, key and urgent"),
        ("answer_within", not all(_is_limit(n, least=1) for n in days.values()), "a limit is at least one day"),
        ("levels", set(policy.raised_by) != set(LEVELS), f"levels are {', '.join(map(str, LEVELS))}"),
        ("levels", not all(known), f"a light is one of {', '.join(LIGHTS[1:])}, or null"),
        ("levels", all(known) and raising != sorted(raising, key=LIGHTS.index), "a higher level has a later light"),
        ("levels", policy.raised_by.get(1) is None, "level 1 needs a light: nothing lifts to it"),
    ]


def _is_limit(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
