"""Supervision policy: the city's rules in policy.yaml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.config import DATA
from workflows.config.yaml_positions import LinedDict, UnreadableYaml, load

KEYS = (
    *("reminder_at", "answer_within", "levels", "office_hours", "first_answer", "contact_every", "pauses"),
    *("appeal_within", "cards", "bulletins"),
)
# Later editions of the policy have them.
OPTIONAL = ("offices", "programme", "targets", "reports", "uploads", "recorded_later", "head_agrees_from")
MAPPINGS = ("answer_within", "levels", "first_answer", "pauses", "cards")
TARGETS = ("in_time", "speed_up")
OFFICE_STEPS = ("sort", "register", "appeal", "correction", "order_answer")
DECEMBER = 12
LAST_REPORT_DAY = 28  # that every month has
RECORDED_LATER = 10  # minutes
HEAD_AGREES_FROM = date(2026, 1, 1)
MOST_MEGABYTES = 50  # that any file has
COLOURS = ("yellow", "red")  # of cards
CARD_RULES = ("promised", "legal", "silence", "second_notice", "delivery", "order")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class PolicyError(ValueError):
    """The policy breaks a rule; the message names the line."""


@dataclass(frozen=True, slots=True)
class ResponseRules:
    """The city's rules: spans of a working day's office hours, and minutes within which a first answer is owed.

    `contact_every` is in calendar days: so long an owner may go without hearing from the liaison.
    """

    office_hours: tuple[tuple[time, time], ...]
    in_office: int
    otherwise: int
    contact_every: int


@dataclass(frozen=True, slots=True)
class ProgrammeRules:
    """Rules of the year's programme: the day of the month on which entries are due, and what is behind.

    An item is behind when its actual share lies more than `tolerance` points below the planned one. Who has not
    reported is reminded so many days ahead of the report day as `remind_ahead` says; a new plan is asked for at least
    `replan_ahead` working days before the planned day. A piece of evidence has at most `evidence_mb` megabytes.
    An open problem is stale after `problem_stale` days without a word; asked of somebody and not answered, it is
    offered as a supervision order after `problem_unanswered` days.
    """

    report_day: int = 28
    tolerance: int = 10
    remind_ahead: int = 3
    replan_ahead: int = 10
    evidence_mb: int = 20
    problem_stale: int = 30
    problem_unanswered: int = 10


@dataclass(frozen=True, slots=True)
class ReportRules:
    """Working days that a bulletin gives for rectification, and from how many beyond the promised limit it asks."""

    rectify_days: int = 10
    late_from: int = 3


@dataclass(frozen=True, slots=True)
class UploadRules:
    """Megabytes that the documents of a project, and those of a unit with its evidence, may take.

    A stored file that no row names is removed after `orphan_days`.
    """

    project_mb: int = 5_000
    unit_mb: int = 50_000
    orphan_days: int = 7


@dataclass(frozen=True, slots=True)
class Policy:
    """`raised_by` maps a level to the light that raises it (None: by lifting only); days are working days.

    `pauses` says from which number of days on a special procedure is long (`long_days`), how often within a period is
    often (`frequent`), and how near to its cap one is marked (`near_cap`).
    `cards` maps each rule to the colour of its card (None: no card), against which is appealed within `appeal_within`.
    `offices` are the working days within which the offices owe their own steps; one without a limit is not named.
    `targets` are what the city aims at, in per cent: the share decided within the promised limit, and the speed-up.
    `bulletins` are the months (1 to 12) at whose end a bulletin comes out; it covers those since the one before.
    `recorded_later` is after how many minutes a move counts as recorded later than it happened. From the day
    `head_agrees_from` on a unit decides on a project of its own only after its head agreed (None: never).
    """

    reminder_at: int
    answer_within: Mapping[str, int]
    raised_by: Mapping[int, str | None]
    answering: ResponseRules
    pauses: Mapping[str, int]
    appeal_within: int
    cards: Mapping[str, str | None]
    bulletins: tuple[int, ...]
    offices: Mapping[str, int] = field(default_factory=dict)
    programme: ProgrammeRules = ProgrammeRules()
    targets: Mapping[str, int] = field(default_factory=dict)
    reports: ReportRules = ReportRules()
    uploads: UploadRules = UploadRules()
    recorded_later: int = RECORDED_LATER
    head_agrees_from: date | None = HEAD_AGREES_FROM

    def answer_days(self, *, is_key: bool, is_urgent: bool) -> int:
        """Working days within which an escalation of such a project must be answered."""
        kinds = ["normal"] + ["key"] * is_key + ["urgent"] * is_urgent
        return min(self.answer_within[kind] for kind in kinds)


@cache
def load_policy(path: Path = DATA / "policy.yaml") -> Policy:
    """The policy in this file, checked; PolicyError names the line."""
    return read_policy(path.read_text(encoding="utf-8"))


def read_policy(text: str) -> Policy:
    """The policy in this text, checked; PolicyError names the line."""
    raw, lines = _parts(text)
    for key in MAPPINGS:
        if not isinstance(raw[key], dict):
            raise PolicyError(f"line {lines[key]}: {key} is a mapping")
    answering = _answering(raw, lines)
    answer_within, levels, pauses, cards = (dict(raw[key]) for key in ("answer_within", "levels", "pauses", "cards"))
    bulletins = tuple(raw["bulletins"]) if isinstance(raw["bulletins"], list) else ()
    within, reminder_at = raw["appeal_within"], raw["reminder_at"]
    offices, programme, targets, reports, uploads = (raw.get(key, {}) for key in OPTIONAL[:5])
    later, agrees_from = raw.get("recorded_later", RECORDED_LATER), raw.get("head_agrees_from", HEAD_AGREES_FROM)
    _refuse(lines, *_office_violations(offices), *_programme_violations(programme), *_target_violations(targets))
    _refuse(lines, *_report_violations(reports), *_upload_violations(uploads))
    rules, paper = ProgrammeRules(**programme), ReportRules(**reports)
    policy = Policy(
        reminder_at, answer_within, levels, answering, pauses, within, cards, bulletins, offices, rules, targets, paper,
        UploadRules(**uploads), later, agrees_from,
    )  # fmt: skip
    _refuse(
        lines,
        *_violations(policy),
        *_answering_violations(answering),
        *_card_violations(policy),
        _bulletin_violation(bulletins),
        ("head_agrees_from", not _is_day(agrees_from), "head_agrees_from is a day as in 2026-01-01, or null"),
        ("recorded_later", not _is_limit(later, least=1), "recorded_later is a number of minutes, at least one"),
    )
    return policy


def _refuse(lines: Mapping[str, int], *violations: tuple[str, bool, str]) -> None:
    """PolicyError for the first of these rules that is broken, with the line of its key."""
    for key, broken, why in violations:
        if broken:
            raise PolicyError(f"line {lines[key]}: {why}")


def _parts(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The parts of the policy, and the line of each."""
    try:
        raw = load(text)
    except UnreadableYaml as error:
        message = str(error)
        raise PolicyError(message if message.startswith("line ") else f"line 1: {message}") from None
    if not isinstance(raw, LinedDict):
        raise PolicyError(f"line 1: {', '.join(KEYS)} are needed, and nothing else")
    for key in raw:
        if key not in (*KEYS, *OPTIONAL):
            raise PolicyError(f"line {raw.lines[key]}: {key} is not known here; {', '.join((*KEYS, *OPTIONAL))} are")
    if missing := [key for key in KEYS if key not in raw]:
        raise PolicyError(f"line 1: {', '.join(missing)} are missing")
    return raw, raw.lines


