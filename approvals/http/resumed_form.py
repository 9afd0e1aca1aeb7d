"""Forms sent after the session ended: kept in the page through the sign-in, and sent again if the person wishes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson
from flask import request

FIELD = "carried"
LONGEST = 500_000  # bytes
_OWN = ("csrf_token", FIELD)  # new on each page
# Bytes of a form that is read for a stranger: what is typed, and a phone's photographs beside it, which are left out.
_LONGEST = {"application/x-www-form-urlencoded": LONGEST, "multipart/form-data": 20 * 1024 * 1024}


@dataclass(frozen=True, slots=True)
class ResumableForm:
    """A form that was sent to `address` and not processed; `packed` is the same as one text, for a hidden field."""

    address: str
    fields: tuple[tuple[str, str], ...]
    packed: str


def resumable_form() -> ResumableForm | None:
    """The form of this request, None unless it is one of our own pages; files are left out."""
    is_form = request.method == "POST" and request.mimetype in _LONGEST
    is_short = (request.content_length or 0) <= _LONGEST.get(request.mimetype, 0)
    if not (is_form and is_short and _is_from_here()) or "HX-Request" in request.headers:
        return None
    return own_form()


def own_form() -> ResumableForm | None:
    """The form of this request, whose token was looked at already; None when it is too long. Files are left out."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    return _resumable(request.full_path.rstrip("?"), fields)


def resumed_form() -> ResumableForm | None:
    """The form that the sign-in form contains, if any."""
    try:
        address, fields = orjson.loads(request.form.get(FIELD, ""))
        return _resumable(address, [(str(name), str(value)) for name, value in fields]) if _is_ours(address) else None
    except (ValueError, TypeError):
        return None


def _resumable(address: str, fields: list[tuple[str, str]]) -> ResumableForm | None:
    packed = orjson.dumps((address, fields)).decode()
    return ResumableForm(address, tuple(fields), packed) if len(packed) <= LONGEST else None


def _is_ours(address: object) -> bool:
    if not isinstance(address, str) or not address.startswith("/") or address.startswith(("//", "/\\")):
        return False
    return not urlsplit(address).netloc


def _is_from_here() -> bool:
    """Whether the browser says that the form is from a page of ours; another site could have forged it."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
