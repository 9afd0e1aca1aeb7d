"""Conditions over the screening answers: when an item applies, and when a question is asked.

In the catalogue a condition is written as

    occupies_road                                 the yes/no question is answered with yes
    {works: building}, {works: [road, pipes]}     the choice is this one, or one of these
    {floor_area: {at_least: 1000}}                the number; also above, at_most and below
    {works: building, floor_area: {above: 300}}   all of these hold
    {any: […]}, {all: […]}, {not: …}              of other conditions
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from workflows.config.yaml_positions import LinedDict, LinedList
from workflows.label import Label

Answer = bool | str | int | float
Answers = Mapping[str, Answer]
YES, NO = Label("是", "Yes"), Label("否", "No")
YES_NO, CHOICE, NUMBER = "yes_no", "choice", "number"
PLANNED = "planned_10k_yuan"  # the planned investment of the filing, a number that no question asks for
THRESHOLDS: Mapping[str, tuple[Callable[[Decimal, Decimal], bool], Label]] = {
    "at_least": (ge, Label("不少于", "at least")),
    "above": (gt, Label("超过", "above")),
    "at_most": (le, Label("不超过", "at most")),
    "below": (lt, Label("少于", "below")),
}
ANY, ALL, NOT = "any", "all", "not"
RESERVED = frozenset({ANY, ALL, NOT, PLANNED})


class ConditionError(ValueError):
    """A condition breaks a rule; the message begins with the line."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`holds` is None while it hangs on an answer that is missing; `because` names the questions that decided."""

    holds: bool | None
    because: frozenset[str]


@dataclass(frozen=True, slots=True)
class Yes:
    question: str


@dataclass(frozen=True, slots=True)
class Chosen:
    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    question: str
    comparison: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Joined:
    """`word` is any, all or not."""

    word: str
    parts: "tuple[Condition, ...]"


Condition = Yes | Chosen | Threshold | Joined


@dataclass(frozen=True, slots=True)
class Question:
    """A screening question: yes or no, one of `options`, or a number in `unit`; asked while `asked_when` may hold."""

    name: str
    zh: str
    en: str
    kind: str = YES_NO
    options: Mapping[str, Label] = field(default_factory=dict)
    unit: Label | None = None
    asked_when: Condition | None = None

    def in_words(self, answer: Answer | Decimal) -> Label:
        """This answer as people read it; an option that is no longer offered keeps its name, and so does an answer that
        was given when the question was of another kind."""
        if isinstance(answer, bool):
            return YES if answer else NO
        if self.unit and not isinstance(answer, str):
            number = f"{Decimal(str(answer)).normalize():,f}"
            return Label(f"{number}{self.unit.zh}", f"{number} {self.unit.en}")
        return self.options.get(str(answer), Label(str(answer), str(answer)))


@dataclass(frozen=True, slots=True)
class Screening:
    """The answers of one filing, beside what decides whether a question is asked at all.

    A yes/no question that is left out counts as no. What hangs on another one that is left out stays open.
    """

    questions: Mapping[str, Question]
    answers: Answers
    planned_10k_yuan: Decimal | None = None

    def answer(self, name: str) -> Answer | Decimal | None:
        """The answer to this question, or the planned investment; None while it is left out."""
        return self.planned_10k_yuan if name == PLANNED else self.answers.get(name)

    def asked(self, name: str) -> Verdict:
        """Whether this question is asked, given the answers to those before it."""
        condition = self.questions[name].asked_when if name in self.questions else None
        return self.verdict(condition) if condition else Verdict(True, frozenset())

    def verdict(self, condition: Condition) -> Verdict:
        """Whether the condition holds, and by which questions."""
        if isinstance(condition, Joined):
            return _joined(condition.word, [self.verdict(part) for part in condition.parts])
        asked, own = self.asked(condition.question), frozenset({condition.question})
        if asked.holds is False:
            return Verdict(False, asked.because)
        answer = self.answer(condition.question)
        if isinstance(condition, Yes):
            return Verdict(answer is True, own)
        if answer is None:
            return Verdict(None, own)
        if isinstance(condition, Chosen):
            return Verdict(answer in condition.options, own)
        if isinstance(answer, bool | str):  # from an edition that asked for no number
            return Verdict(None, own)
        compare, _words = THRESHOLDS[condition.comparison]
        return Verdict(compare(Decimal(str(answer)), condition.value), own)


def _joined(word: str, parts: list[Verdict]) -> Verdict:
    if word == NOT:
        return Verdict(None if parts[0].holds is None else not parts[0].holds, parts[0].because)
    deciding = word == ANY  # one part that is so decides for all
    for decided in (deciding, None):
        so = [part for part in parts if part.holds is decided]
        if so:
            return Verdict(decided, _because(so))
    return Verdict(not deciding, _because(parts))


def _because(parts: Iterable[Verdict]) -> frozenset[str]:
    return frozenset().union(*(part.because for part in parts))


# Reading.


