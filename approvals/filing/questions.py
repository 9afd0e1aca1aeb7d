"""The screening questions of a filing: those of its catalogue, and those that it answered under an earlier one."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from approvals.base.errors import Invalid, invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT
from approvals.catalogue.queries import known_questions
from approvals.history.screening_inputs import answer_of
from workflows.config.catalogue import Catalogue
from workflows.config.conditions import CHOICE, YES_NO, Answer, Answers, Question

Faults = dict[str, list[tuple[str, dict[str, object]]]]


def check_questions(tx: Connection, answers: Answers, before: Answers, catalogue: Catalogue) -> None:
    """Invalid for an answer that does not fit its question, or to one that no edition of the catalogue asks.

    What this catalogue no longer asks has no effect; the systems of others may send it for a while. What was answered
    before may stay.
    """
    questions = catalogue.questions
    if new := [name for name in answers if name not in questions and answers[name] != before.get(name)]:
        questions = {**known_questions(tx), **questions}
        if unknown := [name for name in new if name not in questions]:
            raise invalid("answers", N_("contains an unknown question: %(name)s"), name=min(unknown)[:NAME_LIMIT])
    if faults := answer_faults(questions, answers, before):
        raise Invalid(faults)


def answer_faults(questions: Mapping[str, Question], answers: Answers, before: Answers) -> Faults:
    """Why each of these answers, as typed, does not fit its question; what was answered before may stay."""
    return {f"answers.{name}": [(why, {})] for name, why in _misfits(questions, answers, before)}


def _misfits(questions: Mapping[str, Question], answers: Answers, before: Answers) -> Iterator[tuple[str, str]]:
    for name, typed in answers.items():
        answer = _readable(typed)
        is_new = name not in before or answer != before[name]
        if name in questions and is_new and (why := _misfit(questions[name], answer)):
            yield name, why


def _misfit(question: Question, answer: Answer | None) -> str:
    if question.kind == YES_NO:
        return "" if isinstance(answer, bool) else N_("must be yes or no")
    if question.kind == CHOICE:
        is_option = isinstance(answer, str) and answer in question.options
        return "" if is_option else N_("is not one of the available options")
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return "" if is_number else N_("must be a valid amount")


def _readable(typed: object) -> Answer | None:
    try:
        return answer_of(typed)
    except ValueError:
        return None