def _violations(policy: Policy) -> list[tuple[str, bool, str]]:
    days = policy.answer_within
    raising = [light for light in policy.raised_by.values() if light]
    are_known = [light in LIGHTS[1:] for light in raising]
    return [
        ("reminder_at", not _is_limit(policy.reminder_at, least=0), "reminder_at is a whole number of days"),
        ("answer_within", set(days) != {"normal", "key", "urgent"}, "answer_within names normal, key and urgent"),
        ("answer_within", not all(_is_limit(n, least=1) for n in days.values()), "a limit is at least one day"),
        *_pause_violations(policy.pauses),
        ("levels", set(policy.raised_by) != set(LEVELS), f"levels are {', '.join(map(str, LEVELS))}"),
        ("levels", not all(are_known), f"a light is one of {', '.join(LIGHTS[1:])}, or null"),
        ("levels", all(are_known) and raising != sorted(raising, key=LIGHTS.index), "a higher level has a later light"),
        ("levels", policy.raised_by.get(1) is None, "level 1 needs a light: nothing lifts to it"),
    ]


def _answering(raw: dict[str, Any], lines: dict[str, int]) -> ResponseRules:
    """The rules of answering requests; PolicyError names the line of what cannot be read."""
    hours, limits = raw["office_hours"], raw["first_answer"]
    if not isinstance(hours, list) or not hours:
        raise PolicyError(f"line {lines['office_hours']}: office_hours is a list of spans")
    try:
        spans = tuple(read_hours(span) for span in hours)
    except ValueError as error:
        raise PolicyError(f"line {lines['office_hours']}: {error}") from None
    if set(limits) != {"in_office", "otherwise"}:
        raise PolicyError(f"line {lines['first_answer']}: first_answer names in_office and otherwise")
    return ResponseRules(spans, limits["in_office"], limits["otherwise"], raw["contact_every"])


