"""The screening answers as input: yes or no, one of a question's options, or a number.

Which questions there are, and of which kind, is a matter of the catalogue: see `approvals.filing.questions`.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, field_error
from approvals.history.filing_inputs import AMOUNT, number_of
from workflows.config.catalogue import CatalogueError, load_catalogue
from workflows.config.conditions import CHOICE, YES_NO, Answer, Question


def _schema(question: Question) -> dict[str, Any]:
    if question.kind == YES_NO:
        return {"type": "boolean", "description": question.zh}
    if question.kind == CHOICE:
        return {"type": "string", "examples": list(question.options), "description": question.zh}
    unit = question.unit.zh if question.unit else ""
    return {**AMOUNT, "description": f"{question.zh}（{unit}）"}


def _described() -> dict[str, Any]:
    """The questions of the file, for the description of the API alone: the catalogue in force may be another one."""
    with suppress(CatalogueError):
        return {name: _schema(question) for name, question in load_catalogue().questions.items()}
    return {}


ANSWERS: dict[str, Any] = {
    "type": "object",
    "properties": _described(),
    "additionalProperties": {
        "anyOf": [{"type": "boolean"}, {"type": "string", "maxLength": NAME_LIMIT}, *AMOUNT["anyOf"]]
    },
}
_WORDS: Mapping[str, bool] = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"[-+]?[0-9.,０-９]")  # what begins so is meant as a number: an option is a word


def answer_of(value: object) -> Answer:
    """The answer as JSON writes it, a number with at most two decimals."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str) or len(value) > NAME_LIMIT:
        raise field_error(N_("is not one of the available options"), {})
    text = value.strip()
    return _number(text) if _NUMBER.match(text) else _WORDS.get(text.casefold(), text)


def _number(value: object) -> int | float:
    amount = number_of(value)
    return int(amount) if amount == int(amount) else float(amount)


def _by_name(value: object) -> object:
    """Only texts are names of questions."""
    return {str(name): answer for name, answer in value.items()} if isinstance(value, Mapping) else value


ScreeningAnswers = Annotated[
    dict[str, Annotated[Answer, PlainValidator(answer_of)]], BeforeValidator(_by_name), WithJsonSchema(ANSWERS)
]
