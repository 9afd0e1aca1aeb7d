"""The fields of a policy in a form: what was typed into them, beside the policy's text."""

from collections.abc import Mapping
from typing import Any

from flask import request

from approvals.base.encoding import decoded
from approvals.base.errors import Unreadable, invalid
from approvals.base.i18n import N_
from approvals.supervision.policy_form import policy_fields
from approvals.supervision.policy_values import Typed, policy_with, typed_policy
from workflows.config.policy import PolicyError

LONGEST = 100_000  # characters of a policy
SEVERAL = "months"  # the kind of a field with several values
BROKEN = N_("Invalid policy: %(reason)s")
BOTH = N_("The text was changed as well as the fields. Take back one of them, so that it is clear which is meant.")


def typed_fields() -> dict[str, Typed]:
    """What the form has of the policy's fields, by name; nothing of a form without them."""
    single = {field.name: request.form[field.name] for field in policy_fields() if field.name in request.form}
    if not single:
        return {}
    several = [field.name for field in policy_fields() if field.kind == SEVERAL]
    return single | {name: tuple(request.form.getlist(name)) for name in several}


def form_values(typed: Mapping[str, Typed]) -> dict[str, Any]:
    """The values as a form has them: those of a section by their own names."""
    values: dict[str, Any] = {}
    for name, value in typed.items():
        section, dot, own = name.partition(".")
        if dot:
            values.setdefault(section, {})[own] = value
        else:
            values[name] = value
    return values


def sent_text(name: str) -> str:
    """A text of the form, with plain line ends."""
    return request.form.get(name, "").replace("\r\n", "\n")[:LONGEST]


def policy_text() -> str:
    """The uploaded policy, else the typed one."""
    file = request.files.get("file")
    raw = file.read(4 * LONGEST) if file and file.filename else b""
    if not raw:
        return sent_text("text")
    try:
        return decoded(raw)[:LONGEST]
    except Unreadable as fault:
        raise invalid("text", fault.message) from None


def asked_policy(text: str, typed: Mapping[str, Typed]) -> str:
    """The text that is meant: the one that was typed, or the one it was with the fields that were changed in it.

    Invalid where both were changed, and at each field that is wrong.
    """
    base = sent_text("base") or text
    try:
        by_fields = policy_with(base, typed) if typed else base
        if by_fields == base:
            typed_policy(text)
            return text
    except PolicyError as error:
        raise invalid("text", BROKEN, reason=str(error)) from None
    if text not in (base, by_fields):
        raise invalid("text", BOTH)
    return by_fields
