"""The vocabulary names every word of the office, and every role and light as the screen shows it."""

import re

import pytest

from approvals.calendar.lights import LIGHT_LABELS
from tests.docs.pages import DOCS, ROOT, rows_under
from workflows.charts.roles import LEVELS, ROLES

PAGE = DOCS / "vocabulary.md"
# One word for one idea: English in code, Chinese on the screen.
WORDS = {
    "owner": "业主",
    "filing": "备案申请",
    "triage": "汇总分类",
    "classify": "分类",
    "divert": "分流",
    "registration": "挂号",
    "approval": "审批事项",
    "window": "办理窗口",
    "one-time notice": "一次性告知",
    "acceptance": "受理",
    "deemed acceptance": "视为受理",
    "special procedure": "特别程序",
    "liaison": "一对一联系人",
    "light": "亮灯",
    "escalation": "升级反馈",
    "supervision order": "督办单",
    "card": "红黄牌",
    "programme": "民生工程",
    "item (of the programme)": "分项",
    "ledger": "台账",
    "history": "办理记录",
}
TIMES = {"promised limit": "承诺时限", "legal limit": "法定时限"}


@pytest.mark.parametrize(("heading", "words"), [("Ideas", WORDS), ("Time", TIMES)])
def test_every_word_of_the_office_has_its_chinese_and_a_meaning(heading, words):
    rows = {row[0]: row for row in rows_under(PAGE, heading)}
    assert {word: rows.get(word, ("", ""))[1] for word in words} == words
    assert all(row[2] for row in rows.values())


def test_no_word_and_no_chinese_stands_for_two_ideas():
    rows = rows_under(PAGE, "Ideas") + rows_under(PAGE, "Time")
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert sorted(words) == sorted(set(words))


def test_roles_levels_and_lights_are_those_of_the_data():
    roles = [(f"`{r.name}`", r.zh, r.en, r.sees, r.acts, str(r.level or "–")) for r in ROLES.values()]
    assert rows_under(PAGE, "Roles") == roles
    assert rows_under(PAGE, "Levels") == [(str(level), *words) for level, words in LEVELS.items()]
    assert rows_under(PAGE, "Lights") == [(f"`{light}`", words.zh, words.en) for light, words in LIGHT_LABELS.items()]


def test_the_places_of_words_exist():
    places = {place for row in rows_under(PAGE, "Ideas") for place in re.findall(r"`([a-z]+/[\w./*-]+)`", row[3])}
    assert places
    missing = [place for place in places if not any(list(base.glob(place)) for base in (ROOT, ROOT / "approvals"))]
    assert missing == []
