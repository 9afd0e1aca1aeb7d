"""Checks of text, fields and whole numbers that come in; what they refuse is said as msgid and parameters."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from approvals.base.errors import Invalid, NotFound
from approvals.base.i18n import N_
from approvals.base.text_folding import fold

NAME_LIMIT = 200  # characters of a name or any single line
TEXT_LIMIT = 4000  # characters of a text
LONGEST_ID = 18  # digits of a row's id
STRICT = ConfigDict(extra="forbid", frozen=True)
MESSAGES = {
    "missing": N_("is required"),
    "extra_forbidden": N_("is unknown"),
    "literal_error": N_("is not one of the available options"),
    "string_pattern_mismatch": N_("contains characters that are not allowed"),
}  # for pydantic's own errors

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
M = TypeVar("M", bound=BaseModel)


def text_fault(value: str, *, limit: int, lines: bool) -> tuple[str, dict[str, object]] | None:
    """Why this text is refused, as msgid and parameters, or None."""
    if _SURROGATE.search(value):
        return N_("contains an incomplete character (a lone surrogate)"), {}
    if _CONTROL.search(value) or _BIDI.search(value):
        return N_("contains a control character"), {}
    if not lines and ("\n" in value or "\r" in value or "\t" in value):
        return N_("must be a single line"), {}
    if len(value) > limit:
        return N_("must have at most %(limit)s characters"), {"limit": limit}
    return None


def field_error(message: str, params: Mapping[str, object]) -> PydanticCustomError:
    """A validation error with a msgid and its parameters."""
    return PydanticCustomError("ours", "{msgid}", {"msgid": message, "params": dict(params)})


def _line(value: object) -> object:
    if not isinstance(value, str):
        return value
    cleaned = value.strip()
    reason = text_fault(cleaned, limit=NAME_LIMIT, lines=False) or (None if fold(cleaned) else (N_("is required"), {}))
    if reason:
        raise field_error(*reason)
    return cleaned


Line = Annotated[str, BeforeValidator(_line)]


def read_fields(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as this model; Invalid names each field that is wrong."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise Invalid(reasons(error, MESSAGES)) from None


def reasons(error: ValidationError, messages: Mapping[str, str]) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """The reasons for each wrong field, as msgid and parameters; `messages` are for pydantic's own errors."""
    fields: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        context: dict[str, Any] = detail.get("ctx", {})
        params = context.get("params", {}) if detail["type"] == "ours" else context
        message = context.get("msgid") or messages.get(detail["type"], N_("cannot be read"))
        name = ".".join(map(str, detail["loc"])) or "with"  # the set of fields as a whole
        fields.setdefault(name.encode("utf-8", "replace").decode(), []).append((message, params))
    return fields


def whole_number(text: str, digits: int) -> int | None:
    """The number written with at most so many plain digits; None for any other text, such as signs or blanks."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def address_number(text: str, digits: int = LONGEST_ID) -> int:
    """The number in an address; NotFound for any other text."""
    number = whole_number(text, digits)
    if number is None:
        raise NotFound
    return number