def read_hours(text: object) -> tuple[time, time]:
    """The span in a text as 09:00-12:00; ValueError for anything else."""
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("office hours are written as 09:00-12:00")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    return time(first_hour, first_minute), time(last_hour, last_minute)


def _answering_violations(rules: ResponseRules) -> list[tuple[str, bool, str]]:
    edges = [edge for span in rules.office_hours for edge in span]
    limits = (rules.in_office, rules.otherwise)
    return [
        ("office_hours", edges != sorted(set(edges)), "spans of office hours follow one another"),
        ("first_answer", not all(_is_limit(n, least=1) for n in limits), "a limit is at least one minute"),
        ("contact_every", not _is_limit(rules.contact_every, least=1), "contact_every is at least one day"),
    ]


def _pause_violations(pauses: Mapping[str, int]) -> list[tuple[str, bool, str]]:
    least = {"long_days": 1, "frequent": 2, "near_cap": 0}
    if set(pauses) != set(least):
        return [("pauses", True, f"pauses names {', '.join(least)}")]
    return [
        ("pauses", not _is_limit(pauses[name], least=number), f"{name} is a whole number, at least {number}")
        for name, number in least.items()
    ]


def _card_violations(policy: Policy) -> list[tuple[str, bool, str]]:
    named, colours = set(policy.cards), list(policy.cards.values())
    return [
        ("appeal_within", not _is_limit(policy.appeal_within, least=1), "appeal_within is at least one day"),
        ("cards", named != set(CARD_RULES), f"cards names {', '.join(CARD_RULES)}"),
        ("cards", not all(colour in (*COLOURS, None) for colour in colours), "a card is yellow or red, or null"),
    ]


def _bulletin_violation(bulletins: tuple[int, ...]) -> tuple[str, bool, str]:
    months = [n for n in bulletins if _is_limit(n, least=1) and n <= DECEMBER]
    broken = list(bulletins) != sorted(set(months)) or not months or months[-1] != DECEMBER
    return "bulletins", broken, "bulletins lists months in their order, the last of them 12"


def _target_violations(targets: object) -> list[tuple[str, bool, str]]:
    if not isinstance(targets, dict) or not set(targets) <= set(TARGETS):
        return [("targets", True, f"targets names some of {', '.join(TARGETS)}")]
    are_shares = all(_is_limit(value, least=0) and value <= 100 for value in targets.values())
    return [("targets", not are_shares, "a target is a whole number of per cent")]


def _office_violations(offices: object) -> list[tuple[str, bool, str]]:
    if not isinstance(offices, dict) or not set(offices) <= set(OFFICE_STEPS):
        return [("offices", True, f"offices names some of {', '.join(OFFICE_STEPS)}")]
    return [("offices", not all(_is_limit(n, least=1) for n in offices.values()), "a limit is at least one day")]


def _programme_violations(programme: object) -> list[tuple[str, bool, str]]:
    names = tuple(ProgrammeRules.__dataclass_fields__)
    if not isinstance(programme, dict) or not set(programme) <= set(names):
        return [("programme", True, f"programme names some of {', '.join(names)}")]
    rules = {name: programme.get(name, getattr(ProgrammeRules(), name)) for name in names}
    return [
        ("programme", not all(_is_limit(n, least=0) for n in rules.values()), "these are whole numbers"),
        ("programme", not 1 <= _number(rules["report_day"]) <= LAST_REPORT_DAY, "report_day is from 1 to 28"),
        ("programme", not 1 <= _number(rules["evidence_mb"]) <= MOST_MEGABYTES, "evidence_mb is from 1 to 50"),
    ]


def _report_violations(reports: object) -> list[tuple[str, bool, str]]:
    names = tuple(ReportRules.__dataclass_fields__)
    if not isinstance(reports, dict) or not set(reports) <= set(names):
        return [("reports", True, f"reports names some of {', '.join(names)}")]
    return [("reports", not all(_is_limit(n, least=1) for n in reports.values()), "these are at least one day")]


def _upload_violations(uploads: object) -> list[tuple[str, bool, str]]:
    names = tuple(UploadRules.__dataclass_fields__)
    if not isinstance(uploads, dict) or not set(uploads) <= set(names):
        return [("uploads", True, f"uploads names some of {', '.join(names)}")]
    return [("uploads", not all(_is_limit(n, least=1) for n in uploads.values()), "these are at least one")]


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_limit(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
