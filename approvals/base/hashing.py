"""Canonical bytes: one way to write facts, so that their hashes can be compared for ever."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

FIRST = "0" * 64  # what the first link of a chain follows


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces; amounts as text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no fact")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """A moment as it stands in the chain: UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(salt: str, actor: str, facts: str) -> str:
    """What stands in the chain for personal data: a salted digest of actor and facts."""
    return sha256(f"{salt}\n{actor}\n{facts}")


def link(previous: str, *parts: object) -> str:
    """The hash of an entry: of the previous hash and the entry's own bytes."""
    return sha256(previous + canonical(parts))
