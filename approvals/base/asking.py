"""What somebody asks of a list, in its address."""

from collections.abc import Container

from flask import request

from approvals.base.errors import invalid
from approvals.base.texts import N_, NAME_LIMIT


def asked_text(name: str) -> str:
    """A text to search for; empty when nothing was asked."""
    return request.args.get(name, "").strip()[:NAME_LIMIT]


def asked_choice(name: str, choices: Container[str]) -> str:
    """One of the choices; empty when nothing was asked, Invalid for what is none of them."""
    value = request.args.get(name, "").strip()
    if value and value not in choices:
        raise invalid(name, N_("is not one of the choices"))
    return value


def asked_flag(name: str) -> bool:
    """Whether this was ticked."""
    return request.args.get(name) == "yes"


def asked_cursor() -> str:
    return request.args.get("cursor", "")
