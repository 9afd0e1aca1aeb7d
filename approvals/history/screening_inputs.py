"""The screening answers as input: yes or no, one of a question's options, or a number."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, WithJsonSchema, create_model

from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, field_error
from approvals.history.filing_inputs import AMOUNT, ROW, amount_of
from workflows.config.catalogue import load_catalogue
from workflows.config.conditions import CHOICE, YES_NO, Question


def _schema(question: Question) -> dict[str, Any]:
    if question.kind == YES_NO:
        return {"type": "boolean", "description": question.zh}
    if question.kind == CHOICE:
        return {"type": "string", "enum": list(question.options), "description": question.zh}
    unit = question.unit.zh if question.unit else ""
    return {**AMOUNT, "description": f"{question.zh}（{unit}）"}


ANSWERS = {
    "type": "object",
    "properties": {name: _schema(question) for name, question in load_catalogue().questions.items()},
    "additionalProperties": False,
}


def _number(value: object) -> int | float:
    """The number as JSON writes it; at most two decimals."""
    amount = amount_of(value)
    return int(amount) if amount == int(amount) else float(amount)


def _known(value: object) -> object:
    if isinstance(value, Mapping):
        unknown = [str(name) for name in value if name not in load_catalogue().questions]
        if unknown:
            raise field_error(N_("contains an unknown question: %(name)s"), {"name": unknown[0][:NAME_LIMIT]})
    return value


def _type(question: Question) -> Any:
    if question.kind == YES_NO:
        return bool
    return (
        Literal[tuple(question.options)]
        if question.kind == CHOICE
        else Annotated[int | float, BeforeValidator(_number)]
    )


_FIELDS: Any = {name: (_type(question), None) for name, question in load_catalogue().questions.items()}
AnswersInput: type[BaseModel] = create_model("AnswersInput", __config__=ROW, **_FIELDS)
ScreeningAnswers = Annotated[AnswersInput, BeforeValidator(_known), WithJsonSchema(ANSWERS)]
