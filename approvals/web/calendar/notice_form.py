"""The holiday notice of a form: uploaded as a file, as text, or typed in fields; all three become the same text."""

from flask import request
from werkzeug.datastructures import FileStorage

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.calendar.actions import checked_notices
from approvals.web.forms import FormInput, form_fields, form_rows, remember_input
from approvals.web.sent_text import text_of_file, typed_text
from workflows.clock.holiday_notices import CalendarError
from workflows.clock.typed_notice import TypedNotice, write_notice

LARGEST = 64 * 1024  # bytes; the notice of a year has some two thousand
ROWS = {"days_off": ("first", "last", "name", "en"), "makeup_workdays": ("day",)}


def sent_notice() -> str:
    """The text of the submitted notice; Invalid names the line, or the row of the form. The input is remembered."""
    if file := request.files.get("notice"):
        return _checked(_text_of(file))
    if "year" in request.form:
        return _typed()
    return _checked(sent_text())


def sent_text() -> str:
    """The text in the form."""
    return typed_text("notice", LARGEST)


def _checked(text: str) -> str:
    remember_input({"text": text})
    checked_notices(text)
    return text


def _text_of(file: FileStorage) -> str:
    text = text_of_file(file, "notice", LARGEST)
    if not text:
        raise invalid("notice", N_("Select the file of the notice."))
    return text


def typed_rows() -> FormInput:
    """The fields of the form, remembered for the page that is shown when it is refused."""
    rows = {name: [row for row in form_rows(name) if set(row) & set(parts)] for name, parts in ROWS.items()}
    return remember_input({**form_fields("year", "source"), **rows})


def _typed() -> str:
    fields = typed_rows()
    if not fields["days_off"]:
        raise invalid("days_off", N_("contains no day off"))
    written = write_notice(
        fields.get("year", ""), fields.get("source", ""), fields["days_off"], fields["makeup_workdays"]
    )
    return _right(written)


def _right(written: TypedNotice) -> str:
    try:
        return written.check()
    except CalendarError as error:
        field, error.line = written.field_of(error), None
        raise invalid(field, N_("%(reason)s"), reason=error) from None
