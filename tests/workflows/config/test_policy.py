"""The rules of supervision as the city sets them, and what is refused with its line."""

import pytest

from workflows.config.policy import PolicyError, load_policy, read_policy

TEXT = """\
reminder_at: 1
answer_within: {normal: 3, key: 1, urgent: 1}
levels:
  1: reminder
  2: yellow
  3: red
  4: null
office_hours: ["09:00-12:00", "13:30-17:30"]
first_answer: {in_office: 60, otherwise: 120}
contact_every: 7
pauses: {long_days: 20, frequent: 2, near_cap: 3}
appeal_within: 5
cards:
  promised: yellow
  legal: red
  silence: yellow
  second_notice: yellow
  delivery: yellow
  order: yellow
bulletins: [3, 6, 9, 10, 11, 12]
offices: {sort: 3, register: 2, appeal: 5, correction: 3, order_answer: 3}
targets: {in_time: 95, speed_up: 50}
"""
REMINDER, ANSWER, LEVELS, HOURS, FIRST_ANSWER, CONTACT, PAUSES, APPEAL, CARDS = 1, 2, 3, 8, 9, 10, 11, 12, 13
BULLETINS, OFFICES, TARGETS = 20, 21, 22


def test_the_example_policy_is_the_one_of_the_design():
    policy = load_policy()
    assert policy.reminder_at == 1
    assert policy.raised_by == {1: "reminder", 2: "yellow", 3: "red", 4: None}
    assert policy.pauses == {"long_days": 20, "frequent": 2, "near_cap": 3}
    assert policy == read_policy(TEXT)


@pytest.mark.parametrize(
    ("key", "urgent", "days", "slow_days"), [(0, 0, 3, 3), (1, 0, 1, 2), (0, 1, 1, 3), (1, 1, 1, 2)]
)
def test_a_project_of_two_kinds_has_the_shorter_limit(key, urgent, days, slow_days):
    slower = read_policy(TEXT.replace("key: 1, urgent: 1", "key: 2, urgent: 5"))
    for policy, limit in ((load_policy(), days), (slower, slow_days)):
        assert policy.answer_days(is_key=bool(key), is_urgent=bool(urgent)) == limit