def read_questions(value: object) -> dict[str, Question]:
    """The questions of a catalogue, in their order; ConditionError names the line."""
    if not isinstance(value, LinedDict):
        raise ConditionError("line 1: questions map a name to a question")
    questions: dict[str, Question] = {}
    for name, raw in value.items():
        where = f"line {value.lines[name]}: question {name}"
        if not isinstance(name, str) or not name.isidentifier() or name in RESERVED:
            raise ConditionError(f"{where}: a name is a word of letters, digits and _, and none of {_list(RESERVED)}")
        questions[name] = _question(name, raw, where, value.lines[name], questions)
    return questions


def _question(name: str, raw: object, where: str, line: int, earlier: Mapping[str, Question]) -> Question:
    known = {"zh", "en", "options", "unit", "asked_when"}
    if not isinstance(raw, dict) or not {"zh", "en"} <= set(raw) <= known:
        raise ConditionError(f"{where} has zh and en, and may have options or unit, and asked_when; nothing else")
    if "options" in raw and "unit" in raw:
        raise ConditionError(f"{where} has either options or a unit")
    kind = CHOICE if "options" in raw else NUMBER if "unit" in raw else YES_NO
    asked_when = read_condition(raw["asked_when"], line, earlier) if "asked_when" in raw else None
    unit = _label(raw["unit"], f"{where}: unit") if kind == NUMBER else None
    words = _label({"zh": raw["zh"], "en": raw["en"]}, where)
    options = _options(raw["options"], where) if kind == CHOICE else {}
    return Question(name, words.zh, words.en, kind, options, unit, asked_when)


def _options(raw: object, where: str) -> dict[str, Label]:
    if not isinstance(raw, dict) or len(raw) < 2:
        raise ConditionError(f"{where}: options map at least two names to zh and en")
    for option in raw:
        if not isinstance(option, str) or not option.isidentifier() or option in ("yes", "no", "true", "false"):
            raise ConditionError(f"{where}: an option is a word of letters, digits and _, not “{option}”")
    return {option: _label(words, f"{where}: {option}") for option, words in raw.items()}


def _label(raw: object, where: str) -> Label:
    if not isinstance(raw, dict) or set(raw) != {"zh", "en"} or not all(_is_text(text) for text in raw.values()):
        raise ConditionError(f"{where} is written in zh and en")
    return Label(raw["zh"], raw["en"])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def read_condition(raw: object, line: int, questions: Mapping[str, Question]) -> Condition:
    """The condition that is written so, over these questions; ConditionError names the line."""
    if isinstance(raw, str):
        _check_kind(raw, YES_NO, line, questions)
        return Yes(raw)
    if not isinstance(raw, LinedDict) or not raw:
        raise ConditionError(f"line {line}: a condition is a yes/no question, or a mapping of questions")
    parts = tuple(_part(name, wanted, raw.lines[name], questions) for name, wanted in raw.items())
    return parts[0] if len(parts) == 1 else Joined(ALL, parts)


def _part(name: str, wanted: object, line: int, questions: Mapping[str, Question]) -> Condition:
    if name == NOT:
        return Joined(NOT, (read_condition(wanted, line, questions),))
    if name in (ANY, ALL):
        if not isinstance(wanted, LinedList) or not wanted:
            raise ConditionError(f"line {line}: {name} is a list of conditions")
        return Joined(name, tuple(read_condition(part, line, questions) for part in wanted))
    if isinstance(wanted, dict):
        return _threshold(name, wanted, line, questions)
    question = _check_kind(name, CHOICE, line, questions)
    options = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    for option in options:
        if not isinstance(option, str) or option not in question.options:
            raise ConditionError(f"line {line}: {name} has no option “{option}”, but {_list(question.options)}")
    return Chosen(name, options)


def _threshold(name: str, wanted: Mapping[Any, Any], line: int, questions: Mapping[str, Question]) -> Condition:
    if name != PLANNED:
        _check_kind(name, NUMBER, line, questions)
    for comparison, value in wanted.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**9
        if comparison not in THRESHOLDS or not is_number:
            raise ConditionError(f"line {line}: {name} is compared by {_list(THRESHOLDS)} with a number from 0 on")
    parts = tuple(Threshold(name, comparison, Decimal(str(value))) for comparison, value in wanted.items())
    if not parts:
        raise ConditionError(f"line {line}: {name} is compared by {_list(THRESHOLDS)} with a number from 0 on")
    return parts[0] if len(parts) == 1 else Joined(ALL, parts)


def _check_kind(name: str, kind: str, line: int, questions: Mapping[str, Question]) -> Question:
    words = {YES_NO: "is answered with yes or no", CHOICE: "is a choice", NUMBER: "is a number"}
    if name not in questions:
        raise ConditionError(f"line {line}: “{name}” is none of the questions before it")
    if questions[name].kind != kind:
        raise ConditionError(f"line {line}: {name} {words[questions[name].kind]}; it is asked as if it {words[kind]}")
    return questions[name]


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names) if isinstance(names, frozenset) else names)
