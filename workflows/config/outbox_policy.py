"""Delivery policy of the outbox: the city's numbers in outbox.yaml."""

from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows.config import DATA

JITTER = 0.2  # of a wait, up and down, so that what failed together is not tried again together
_MOST = {
    "tries": 100,
    "first_wait_minutes": 1440,
    "longest_wait_minutes": 10080,
    "not_older_days": 30,
    "kept_days": 3650,
}


class OutboxError(ValueError):
    """The numbers break a rule; the message says which."""


@dataclass(frozen=True, slots=True)
class OutboxPolicy:
    """Retries, expiry and retention of deliveries, and the time of the digest."""

    tries: int
    first_wait: timedelta
    longest_wait: timedelta
    not_older: timedelta
    kept: timedelta
    digest_at: time

    def wait_after(self, tries: int, dice: float) -> timedelta:
        """The wait after so many failed tries; `dice` from 0 to 1 adds jitter."""
        doubled = self.first_wait * 2 ** min(tries - 1, 30)
        return min(doubled, self.longest_wait) * (1 - JITTER + 2 * JITTER * dice)


@cache
def load_outbox_policy(path: Path = DATA / "outbox.yaml") -> OutboxPolicy:
    """The numbers in this file, checked."""
    return read_outbox_policy(path.read_text(encoding="utf-8"))


def read_outbox_policy(text: str) -> OutboxPolicy:
    """The numbers in this text; OutboxError says what is wrong."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise OutboxError(f"not readable as YAML: {error}") from None
    if not isinstance(raw, dict) or set(raw) != {*_MOST, "digest_at"}:
        raise OutboxError(f"{', '.join(sorted(_MOST))} and digest_at are needed, and nothing else")
    for name, most in _MOST.items():
        if not isinstance(raw[name], int) or isinstance(raw[name], bool) or not 1 <= raw[name] <= most:
            raise OutboxError(f"{name} is a whole number from 1 to {most}")
    return _policy(raw)


def _policy(raw: dict[str, Any]) -> OutboxPolicy:
    try:
        digest_at = time.fromisoformat(raw["digest_at"])
    except (TypeError, ValueError):
        raise OutboxError('digest_at is a time of day in quotes, as in "08:00"') from None
    if raw["first_wait_minutes"] > raw["longest_wait_minutes"]:
        raise OutboxError("first_wait_minutes is at most longest_wait_minutes")
    return OutboxPolicy(
        raw["tries"],
        timedelta(minutes=raw["first_wait_minutes"]),
        timedelta(minutes=raw["longest_wait_minutes"]),
        timedelta(days=raw["not_older_days"]),
        timedelta(days=raw["kept_days"]),
        digest_at,
    )
