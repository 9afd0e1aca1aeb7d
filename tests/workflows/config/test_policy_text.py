"""Values written into the text of a policy: nothing else of it changes, whatever its style."""

import random
from datetime import date

import pytest
import yaml

from workflows.config import DATA
from workflows.config.policy import CARD_RULES, OFFICE_STEPS, TARGETS, PolicyError, read_policy
from workflows.config.policy_text import LEFT_OUT, policy_leaves, with_values

TEXT = (DATA / "policy.yaml").read_text(encoding="utf-8")
BLOCKS = "\n".join(
    (
        "# 规则",
        "answer_within:   # 答复",
        "  normal: 3      # 一般",
        "  key: 1",
        "  urgent: 1",
        *TEXT[TEXT.index("levels:") : TEXT.index("offices:")].splitlines(),
        "offices:",
        "    sort: 3      # 分类",
        "    # 挂号的期限",
        "    register: 2",
        "targets:",
        "    in_time: 95",
        "reminder_at: 1   # 提示",
    )
)  # no end of line at the end, no programme, no reports
STYLES = {"as shipped": TEXT, "in blocks": BLOCKS, "in CRLF": BLOCKS.replace("\n", "\r\n")}
PLACES = {
    ("reminder_at",): [0, 2, 15],
    **{("answer_within", kind): [1, 4, 30] for kind in ("normal", "key", "urgent")},
    ("levels", "4"): [None, "red"],
    ("office_hours",): [("08:30-12:00",), ("09:00-12:00", "13:00-17:00")],
    ("first_answer", "in_office"): [30, 90],
    **{("cards", rule): ["yellow", "red", None] for rule in CARD_RULES},
    ("bulletins",): [(12,), (6, 12)],
    ("recorded_later",): [1, 45],
    ("head_agrees_from",): [None, date(2027, 3, 1)],
    **{("offices", step): [1, 9, LEFT_OUT] for step in OFFICE_STEPS},
    **{("targets", name): [0, 100, LEFT_OUT] for name in TARGETS},
    ("programme", "tolerance"): [0, 12],
    ("programme", "report_day"): [1, 20],
    ("reports", "late_from"): [1, 9],
}


def plain(value):
    return list(value) if isinstance(value, tuple) else value


def naive(text, changes):
    """The policy that stands in the text with these values, by YAML alone: comments and style are lost."""
    raw = yaml.safe_load(text)
    for path, value in changes.items():
        inner, key = (raw, path[0]) if len(path) == 1 else (raw.setdefault(path[0], {}), path[1])
        key = int(key) if key.isdigit() else key
        if value is LEFT_OUT:
            inner.pop(key, None)
        else:
            inner[key] = plain(value)
    return read_policy(yaml.safe_dump(raw, allow_unicode=True))


def comments(text):
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("style", STYLES)
def test_its_own_values_change_nothing(style):
    text = STYLES[style]
    leaves = policy_leaves(text)
    assert with_values(text, leaves) == text
    assert with_values(text, {path: leaves.get(path, LEFT_OUT) for path in PLACES}) == text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_each_value_is_written_in_its_place_alone(style, path):
    text = STYLES[style]
    for value in PLACES[path]:
        edited = with_values(text, {path: value})
        assert read_policy(edited) == naive(text, {path: value}), (path, value)
        assert policy_leaves(edited).get(path, LEFT_OUT) == value
        others = [line for line in edited.splitlines() if line not in text.splitlines()]
        assert len(others) <= 1, others
        gone = len(comments(text)) - len(comments(edited))
        assert gone <= (value is LEFT_OUT), "a comment goes with its line alone"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(30))
def test_many_values_at_once_are_what_yaml_alone_would_read(style, seed):
    rng, text = random.Random(seed), STYLES[style]
    changes = {path: rng.choice(PLACES[path]) for path in rng.sample(list(PLACES), rng.randrange(1, len(PLACES)))}
    edited = with_values(text, changes)
    assert read_policy(edited) == naive(text, changes)
    assert with_values(edited, changes) == edited


def test_a_value_in_two_places_by_an_alias_is_left_to_the_text():
    text = TEXT.replace("{normal: 3, key: 1, urgent: 1}", "{normal: 3, key: &one 1, urgent: *one}")
    assert policy_leaves(text)["answer_within", "urgent"] == 1
    with pytest.raises(PolicyError):
        with_values(text, {("answer_within", "key"): 2})
    assert with_values(text, {("answer_within", "normal"): 2}) == text.replace("normal: 3", "normal: 2")


@pytest.mark.parametrize("path", [("reminder_at",), ("answer_within", "key"), ("levels", "2"), ("bulletins",)])
def test_what_a_policy_needs_is_not_left_out(path):
    with pytest.raises(PolicyError):
        with_values(TEXT, {path: LEFT_OUT})


def test_a_text_that_is_no_policy_is_refused():
    for text in ("", "reminder_at: 1\n", "{", TEXT + "speed: 3\n"):
        with pytest.raises(PolicyError):
            policy_leaves(text)
