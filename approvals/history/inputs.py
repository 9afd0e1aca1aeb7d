"""One pydantic model for each move, made from what the chart says it needs; used by page, JSON and feed alike."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, create_model

from approvals.base.errors import Invalid
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.text_folding import IGNORABLE, fold
from approvals.base.text_validation import NAME_LIMIT, TEXT_LIMIT, field_error, reasons, text_fault
from approvals.history.filing_inputs import Amount, CreditCode, Funding, Phone, ProjectCode, Scale, known_county
from approvals.history.programme_inputs import PROGRAMME_KINDS
from approvals.history.screening_inputs import ScreeningAnswers
from workflows.charts.model import Chart, Need
from workflows.config.city import load_city
from workflows.rules.corrections import CORRECTABLE

MOST_ROWS = 50  # of any list that a person types
REFERENCE_LIMIT = 100  # characters of an external reference
NUMBER_LIKE = re.compile(r"\d{6}-\d{4}-\d{5}")
NO_REFERENCES = frozenset({".", "..", "new"})  # what browsers and our own pages take for another address
UID_LIKE = re.compile(r"p-[0-9a-f]{16}")
ENTRIES_BELOW = 10**9
ENTRY = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "exclusiveMaximum": ENTRIES_BELOW},
        {"type": "string", "enum": list(CORRECTABLE)},
    ]
}
# Messages of pydantic's own errors, in our words.
FAULTS = {
    "missing": N_("is required"),
    "extra_forbidden": N_("is unknown"),
    "string_type": N_("must be text"),
    **dict.fromkeys(("bool_parsing", "bool_type"), N_("must be yes or no")),
    "literal_error": N_("is not one of the available options"),
    "list_type": N_("must be a list"),
    "too_short": N_("needs at least one entry"),
    "too_long": N_("contains too many entries"),
    "dict_type": N_("must be an object of named answers"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), N_("must be a whole number")),
    "greater_than_equal": N_("must be at least %(ge)s"),
    "less_than_equal": N_("must be at most %(le)s"),
    **dict.fromkeys(("model_type", "model_attributes_type"), N_("must be an object of named fields")),
    "string_unicode": N_("contains an incomplete character (a lone surrogate)"),
}


def _checked_text(value: object, *, limit: int, lines: bool) -> object:
    if not isinstance(value, str):
        return value  # pydantic says that it must be text
    cleaned = value.replace("\r\n", "\n").strip()
    if reason := text_fault(cleaned, limit=limit, lines=lines):
        raise field_error(*reason)
    if not fold(cleaned):
        raise field_error(N_("is required"), {})
    return cleaned


def _line(value: object) -> object:
    return _checked_text(value, limit=NAME_LIMIT, lines=False)


def _text(value: object) -> object:
    return _checked_text(value, limit=TEXT_LIMIT, lines=True)


def _whole(value: object) -> object:
    if isinstance(value, bool):
        raise field_error(N_("must be a whole number"), {})
    return value


def _entry(value: object) -> int | str:
    """The number of an entry, or the name of a move: its last entry."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value < ENTRIES_BELOW:
        return value
    if isinstance(value, str) and (value in CORRECTABLE or re.fullmatch(r"[1-9][0-9]{0,8}", value)):
        return int(value) if value.isdigit() else value
    raise field_error(N_("must be the number of an entry or the name of a dated action"), {})


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise field_error(N_("must be a date such as 2026-03-02"), {})
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise field_error(N_("must be a date such as 2026-03-02"), {}) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise field_error(N_("must be between 2000 and 2100"), {})
    return day


def _category(value: object) -> object:
    if isinstance(value, str) and value not in load_city().categories:
        raise field_error(N_("is not one of the available options"), {})
    return value


def _reference(value: object) -> object:
    value = _line(value)
    if isinstance(value, str):
        if len(value) > REFERENCE_LIMIT or re.search(r"[\s/\\?#%]", value):
            raise field_error(N_("must have at most 100 characters, without spaces and without / \\ ? # %%"), {})
        if NUMBER_LIKE.fullmatch(value) or UID_LIKE.fullmatch(value):
            raise field_error(N_("has the format of a registration number"), {})
        if value in NO_REFERENCES:
            raise field_error(N_("has a special meaning in URLs"), {})
    return value


def _rows(value: object) -> object:
    """A page sends rows that were left empty; they are no rows."""
    if isinstance(value, list):
        return [row for row in value if row not in ("", None) and not _is_blank(row)]
    return value


def _is_blank(row: object) -> bool:
    return isinstance(row, Mapping) and all(not str(part or "").strip() for part in row.values())


def _schema(**schema: Any) -> Any:
    """The JSON schema of a kind for the description of the API; the validators check the value."""
    return Field(json_schema_extra=schema)


