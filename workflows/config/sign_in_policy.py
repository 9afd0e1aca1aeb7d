"""Sign-in policy: the city's numbers and words in sign_in.yaml."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows.charts.roles import ROLES
from workflows.config import DATA

_MOST = {
    **{"initial_password_days": 90, "known_browser_days": 365, "longest_hours": 24},
    **{"idle_minutes": 1440, "deciding_idle_minutes": 1440, "password_again_minutes": 720},
}
_ROLES = ("deciding_roles", "second_factor_roles")
_THROTTLE = {"per_account": 100, "account_minutes": 1440, "per_address": 10_000, "address_minutes": 1440}


class SignInPolicyError(ValueError):
    """The policy breaks a rule; the message says which."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """So many refused tries within so long a time, and the next ones wait."""

    per_account: int
    account_window: timedelta
    per_address: int
    address_window: timedelta

    @property
    def longest(self) -> timedelta:
        return max(self.account_window, self.address_window)


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How long passwords, browsers and sessions hold, when tries are throttled, and the city's own words.

    A session ends when nobody used it for `idle`, and of somebody with one of `deciding_roles` for `deciding_idle`.
    Who has one of `second_factor_roles` must have a second factor.
    """

    initial_password: timedelta
    known_browser: timedelta
    idle: timedelta
    deciding_idle: timedelta
    deciding_roles: frozenset[str]
    longest: timedelta
    password_again: timedelta
    second_factor_roles: frozenset[str]
    throttle: Throttle
    password_words: tuple[str, ...]

    def idle_of(self, roles: Set[str]) -> timedelta:
        """After how long without use a session of somebody with these roles has ended."""
        return min(self.idle, self.deciding_idle) if self.deciding_roles & roles else self.idle


@cache
def load_sign_in_policy(path: Path = DATA / "sign_in.yaml") -> SignInPolicy:
    """The policy in this file, checked."""
    return read_sign_in_policy(path.read_text(encoding="utf-8"))


def read_sign_in_policy(text: str) -> SignInPolicy:
    """The policy in this text; SignInPolicyError says what is wrong."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SignInPolicyError(f"not readable as YAML: {error}") from None
    names = {*_MOST, *_ROLES, "throttle", "password_words"}
    if not isinstance(raw, dict) or set(raw) != names:
        raise SignInPolicyError(f"{', '.join(sorted(names))} are needed, and nothing else")
    throttle, words = raw["throttle"], raw["password_words"]
    if not isinstance(throttle, dict) or set(throttle) != set(_THROTTLE):
        raise SignInPolicyError(f"throttle names {', '.join(_THROTTLE)}, and nothing else")
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise SignInPolicyError("password_words is a list of words")
    for name in _ROLES:
        if not isinstance(raw[name], list) or any(role not in [*ROLES] for role in raw[name]):
            raise SignInPolicyError(f"{name} is a list of roles: {', '.join(ROLES)}")
    _check_numbers(raw, _MOST)
    _check_numbers(throttle, _THROTTLE)
    return SignInPolicy(
        timedelta(days=raw["initial_password_days"]),
        timedelta(days=raw["known_browser_days"]),
        timedelta(minutes=raw["idle_minutes"]),
        timedelta(minutes=raw["deciding_idle_minutes"]),
        frozenset(raw["deciding_roles"]),
        timedelta(hours=raw["longest_hours"]),
        timedelta(minutes=raw["password_again_minutes"]),
        frozenset(raw["second_factor_roles"]),
        Throttle(
            throttle["per_account"],
            timedelta(minutes=throttle["account_minutes"]),
            throttle["per_address"],
            timedelta(minutes=throttle["address_minutes"]),
        ),
        tuple(words),
    )


def _check_numbers(values: dict[str, Any], most: dict[str, int]) -> None:
    for name, limit in most.items():
        value = values[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= limit:
            raise SignInPolicyError(f"{name} is a whole number from 1 to {limit}")
