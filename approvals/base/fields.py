"""Fields of forms that belong to no chart: checked text, and pydantic's complaints in our words."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from approvals.base.errors import Invalid
from approvals.base.text_validation import N_, NAME_LIMIT, text_fault

M = TypeVar("M", bound=BaseModel)
STRICT = ConfigDict(extra="forbid", frozen=True)
FAULTS = {
    "missing": N_("is needed"),
    "extra_forbidden": N_("is not known here"),
    "literal_error": N_("is not one of the choices"),
    "string_pattern_mismatch": N_("has characters that are not allowed here"),
}


def fault(message: str, params: Mapping[str, object]) -> PydanticCustomError:
    """A complaint in our own words: a msgid and its parameters."""
    return PydanticCustomError("ours", "{msgid}", {"msgid": message, "params": dict(params)})


def _line(value: object) -> object:
    if not isinstance(value, str):
        return value
    cleaned = value.strip()
    found = text_fault(cleaned, limit=NAME_LIMIT, lines=False) or (None if cleaned else (N_("is needed"), {}))
    if found:
        raise fault(*found)
    return cleaned


Line = Annotated[str, BeforeValidator(_line)]


def read(model: type[M], given: Mapping[str, Any]) -> M:
    """What was given as this model; Invalid names each field that is wrong."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        raise Invalid(_reasons(error)) from None


def _reasons(error: ValidationError) -> dict[str, list[tuple[str, dict[str, object]]]]:
    found: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for one in error.errors(include_url=False, include_input=False):
        context: dict[str, Any] = one.get("ctx", {}) if one["type"] == "ours" else {}
        message = context.get("msgid") or FAULTS.get(one["type"], N_("cannot be read"))
        found.setdefault(".".join(map(str, one["loc"])), []).append((message, context.get("params", {})))
    return found
