"""Keyset paging: a cursor names the last row seen, so that a deep page costs what the first one does."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import orjson

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import TEXT_LIMIT, text_fault

T = TypeVar("T")
U = TypeVar("U")
PAGE = 50  # rows of a page
MOST = 200  # rows that may be asked for at once
LARGEST = 2**63 - 1  # key of a row on both engines


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_cursor: str | None

    def shown(self, rows: Sequence[U]) -> "Page[U]":
        """The same page with its rows as they are shown."""
        return Page(rows, self.next_cursor)


def write_cursor(*keys: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def read_cursor(cursor: str, kinds: tuple[type, ...]) -> list[object]:
    """The keys in a cursor, each of its kind (None allowed); Invalid when it is none of ours."""
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        keys = None
    fits = isinstance(keys, list) and len(keys) == len(kinds)
    if not fits or not all(map(_fits, keys, kinds)):
        raise invalid("cursor", N_("is not a cursor of this list"))
    return list(keys)


def _fits(key: object, kind: type) -> bool:
    """Whether a key is one that we may have written; databases stumble over what is none."""
    if isinstance(key, int) and not -LARGEST <= key <= LARGEST:
        return False
    if isinstance(key, str) and text_fault(key, limit=TEXT_LIMIT, lines=False):
        return False
    return key is None or type(key) is kind


def page_of(rows: Sequence[T], limit: int, *keys: str) -> Page[T]:
    """A page of rows of which one more than the limit was read; the cursor has these keys of the last one on it."""
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], write_cursor(*(getattr(last, key) for key in keys)))


def part_of(rows: Sequence[T], cursor: str, limit: int = PAGE) -> Page[T]:
    """A page of a list that is whole in memory; the cursor counts the rows before it."""
    start = max(0, cast(int, read_cursor(cursor, (int,))[0])) if cursor else 0
    following = start + limit
    return Page(rows[start:following], write_cursor(following) if following < len(rows) else None)
