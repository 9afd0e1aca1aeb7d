"""Text that comes in: what is refused at the door, and how a message is marked for translation."""

import re

NAME_LIMIT = 200  # characters of a name or any single line
TEXT_LIMIT = 4000  # characters of a text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def N_(message: str) -> str:  # gettext's customary name
    """Mark a message for extraction; it is translated where it is shown."""
    return message


def text_fault(value: str, *, limit: int, lines: bool) -> tuple[str, dict[str, object]] | None:
    """Why this text is refused, as msgid and parameters, or None."""
    if _SURROGATE.search(value):
        return N_("contains half a character (a lone surrogate)"), {}
    if _CONTROL.search(value) or _BIDI.search(value):
        return N_("contains a control character"), {}
    if not lines and ("\n" in value or "\r" in value or "\t" in value):
        return N_("must be a single line"), {}
    if len(value) > limit:
        return N_("is longer than %(limit)s characters"), {"limit": limit}
    return None
