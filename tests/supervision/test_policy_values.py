"""What is typed into the fields of a policy: what the text would be, and what is refused at its field."""

import random
from datetime import date

import pytest
import yaml

from approvals.base.errors import Invalid
from approvals.base.i18n import in_language
from approvals.supervision.policy_form import CHOICES, NONE, policy_fields
from approvals.supervision.policy_values import policy_differences, policy_with, typed_policy
from workflows.config import DATA
from workflows.config.policy import PolicyError, load_policy, read_policy

TEXT = (DATA / "policy.yaml").read_text(encoding="utf-8")
STANDING = typed_policy(TEXT)
SHORT = TEXT[: TEXT.index("reports:")]  # of an edition that has neither reports nor a programme


def test_the_fields_of_the_policy_in_force_change_nothing():
    assert policy_with(TEXT, STANDING) == TEXT
    assert policy_with(TEXT, {}) == TEXT
    assert policy_differences(TEXT, TEXT) == []


def test_what_a_text_leaves_out_is_shown_as_it_counts_and_is_written_when_changed():
    typed = typed_policy(SHORT)
    assert typed["programme.tolerance"] == str(load_policy().programme.tolerance)
    assert policy_with(SHORT, typed) == SHORT
    edited = policy_with(SHORT, {**typed, "programme.tolerance": "15"})
    assert edited.startswith(SHORT) and read_policy(edited).programme.tolerance == 15
    bare = "".join(line for line in SHORT.splitlines(True) if not line.startswith(("recorded", "head_agrees")))
    assert typed_policy(bare)["recorded_later"] == str(load_policy().recorded_later)
    edited = policy_with(bare, {"recorded_later": "25", "head_agrees_from": ""})
    assert edited.startswith(bare)
    assert (read_policy(edited).recorded_later, read_policy(edited).head_agrees_from) == (25, None)


@pytest.mark.parametrize("field", list(policy_fields()), ids=lambda field: field.name)
def test_each_field_is_found_in_the_yaml(field):
    value = {
        "number": str(min(field.most or 77, 77)) if STANDING[field.name] != "77" else "78",
        "light": "red",
        "card": NONE if STANDING[field.name] != NONE else "red",
        "months": ("1", "12"),
        "hours": "07:10-11:20",
        "day": "2027-02-03",
    }[field.kind]
    typed = STANDING | {field.name: value}
    if field.kind == "light":
        levels = [name for name in typed if name.startswith("levels.")]
        typed |= dict.fromkeys(levels[levels.index(field.name) :], "red")
    raw = yaml.safe_load(policy_with(TEXT, typed))
    for part in field.path:
        raw = raw[int(part) if part.isdigit() else part]
    expected = {"number": str(value), "light": "red", "card": None, "months": [1, 12], "hours": ["07:10-11:20"]}
    expected["day"] = date(2027, 2, 3)
    assert (str(raw) if field.kind == "number" else raw) == expected[field.kind]


REFUSED = {
    "reminder_at": ["", "-1", "soon", "1.5", "9999999"],
    "answer_within.normal": ["0", ""],
    "levels.1": [NONE, "purple", ""],
    "levels.3": ["reminder"],
    "levels.4": ["yellow", "green"],
    "office_hours": ["", "9-12", "12:00-09:00", "09:00-12:00, 11:00-17:00", "09:00-12:00, 12:00-17:00", "09:00-25:00"],
    "first_answer.in_office": ["0"],
    "cards.legal": ["green", ""],
    "bulletins": [(), ("3",), ("13", "12")],
    "offices.sort": ["0", "x"],
    "targets.in_time": ["101", "-1"],
    "programme.report_day": ["29", "0", ""],
    "programme.evidence_mb": ["51", "0"],
    "pauses.frequent": ["1"],
    "reports.late_from": ["0", ""],
    "recorded_later": ["0", ""],
    "head_agrees_from": ["soon", "2026-02-30"],
}
CASES = [(name, value) for name, values in REFUSED.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_what_is_wrong_is_refused_at_its_field(name, value):
    with pytest.raises(Invalid) as refused:
        policy_with(TEXT, STANDING | {name: value})
    assert list(refused.value.fields) == [name]


def naive(typed):
    """The policy of these fields, put together as YAML without the product's own text; PolicyError refuses it."""
    raw = {}
    for field in policy_fields():
        value = typed[field.name]
        if field.kind == "number":
            parsed = int(value) if value.lstrip("-").isdigit() else value or None
        elif field.kind == "months":
            parsed = [int(month) for month in value]
        elif field.kind == "day":
            parsed = date.fromisoformat(value) if value else None
        elif field.kind == "hours":
            parsed = [span.strip() for span in value.split(",") if span.strip()]
        else:
            parsed = None if value == NONE else value
        if field.is_optional and parsed is None and field.kind != "day":
            continue
        inner = raw if len(field.path) == 1 else raw.setdefault(field.path[0], {})
        inner[int(field.path[-1]) if field.path[-1].isdigit() else field.path[-1]] = parsed
    return read_policy(yaml.safe_dump(raw))


@pytest.mark.parametrize("seed", range(120))
def test_the_form_takes_what_yaml_takes_and_refuses_what_it_refuses(seed):
    rng, typed = random.Random(seed), dict(STANDING)
    for field in rng.sample(list(policy_fields()), rng.randrange(1, 6)):
        typed[field.name] = {
            "number": rng.choice(("0", "1", "2", "28", "29", "50", "51", "100", "101", "", "-1", "x")),
            "light": rng.choice(tuple(CHOICES["light"])),
            "card": rng.choice((*CHOICES["card"], "blue")),
            "months": tuple(sorted(rng.sample(tuple(CHOICES["months"]), rng.randrange(4)), key=int)),
            "day": rng.choice(("", "2026-07-01", "2030-12-31")),
            "hours": rng.choice(("08:00-12:00", "08:00-12:00, 11:00-13:00", "8-9", "", "10:00-09:00")),
        }[field.kind]
    try:
        expected = naive(typed)
    except (PolicyError, TypeError):
        expected = None
    if expected is None:
        with pytest.raises(Invalid):
            policy_with(TEXT, typed)
    else:
        assert read_policy(policy_with(TEXT, typed)) == expected


def test_differences_say_both_values_with_their_units():
    changed = policy_with(TEXT, {"reminder_at": "2", "offices.sort": "", "cards.legal": NONE, "bulletins": ("12",)})
    with in_language("zh_Hans"):
        told = {d.field.name: (d.before, d.after) for d in policy_differences(TEXT, changed)}
    assert told == {
        "reminder_at": ("1 个工作日", "2 个工作日"),
        "cards.legal": ("红牌", "不亮牌"),
        "offices.sort": ("3 个工作日", "–"),
        "bulletins": ("3月、6月、9月、10月、11月、12月", "12月"),
    }
