"""What somebody asks of a list, in its address."""

from collections.abc import Container
from datetime import date

from flask import request

from approvals.base.errors import invalid
from approvals.base.i18n import N_, known_language
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.text_validation import NAME_LIMIT


def asked_text(name: str) -> str:
    """A text to search for; empty when nothing was asked."""
    return request.args.get(name, "").strip()[:NAME_LIMIT]


def asked_choice(name: str, choices: Container[str]) -> str:
    """One of the choices; empty when nothing was asked, Invalid for what is none of them."""
    value = request.args.get(name, "").strip()
    if value and value not in choices:
        raise invalid(name, N_("is not one of the available options"))
    return value


def asked_flag(name: str) -> bool:
    """Whether this was ticked."""
    return request.args.get(name) == "yes"


def asked_day(name: str, default: date) -> date:
    """The day that is asked about; Invalid for what is no day that the product knows."""
    text = request.args.get(name, "").strip()
    try:
        found = date.fromisoformat(text) if text else default
    except ValueError:
        raise invalid(name, N_("must be a date such as 2026-03-02")) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise invalid(name, N_("must be between 2000 and 2100"))
    return found


def asked_language(name: str, default: str) -> str:
    """The language that is asked for; Invalid for none of ours."""
    found = known_language(request.args.get(name, default))
    if found is None:
        raise invalid(name, N_("is not one of the available options"))
    return found


def asked_cursor() -> str:
    return request.args.get("cursor", "")
