"""Sign-in policy: the city's numbers and words in sign_in.yaml."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows.config import DATA

_MOST = {"initial_password_days": 90, "known_browser_days": 365}
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
    """How long initial passwords and known browsers hold, when tries are throttled, and the city's own words."""

    initial_password: timedelta
    known_browser: timedelta
    throttle: Throttle
    password_words: tuple[str, ...]


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
    names = {*_MOST, "throttle", "password_words"}
    if not isinstance(raw, dict) or set(raw) != names:
        raise SignInPolicyError(f"{', '.join(sorted(names))} are needed, and nothing else")
    throttle, words = raw["throttle"], raw["password_words"]
    if not isinstance(throttle, dict) or set(throttle) != set(_THROTTLE):
        raise SignInPolicyError(f"throttle names {', '.join(_THROTTLE)}, and nothing else")
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise SignInPolicyError("password_words is a list of words")
    _check_numbers(raw, _MOST)
    _check_numbers(throttle, _THROTTLE)
    return SignInPolicy(
        timedelta(days=raw["initial_password_days"]),
        timedelta(days=raw["known_browser_days"]),
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
