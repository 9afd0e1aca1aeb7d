"""Duties as lines of a table, in words, grouped by when they are due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from approvals.accounts.actors import Actor
from approvals.base.formatting import month
from approvals.base.i18n import N_, label, own_name, translated
from approvals.base.i18n import gettext as _
from approvals.base.moments import read_month
from approvals.casefile.worklist.worklist import Duty
from approvals.jobs.labels import KIND_LABELS
from approvals.programme.queries import task_label
from approvals.web.home.duties import address_of
from workflows.charts.roles import ROLES
from workflows.label import Label

STANDINGS: Mapping[str, Label] = {
    "late": Label("已超期", "Overdue"),
    "today": Label("今日到期", "Due today"),
    "later": Label("后续到期", "Due later"),
    "open": Label("无办理期限", "Without a due date"),
}
INSTRUCT, TOP = Label("批示", "Instruct"), "4"
SHORT = 80  # characters of what somebody wrote
# What is fine when nothing waits, by role.
FINE: Mapping[str, str] = {
    "owner": N_("Nothing to hand in, to correct, to answer or to collect."),
    **dict.fromkeys(
        ("window", "window_head"),
        N_(
            "No application is waiting to be accepted, decided or delivered, and no supervision matter is waiting "
            "for an answer."
        ),
    ),
    "liaison": N_("No late approval, no open question, and all owners were contacted."),
    "service_centre": N_("All projects are registered, and no escalation, order or request is waiting."),
    "supervision_office": N_("All filings are classified, and no escalation, appeal, answer or entry is waiting."),
    "city_government": N_("No matter has reached the city government."),
    "finance": N_("All money that was reported is confirmed."),
    "sysadmin": N_("All jobs run, all notices are delivered, and the calendar is complete."),
    "secadmin": N_("All open work has a responsible person."),
    "auditor": N_("The log records all sign-ins, role changes and password changes."),
}
# What duties are about that are about no case, with their number.
_COUNTED: Mapping[str, str] = {
    "second": N_("%(part)s requests wait for a second administrator"),
    "vacancy": N_("%(part)s matters without a responsible person"),
    "jobs": N_("%(part)s jobs failed"),
    "deliveries": N_("%(part)s notices could not be delivered"),
    "calendar": N_("The holiday notice of %(part)s is not loaded"),
}


@dataclass(frozen=True, slots=True)
class DutyLine:
    """`about` stands below the subject, `href` and `action` are the button's; `standing` says when it is due."""

    duty: Duty
    subject: str
    about: str
    origin: str
    action: str
    href: str
    is_late: bool
    standing: Label


@dataclass(frozen=True, slots=True)
class DutyGroup:
    title: Label
    lines: tuple[DutyLine, ...]


def duty_groups(duties: Iterable[Duty], actor: Actor, now: datetime) -> list[DutyGroup]:
    """The duties of a page, in their order, by when they are due."""
    return [
        DutyGroup(STANDINGS[standing], tuple(_line(duty, actor, now) for duty in group))
        for standing, group in groupby(duties, key=lambda duty: duty.standing(now))
    ]


def duty_lines(duties: Iterable[Duty], actor: Actor, now: datetime) -> list[DutyLine]:
    """These duties in words, in their order."""
    return [_line(duty, actor, now) for duty in duties]


def nothing_waits(actor: Actor) -> Sequence[str]:
    """What is fine when nothing waits for the actor, as msgids."""
    return list(dict.fromkeys(FINE[role] for role in ROLES if actor.has(role) and role in FINE))


def _line(duty: Duty, actor: Actor, now: datetime) -> DutyLine:
    standing = duty.standing(now)
    is_instruction = duty.kind.name == "escalation" and duty.part == TOP and actor.has("city_government")
    return DutyLine(
        duty=duty,
        subject=_subject(duty),
        about=" · ".join(filter(None, _about(duty))),
        origin=own_name(duty.origin) if duty.origin else "",
        action=label(INSTRUCT if is_instruction else duty.kind.action),
        href=address_of(duty),
        is_late=standing == "late",
        standing=STANDINGS[standing],
    )


def _subject(duty: Duty) -> str:
    if duty.subject:
        return duty.subject
    if duty.kind.name == "month":
        return _month(duty)
    if duty.text in KIND_LABELS:
        return _("Did not run in time: %(job)s", job=label(KIND_LABELS[duty.text]))
    return translated(_COUNTED[duty.kind.name], {"part": duty.part})


def _about(duty: Duty) -> Iterable[str]:
    """The item and number of an approval; number, place and month of an entry; what was asked."""
    if duty.item:
        yield f"{duty.code} {label(duty.item)}"
    yield duty.number or duty.ref
    if duty.item_no:
        yield duty.item_no
        yield task_label(duty.code) if duty.code else ""
        yield _month(duty) if len(duty.part) == len("2026-01") else ""
    if duty.text and duty.subject:
        yield duty.text if len(duty.text) <= SHORT else f"{duty.text[:SHORT]}…"


def _month(duty: Duty) -> str:
    return month(read_month(duty.part).first_on)
