"""Query parameters of lists."""

from collections.abc import Container, Mapping
from datetime import date

from flask import request

from approvals.base.errors import invalid
from approvals.base.i18n import N_, known_language
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.text_validation import NAME_LIMIT


def query_text(name: str) -> str:
    """A text to search for, empty when absent."""
    return read_text(request.args, name)


def read_text(query: Mapping[str, str], name: str) -> str:
    """A text of this query, as `query_text`."""
    return query.get(name, "").strip()[:NAME_LIMIT]


def query_choice(name: str, choices: Container[str]) -> str:
    """One of the choices, empty when absent; Invalid for any other value."""
    return read_choice(request.args, name, choices)


def read_choice(query: Mapping[str, str], name: str, choices: Container[str]) -> str:
    """One of the choices in this query, as `query_choice`."""
    value = query.get(name, "").strip()
    if value and value not in choices:
        raise invalid(name, N_("is not one of the available options"))
    return value


def query_flag(name: str) -> bool:
    """Whether the box was ticked."""
    return request.args.get(name) == "yes"


def query_day(name: str, default: date) -> date:
    """A day, `default` when absent; Invalid for anything but a day of a supported year."""
    return read_day(name, request.args.get(name, "").strip(), default)


def read_day(name: str, text: str, default: date) -> date:
    """The day of this text of a field, `default` when it is empty; Invalid as `query_day`."""
    try:
        day = date.fromisoformat(text) if text else default
    except ValueError:
        raise invalid(name, N_("must be a date such as 2026-03-02")) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise invalid(name, N_("must be between 2000 and 2100"))
    return day


def query_language(name: str, default: str) -> str:
    """A language, `default` when absent; Invalid for an unsupported one."""
    language = known_language(request.args.get(name, default))
    if language is None:
        raise invalid(name, N_("is not one of the available options"))
    return language


def query_cursor() -> str:
    return request.args.get("cursor", "")


def next_page() -> str | None:
    """The page to continue with, if it is one of ours."""
    address = request.values.get("next", "")
    return address if is_local(address) else None


def is_local(address: str) -> bool:
    """Whether this is an address within the service: a path, which no browser takes for another host."""
    is_path = address.startswith("/") and not address.startswith("//")
    return is_path and address.isprintable() and "\\" not in address