BROKEN = {
    "a time of later recording that is none": ("contact_every: 7", "contact_every: 7\nrecorded_later: 0", CONTACT + 1),
    "a key that nobody knows": ("contact_every: 7", "contact_every: 7\nspeed: 3", CONTACT + 1),
    "a key that is a number": ("contact_every: 7", "contact_every: 7\n5: 3", CONTACT + 1),
    "a key named twice": ("contact_every: 7", "contact_every: 7\nreminder_at: 2", CONTACT + 1),
    "a level named twice": ("  3: red", "  3: red\n  3: yellow", LEVELS + 4),
    "a rule of cards named twice": ("  legal: red", "  legal: red\n  promised: red", CARDS + 3),
    "a level that leads back to itself": ("levels:\n  1: reminder", "levels: &levels\n  1: *levels", LEVELS),
    "a level that hangs on a level": ("2: yellow", "2: 1", LEVELS),
    "a level with a name": ("  4: null", "  top: null", LEVELS),
    "an anchor that is nowhere": ("3: red", "3: *red", LEVELS + 3),
    "a limit of nothing": ("key: 1", "key: null", ANSWER),
    "a limit of nothing at all": ("appeal_within: 5", "appeal_within:", APPEAL),
    "a limit with a fraction": ("key: 1", "key: 1.5", ANSWER),
    "office hours in numbers": ('["09:00-12:00", "13:30-17:30"]', "[9, 12]", HOURS),
    "bulletins in words": ("[3, 6, 9, 10, 11, 12]", "quarterly", BULLETINS),
    "a thirteenth month": ("11, 12]", "12, 13]", BULLETINS),
    "a bulletin before the year begins": ("[3,", "[0,", BULLETINS),
    "bulletins out of order": ("[3, 6,", "[6, 3,", BULLETINS),
    "two bulletins of one month": ("[3, 6,", "[3, 3,", BULLETINS),
    "a month of yes": ("[3, 6,", "[yes, 6,", BULLETINS),
    "a year whose end no bulletin covers": (", 12]", "]", BULLETINS),
    "no bulletin at all": ("[3, 6, 9, 10, 11, 12]", "[]", BULLETINS),
    "a negative reminder": ("reminder_at: 1", "reminder_at: -1", REMINDER),
    "a reminder in words": ("reminder_at: 1", "reminder_at: soon", REMINDER),
    "a reminder of yes": ("reminder_at: 1", "reminder_at: yes", REMINDER),
    "a kind too few": (", urgent: 1", "", ANSWER),
    "a kind too many": ("urgent: 1", "urgent: 1, slow: 9", ANSWER),
    "no days to answer": ("key: 1", "key: 0", ANSWER),
    "limits as a list": ("{normal: 3, key: 1, urgent: 1}", "[3, 1, 1]", ANSWER),
    "one limit for all": ("{normal: 3, key: 1, urgent: 1}", "3", ANSWER),
    "an unknown light": ("2: yellow", "2: purple", LEVELS),
    "a light that raises nothing": ("1: reminder", "1: green", LEVELS),
    "lights in the wrong order": ("2: yellow\n  3: red", "2: red\n  3: yellow", LEVELS),
    "no light for level 1": ("1: reminder", "1: null", LEVELS),
    "a level too few": ("  4: null\n", "", LEVELS),
    "a level too many": ("  4: null\n", "  4: null\n  5: null\n", LEVELS),
    "levels as a list": ("levels:\n  1: reminder\n  2: yellow\n  3: red\n  4: null\n", "levels: [reminder]\n", LEVELS),
    "no days that are long": ("long_days: 20", "long_days: 0", PAUSES),
    "a long time in words": ("long_days: 20", "long_days: a month", PAUSES),
    "once as often": ("frequent: 2", "frequent: 1", PAUSES),
    "a cap that was passed": ("near_cap: 3", "near_cap: -1", PAUSES),
    "a threshold too few": (", near_cap: 3", "", PAUSES),
    "a threshold too many": ("near_cap: 3", "near_cap: 3, short: 1", PAUSES),
    "pauses as a list": ("{long_days: 20, frequent: 2, near_cap: 3}", "[20, 2, 3]", PAUSES),
    "a light that is a list": ("2: yellow", "2: [yellow]", LEVELS),
    "no office hours": ('["09:00-12:00", "13:30-17:30"]', "[]", HOURS),
    "office hours as a text": ('["09:00-12:00", "13:30-17:30"]', '"09:00-12:00"', HOURS),
    "an hour that no clock shows": ("09:00-12:00", "09:00-25:00", HOURS),
    "office hours that end before they begin": ("09:00-12:00", "12:00-09:00", HOURS),
    "office hours that overlap": ("13:30-17:30", "11:30-17:30", HOURS),
    "office hours without a break between them": ("13:30-17:30", "12:00-17:30", HOURS),
    "an answer without a limit": ("in_office: 60, ", "", FIRST_ANSWER),
    "an answer in no time": ("otherwise: 120", "otherwise: 0", FIRST_ANSWER),
    "one limit for all answers": ("{in_office: 60, otherwise: 120}", "60", FIRST_ANSWER),
    "no days without a contact": ("contact_every: 7", "contact_every: 0", CONTACT),
    "no days to appeal": ("appeal_within: 5", "appeal_within: 0", APPEAL),
    "days to appeal in words": ("appeal_within: 5", "appeal_within: a week", APPEAL),
    "a rule of cards too few": ("  order: yellow\n", "", CARDS),
    "a rule of cards that nobody knows": ("  order: yellow\n", "  order: yellow\n  noise: red\n", CARDS),
    "a colour that no card has": ("legal: red", "legal: green", CARDS),
    "a colour that is a list": ("legal: red", "legal: [red]", CARDS),
    "a step that no office owes": ("offices: {sort: 3", "offices: {tidy: 3", OFFICES),
    "a target of nothing known": ("{in_time: 95", "{light: 95", TARGETS),
    "a target above all": ("{in_time: 95", "{in_time: 101", TARGETS),
    "a step in no time": ("offices: {sort: 3", "offices: {sort: 0", OFFICES),
    "one limit for all steps": ("{sort: 3, register: 2, appeal: 5, correction: 3, order_answer: 3}", "3", OFFICES),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_refused_with_its_line(what):
    old, new, line = BROKEN[what]
    assert old in TEXT
    with pytest.raises(PolicyError) as refusal:
        read_policy(TEXT.replace(old, new, 1))
    assert str(refusal.value).startswith(f"line {line}:")


NO_YAML = ["[" * 5000, "reminder_at: 2026-13-45", "reminder_at: \x00", "{[1]: 2}"]
SHAPES = [
    *("", "policy", "- 1", "reminder_at: [", "reminder_at: 1\n", TEXT + "more: 1\n", TEXT.partition("pauses")[0]),
    *NO_YAML,
]


@pytest.mark.parametrize("text", SHAPES)
def test_a_policy_of_another_shape_is_refused_and_breaks_nothing(text):
    with pytest.raises(PolicyError):
        read_policy(text)


def test_two_levels_may_share_a_light():
    assert read_policy(TEXT.replace("2: yellow", "2: reminder")).raised_by[2] == "reminder"


def test_a_policy_without_targets_has_none():
    assert read_policy(TEXT.partition("targets")[0]).targets == {}


def test_what_bulletins_ask_for_has_values_of_its_own_and_others_where_named():
    assert (read_policy(TEXT).reports.rectify_days, read_policy(TEXT).reports.late_from) == (10, 3)
    assert read_policy(TEXT + "reports: {late_from: 1}").reports.late_from == 1
    for text in ("reports: {late_from: 0}", "reports: {days: 3}", "reports: 3"):
        with pytest.raises(PolicyError, match="line 23"):
            read_policy(TEXT + text)


def test_a_policy_of_before_offices_had_limits_sets_none():
    assert read_policy(TEXT.partition("offices")[0]).offices == {}
