"""What a filing says beside texts: amounts, codes, a scale with its unit, the investment by source, a telephone."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, field_error
from workflows.charts.filing_fields import FUNDING_SOURCES, SCALE_UNITS
from workflows.config.city import load_city
from workflows.rules import codes
from workflows.rules.amounts import plain_number, ten_thousand_yuan

MONEY_BELOW = Decimal(10**9)  # 10,000 yuan; also the limit of a scale
AMOUNT = {
    "anyOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": int(MONEY_BELOW)},
        {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$"},
    ]
}
ROW = ConfigDict(extra="forbid", frozen=True)
_PHONE = re.compile(r"\+?[0-9(][0-9() -]*")
_PHONE_DIGITS = range(7, 21)


def amount_of(value: object) -> Decimal:
    """An amount of money in 10,000 yuan, whose text may have a unit of its own."""
    amount = ten_thousand_yuan(value) if isinstance(value, str) else decimal_of(value)
    if amount is None:
        raise field_error(N_("must be an amount in 10,000 yuan such as 1850 or 1,850.50, or with a unit: 1.2亿元"), {})
    return _limited(amount)


def number_of(value: object) -> Decimal:
    """A number without a unit."""
    amount = plain_number(value) if isinstance(value, str) else decimal_of(value)
    if amount is None:
        raise field_error(N_("must be a number such as 1850 or 1,850.50, without a unit"), {})
    return _limited(amount)


def decimal_of(value: object) -> Decimal | None:
    """The number that JSON or a sheet has; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    amount = Decimal(str(value))
    return amount if amount.is_finite() else None


def _limited(amount: Decimal) -> Decimal:
    if not 0 <= amount < MONEY_BELOW:
        raise field_error(N_("must be at least 0 and below 1,000,000,000"), {})
    if amount != amount.quantize(Decimal("0.01")):
        raise field_error(N_("must have at most two decimal places"), {})
    return amount.quantize(Decimal("0.01"))


def _above_nothing(value: object) -> Decimal:
    amount = number_of(value)
    if not amount:
        raise field_error(N_("must be above 0"), {})
    return amount


def known_county(value: object) -> object:
    """One of the city's counties."""
    if isinstance(value, str) and value not in load_city().counties:
        raise field_error(N_("is not one of the available options"), {})
    return value


def _project_code(value: object) -> object:
    if not isinstance(value, str):
        return value
    code = codes.project_code(value[:NAME_LIMIT])
    if code is None:
        raise field_error(N_("is not a national project code: 24 characters, such as 2604-510400-04-01-123456"), {})
    return code


def _credit_code(value: object) -> object:
    if not isinstance(value, str):
        return value
    code = codes.credit_code(value[:NAME_LIMIT])
    if code is None:
        raise field_error(
            N_("is not a unified social credit code: 18 characters, the last of which is a check character"), {}
        )
    return code


def _phone(value: object) -> object:
    if not isinstance(value, str):
        return value
    number = " ".join(unicodedata.normalize("NFKC", value).split())
    digits = sum(character.isdigit() for character in number)
    if not _PHONE.fullmatch(number) or digits not in _PHONE_DIGITS:
        raise field_error(N_("must be a telephone number, such as 13812345678 or 0812-3332211"), {})
    return number


def _sources(value: object) -> object:
    """An amount of nothing is no source; Invalid without any."""
    if not isinstance(value, Mapping):
        return value
    sources = {name: amount for name, amount in value.items() if amount not in (None, "") and not _is_nothing(amount)}
    if not sources:
        raise field_error(N_("needs at least one entry"), {})
    return sources


def _is_nothing(amount: object) -> bool:
    return (ten_thousand_yuan(amount) if isinstance(amount, str) else decimal_of(amount)) == 0


class ScaleInput(BaseModel):
    """How large the works are: an amount above 0 and its unit."""

    model_config = ROW
    amount: Annotated[Decimal, BeforeValidator(_above_nothing), WithJsonSchema(AMOUNT)]
    unit: Literal[tuple(SCALE_UNITS)]  # type: ignore[valid-type]


_SOURCE: Any = (Annotated[Decimal, BeforeValidator(amount_of), WithJsonSchema(AMOUNT)] | None, None)
FundingInput = create_model("FundingInput", __config__=ROW, **dict.fromkeys(FUNDING_SOURCES, _SOURCE))

Amount = Annotated[Decimal, BeforeValidator(amount_of), WithJsonSchema(AMOUNT)]
ProjectCode = Annotated[
    str,
    BeforeValidator(_project_code),
    Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}$"}),
]
CreditCode = Annotated[str, BeforeValidator(_credit_code), Field(json_schema_extra={"minLength": 18, "maxLength": 18})]
Phone = Annotated[str, BeforeValidator(_phone), Field(json_schema_extra={"pattern": r"^\+?[0-9(][0-9() -]{6,29}$"})]
Scale = ScaleInput
Funding = Annotated[FundingInput, BeforeValidator(_sources)]
