"""Keyset paging: a cursor names the last row seen, so that a deep page costs what the first one does."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from approvals.base.errors import invalid
from approvals.base.texts import N_

T = TypeVar("T")
PAGE = 50  # rows of a page
MOST = 200  # rows that may be asked for at once


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_cursor: str | None


def write_cursor(*keys: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def read_cursor(cursor: str, kinds: tuple[type, ...]) -> list[object]:
    """The keys in a cursor, each of its kind (None allowed); Invalid when it is none of ours."""
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        keys = None
    fits = isinstance(keys, list) and len(keys) == len(kinds)
    if not fits or not all(k is None or type(k) is kind for k, kind in zip(keys, kinds, strict=True)):
        raise invalid("cursor", N_("is not a cursor of this list"))
    return list(keys)