# What `text_fault` takes, as a pattern: no control characters or turns of direction, and something to be read.
_REFUSED = r"\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
_LINE = rf"[^\x00-\x1f{_REFUSED}]*"
_TEXT = rf"[^\x00-\x08\x0b\x0c\x0e-\x1f{_REFUSED}]*"
_UNSEEN = rf"\s\u2800{IGNORABLE}\x00-\x1f{_REFUSED}"
_VISIBLE = rf"[^{_UNSEEN}]"
_REFERENCE = rf"[^\s/\\?#%\x00-\x1f{_REFUSED}]*"
Line = Annotated[
    str,
    BeforeValidator(_line),
    _schema(minLength=1, maxLength=NAME_LIMIT, pattern=f"^{_LINE}{_VISIBLE}{_LINE}$"),
]
Text = Annotated[
    str,
    BeforeValidator(_text),
    _schema(minLength=1, maxLength=TEXT_LIMIT, pattern=f"^{_TEXT}{_VISIBLE}{_TEXT}$"),
]
Row = ConfigDict(extra="forbid", frozen=True)


class NoticeItem(BaseModel):
    """One missing material of a one-time notice: what is wrong and how to mend it."""

    model_config = Row
    material: Line
    problem: Text
    remedy: Text


class MaterialInput(BaseModel):
    """A material handed in, with the document that it is when it was uploaded."""

    model_config = Row
    name: Line
    document: Line | None = None


def _material(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _evidence_ref(value: object) -> object:
    """A reference; a piece of evidence as a move holds it names its own."""
    return value.get("ref") if isinstance(value, Mapping) else value


def _rows_of(row: Any, least: int) -> Any:
    return Annotated[list[row], BeforeValidator(_rows), Field(min_length=least, max_length=MOST_ROWS)]


KINDS: dict[str, Any] = {
    **dict.fromkeys(
        ("line", "procedure", "liaison", "department", "unit", "item_no", "person", "item", "handler"), Line
    ),
    "document": Line,
    "text": Text,
    "texts": _rows_of(Text, 1),
    "names": _rows_of(Line, 0),
    "evidence": _rows_of(Annotated[Line, BeforeValidator(_evidence_ref)], 0),
    "flag": bool,
    "day": Annotated[date, BeforeValidator(_day), _schema(pattern="^(20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$")],
    "days": Annotated[int, Field(ge=1, le=366), BeforeValidator(_whole)],
    "entry": Annotated[int | str, BeforeValidator(_entry), WithJsonSchema(ENTRY)],
    "level": Annotated[int, Field(ge=1, le=4), BeforeValidator(_whole)],
    "money": Amount,
    "category": Annotated[str, BeforeValidator(_category), _schema(enum=list(load_city().categories))],
    "county": Annotated[str, BeforeValidator(known_county), _schema(enum=list(load_city().counties))],
    "project_code": ProjectCode,
    "credit_code": CreditCode,
    "phone": Phone,
    "scale": Scale,
    "funding": Funding,
    "answers": ScreeningAnswers,
    "materials": _rows_of(Annotated[MaterialInput, BeforeValidator(_material)], 0),
    "notice_items": _rows_of(NoticeItem, 1),
    **PROGRAMME_KINDS,
    "external_ref": Annotated[
        str,
        BeforeValidator(_reference),
        _schema(
            minLength=1,
            maxLength=REFERENCE_LIMIT,
            pattern=rf"^{_REFERENCE}[^/\\?#%{_UNSEEN}]{_REFERENCE}$",
        ),
    ],
}


@cache
def input_model(chart: Chart, move: str) -> type[BaseModel]:
    """The model of what this move needs; unknown fields are forbidden."""
    fields: Any = {need.name: _field(need) for need in chart.move(move).needs}
    return create_model(f"{chart.name}_{move}", __config__=Row, **fields)


def _field(need: Need) -> tuple[Any, Any]:
    kind = Literal[need.options] if need.kind == "choice" else KINDS[need.kind]
    if need.required:
        return kind, Field(description=need.en)
    return kind | None, Field(default=None, description=need.en)


def check_input(chart: Chart, move: str, values: Mapping[str, object]) -> dict[str, Any]:
    """The input of this move as checked values; Invalid names each field that is wrong."""
    model = input_model(chart, move)
    try:
        checked = model.model_validate(dict(values))
    except ValidationError as error:
        raise Invalid(field_reasons(error)) from None
    except UnicodeEncodeError:
        raise Invalid({"with": [(FAULTS["string_unicode"], {})]}) from None
    return {name: _plain(getattr(checked, name)) for name in checked.model_fields_set}


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    return [_plain(row) for row in value] if isinstance(value, list) else value


def field_reasons(error: ValidationError) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """The reasons for each field that is wrong, in our words."""
    return reasons(error, FAULTS)
