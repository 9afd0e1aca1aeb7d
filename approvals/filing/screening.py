"""Which answer of a filing brings or spares which approval."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from approvals.catalogue.queries import catalogue_of, known_questions
from approvals.filing.views import ProjectView
from workflows.config.catalogue import Catalogue, Item
from workflows.config.conditions import PLANNED, YES_NO, Answer, Answers, Question, Screening, Verdict
from workflows.label import Label
from workflows.rules.amounts import plain_number, ten_thousand_yuan

OPEN_YES_NO = Label("未答，视为否", "left open, counts as no")
OPEN = Label("未答，暂按需要办理", "left open, counts as needed")
NOT_ASKED = Label("不涉及", "not asked")
INVESTMENT = Question(PLANNED, "计划投资", "Planned investment", "number", unit=Label("万元", "× 10k yuan"))


@dataclass(frozen=True, slots=True)
class AnswerEffect:
    """One question with its answer in words, and the approvals that it brings and spares, alone or with others."""

    question: Question
    answer: Label
    is_asked: bool
    brings: tuple[Item, ...]
    spares: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ItemEffect:
    """An approval that hangs on answers, and those that decided; `is_open` while one of them is missing."""

    item: Item
    reasons: tuple[AnswerEffect, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """What answers lead to: question by question, and by the approvals that they bring and spare.

    `always` counts the approvals that hang on no answer, `count` all that are to come.
    """

    effects: tuple[AnswerEffect, ...]
    brought: tuple[ItemEffect, ...]
    spared: tuple[ItemEffect, ...]
    always: int

    @property
    def count(self) -> int:
        return self.always + len(self.brought)

    @property
    def answers(self) -> tuple[AnswerEffect, ...]:
        """The questions that are asked, without the investment, which no question asks for."""
        return tuple(effect for effect in self.effects if effect.is_asked and effect.question is not INVESTMENT)

    @property
    def not_asked(self) -> tuple[str, ...]:
        """The names of the questions that these answers make pointless."""
        return tuple(effect.question.name for effect in self.effects if not effect.is_asked)


def screening_of(tx: Connection, project: ProjectView, on: date) -> ScreeningView:
    """What the answers of a project lead to by its catalogue; what was answered under an earlier one leads to nothing,
    but is shown."""
    catalogue = catalogue_of(tx, project, on)
    view = screening_view(catalogue, project.answers, project.planned_10k_yuan)
    return replace(view, effects=(*view.effects, *_earlier(tx, catalogue, project.answers)))


def _earlier(tx: Connection, catalogue: Catalogue, answers: Answers) -> Iterator[AnswerEffect]:
    """The answers, other than no, to questions that this catalogue does not ask."""
    names = [name for name, answer in answers.items() if answer is not False and name not in catalogue.questions]
    known = known_questions(tx) if names else {}
    for name in names:
        question = replace(known.get(name, Question(name, name, name)), asked_when=None)
        yield AnswerEffect(question, _in_words(question, Screening({}, answers)), True, (), ())


def screening_view(catalogue: Catalogue, answers: Answers, planned_10k_yuan: Decimal | None) -> ScreeningView:
    """What these answers lead to."""
    screening = catalogue.screening(answers, planned_10k_yuan)
    verdicts = {
        item.code: screening.verdict(item.applies_when) for item in catalogue.items.values() if item.applies_when
    }
    questions = (*catalogue.questions.values(), INVESTMENT)
    effects = {question.name: _effect(question, screening, catalogue, verdicts) for question in questions}
    items = [_item_effect(catalogue.items[code], verdict, effects) for code, verdict in verdicts.items()]
    return ScreeningView(
        tuple(effects.values()),
        brought=tuple(item for item in items if verdicts[item.item.code].holds is not False),
        spared=tuple(item for item in items if verdicts[item.item.code].holds is False),
        always=len(catalogue.items) - len(verdicts),
    )


def _effect(
    question: Question, screening: Screening, catalogue: Catalogue, verdicts: dict[str, Verdict]
) -> AnswerEffect:
    own = {code: verdict.holds is False for code, verdict in verdicts.items() if question.name in verdict.because}
    return AnswerEffect(
        question,
        _in_words(question, screening),
        screening.asked(question.name).holds is not False,
        brings=tuple(catalogue.items[code] for code, is_spared in own.items() if not is_spared),
        spares=tuple(catalogue.items[code] for code, is_spared in own.items() if is_spared),
    )


def _item_effect(item: Item, verdict: Verdict, effects: dict[str, AnswerEffect]) -> ItemEffect:
    reasons: Iterable[AnswerEffect] = (effect for name, effect in effects.items() if name in verdict.because)
    return ItemEffect(item, tuple(reasons), verdict.holds is None)


def _in_words(question: Question, screening: Screening) -> Label:
    if screening.asked(question.name).holds is False:
        return NOT_ASKED
    answer = screening.answer(question.name)
    if answer is None:
        return OPEN_YES_NO if question.kind == YES_NO else OPEN
    return question.in_words(answer)


def readable_answers(catalogue: Catalogue, typed: Answers) -> dict[str, Answer]:
    """The typed answers that can be read already, for a look at what they lead to while others are being typed."""
    readable: dict[str, Answer] = {}
    for name, question in catalogue.questions.items():
        answer = typed.get(name)
        if question.unit:
            number = readable_number(answer)
            readable |= {name: float(number)} if number is not None else {}
        elif isinstance(answer, bool) if question.kind == YES_NO else answer in question.options:
            readable[name] = typed[name]
    return readable


def readable_amount(typed: object) -> Decimal | None:
    """The money that was typed, in 10,000 yuan; None while it is none."""
    return _unsigned(ten_thousand_yuan(str(typed)))


def readable_number(typed: object) -> Decimal | None:
    """The number that was typed, None while it is none."""
    return _unsigned(plain_number(str(typed)))


def _unsigned(number: Decimal | None) -> Decimal | None:
    return number if number is not None and number >= 0 else None
