"""Answers to screening questions in words."""

from decimal import Decimal

import pytest

from workflows.config.conditions import CHOICE, NUMBER, Question, Screening, Threshold
from workflows.label import Label

IS_IN_TOWN = Question("in_town", "是否在城区？", "Is it in town?")
WORKS = Question(
    "works", "建什么？", "What is built?", CHOICE, {"road": Label("道路", "Road"), "pipes": Label("管道", "Pipes")}
)
LENGTH = Question("length", "多长？", "How long?", NUMBER, unit=Label("米", "m"))


@pytest.mark.parametrize(("question", "answer", "zh", "en"), [
    (IS_IN_TOWN, True, "是", "Yes"),
    (IS_IN_TOWN, False, "否", "No"),
    (WORKS, "road", "道路", "Road"),
    (WORKS, "tunnel", "tunnel", "tunnel"),
    (LENGTH, 0, "0米", "0 m"),
    (LENGTH, 12000, "12,000米", "12,000 m"),
    (LENGTH, 1200.5, "1,200.5米", "1,200.5 m"),
    (LENGTH, 999999999.99, "999,999,999.99米", "999,999,999.99 m"),
    (LENGTH, Decimal("800.00"), "800米", "800 m"),
    (LENGTH, "short", "short", "short"),
    (LENGTH, True, "是", "Yes"),
    (IS_IN_TOWN, "outskirts", "outskirts", "outskirts"),
])  # fmt: skip
def test_an_answer_is_written_with_its_unit_and_an_option_that_is_gone_by_its_name(question, answer, zh, en):
    assert question.in_words(answer) == Label(zh, en)


@pytest.mark.parametrize("answer", ["short", True])
def test_an_answer_of_another_kind_than_the_question_leaves_open_what_hangs_on_it(answer):
    screening = Screening({"length": LENGTH}, {"length": answer})
    assert screening.verdict(Threshold("length", "at_least", Decimal(500))).holds is None
