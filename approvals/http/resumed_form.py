"""A form sent after its session had ended: resumed after the sign-in, and sent again if its writer wishes."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import request

FIELD = "carried"
LONGEST = 500_000  # bytes
_OWN = ("csrf_token", FIELD)  # made anew with each page


@dataclass(frozen=True, slots=True)
class Carried:
    """A form that was sent to `address` and not carried out; `packed` is the same as one text, for a hidden field."""

    address: str
    fields: tuple[tuple[str, str], ...]
    packed: str


def carried() -> Carried | None:
    """The form of this request, to be resumed; None unless it is one of our own pages. Files are left out."""
    is_form = request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded"
    is_short = (request.content_length or 0) <= LONGEST
    if not (is_form and is_short and _is_from_here()) or "HX-Request" in request.headers:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    return _packed(request.full_path.rstrip("?"), fields)


def unpacked() -> Carried | None:
    """The form to resume that the sign-in form carries, or None."""
    try:
        address, fields = orjson.loads(request.form.get(FIELD, ""))
        return _packed(address, [(str(name), str(value)) for name, value in fields]) if _is_ours(address) else None
    except (ValueError, TypeError):
        return None


def _packed(address: str, fields: list[tuple[str, str]]) -> Carried | None:
    packed = orjson.dumps((address, fields)).decode()
    return Carried(address, tuple(fields), packed) if len(packed) <= LONGEST else None


def _is_ours(address: Any) -> bool:
    is_path = isinstance(address, str) and address.startswith("/") and not address.startswith(("//", "/\\"))
    return is_path and not urlsplit(address).netloc


def _is_from_here() -> bool:
    """Whether the browser says that the form stood on a page of ours; another site could only have made it up."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
