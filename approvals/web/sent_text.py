"""A text that a form sends, as a file or typed, and the edition that its preview showed: of a notice, a catalogue."""

from flask import request
from werkzeug.datastructures import FileStorage

from approvals.base.encoding import decoded
from approvals.base.errors import Invalid, Unreadable, invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import whole_number


def text_of_file(file: FileStorage, field: str, most: int) -> str:
    """The text of an uploaded file of at most `most` bytes; Invalid, at `field`, for more or another encoding."""
    content = file.read(most + 1)
    if len(content) > most:
        raise _too_large(field, most)
    try:
        return decoded(content)
    except Unreadable as fault:
        raise invalid(field, fault.message) from None


def typed_text(field: str, most: int) -> str:
    """The text in the form, with plain line ends; Invalid, at `field`, for more than `most` bytes."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text.encode()) > most:
        raise _too_large(field, most)
    return text


def edition_looked_at() -> int:
    """The edition that stood when the preview was made; -1 without one."""
    edition = whole_number(request.form.get("edition", ""), digits=9)
    return -1 if edition is None else edition


def _too_large(field: str, most: int) -> Invalid:
    return invalid(field, N_("is larger than %(most)s KB"), most=most // 1024)
