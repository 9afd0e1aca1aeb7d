"""Corrections of one approval as their page shows them: the days, the one that waits, and what it would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON
from approvals.base.i18n import N_
from approvals.calendar.queries import calendar_for, limits_of, steps_of
from approvals.registration.queries import approval_for
from approvals.windows.corrections import corrections_of, open_corrections, waiting_correction, wrong_days
from approvals.windows.queries import ApprovalView, approval
from workflows.charts.approval import APPROVAL
from workflows.charts.correction import CORRECTION
from workflows.charts.model import Move, State
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar
from workflows.clock.reading import Reading
from workflows.clock.timeline import CORRECT, Step
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.rules.cards import RULES, CardRule, cards_due, cards_without_ground
from workflows.rules.corrections import Wrong

CORRECT_A_DAY, CORRECTION_WAITS = N_("A day is recorded wrongly"), N_("A correction waits to be confirmed")
RECEIVED, ACCEPTED, DECIDED, DELIVERED = N_("Received"), N_("Accepted"), N_("Decided"), N_("Delivered")
ANSWER_BY, PROMISED, LEGAL = N_("Answer to the application"), N_("Promised limit"), N_("Legal limit")
DELIVER_BY, USED, LIGHT = N_("Delivery"), N_("Working days used"), N_("Light")


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of the clock before and after a correction; `kind` is day, days or light."""

    name: str
    kind: str
    before: Any
    after: Any

    @property
    def is_moved(self) -> bool:
        return bool(self.before != self.after)


@dataclass(frozen=True, slots=True)
class CorrectionPreview:
    """What a correction would do to the clock as it stands today, and to the cards."""

    lines: tuple[Compared, ...]
    ended: tuple[CardRule, ...]
    new: tuple[CardRule, ...]
    silent_on: date | None  # the day by which the application would have been answered, when that has passed


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction in words."""

    move: Move
    was_on: date
    right_on: date
    reason: str
    proposed_by: str
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class CorrectionsView:
    """All of an approval's corrections; `days` are those that may be corrected, `moves` are open to the reader."""

    approval: ApprovalView
    number: str
    state: State
    days: tuple[Wrong, ...]
    waiting: CorrectionView | None
    preview: CorrectionPreview | None
    moves: tuple[Move, ...]
    past: tuple[CorrectionView, ...]

    @property
    def ref(self) -> dict[str, str]:
        """How its approval is addressed."""
        return {"project": self.approval.project, "code": self.approval.code}

    @property
    def version(self) -> int:
        """What a move of a correction is made on."""
        return self.waiting.version if self.waiting else self.approval.version


def leading_words(tx: Connection, found: ApprovalView, actor: Actor) -> str:
    """What leads to the corrections, a msgid, for those who may propose or answer one; empty for others."""
    moves = open_corrections(tx, found, actor)
    if not moves:
        return ""
    return CORRECT_A_DAY if moves[0].begins else CORRECTION_WAITS


def corrections(tx: Connection, ref: str, code: str, actor: Actor, *, today: date) -> CorrectionsView:
    """The corrections of this approval; NotFound when the actor may not see it."""
    found, row = approval(tx, ref, code, actor, today), approval_for(tx, ref, code, actor)
    waiting = waiting_correction(tx, found.id)
    rows = corrections_of(tx, found.id)
    names = _names(tx, rows)
    return CorrectionsView(
        approval=found,
        number=load_city().shown_number(found.project),
        state=APPROVAL.state(found.state),
        days=tuple(wrong_days(tx, row, today)),
        waiting=_view(waiting, names) if waiting else None,
        preview=preview(tx, row, waiting.entry, waiting.right_on, today) if waiting else None,
        moves=open_corrections(tx, found, actor),
        past=tuple(_view(one, names) for one in reversed(rows) if one.state != "proposed"),
    )


def _names(tx: Connection, rows: Iterable[Row[Any]]) -> dict[str, str]:
    wanted = PERSON.c.username.in_({row.proposed_by for row in rows})
    people = tx.execute(select(PERSON.c.username, PERSON.c.name).where(wanted).order_by(PERSON.c.id))
    return {row.username: row.name for row in people}


def _view(row: Row[Any], names: dict[str, str]) -> CorrectionView:
    return CorrectionView(
        APPROVAL.move(row.moved),
        row.was_on,
        row.right_on,
        row.reason,
        names.get(row.proposed_by, row.proposed_by),
        CORRECTION.state(row.state),
        row.version,
    )


def preview(tx: Connection, approval: Row[Any], entry: int, right_on: date, today: date) -> CorrectionPreview:
    """What would be if this step were corrected to this day today."""
    steps, calendar = steps_of(tx, approval.project_id, approval.id), calendar_for(tx, approval)
    corrected = [*steps, Step(CORRECT, today, corrects=entry, right_on=right_on)]
    before, after = (_read(approval, one, calendar, today) for one in (steps, corrected))
    due, ended = (_keys(approval, one, calendar, today) for one in (steps, corrected))
    notice = after.notice.due_on if after.notice else None
    return CorrectionPreview(
        tuple(_compared(before, after)),
        ended=_rules(ended[1] - due[1]),
        new=_rules(ended[0] - due[0]),
        silent_on=notice if notice and notice < today else None,
    )


def _read(approval: Row[Any], steps: Sequence[Step], calendar: Calendar, today: date) -> Reading:
    return read(steps, limits_of(approval), calendar, today, days=False, reminder_at=load_policy().reminder_at)


def _keys(approval: Row[Any], steps: Sequence[Step], calendar: Calendar, today: date) -> tuple[set[Any], set[Any]]:
    """The cards that are due by these steps, and those of which a correction took the ground away."""
    of_approval = limits_of(approval), load_policy(), calendar, today
    due = {card.key for card in cards_due(steps, *of_approval)}
    return due, set(cards_without_ground(steps, *of_approval))


def _rules(keys: Iterable[tuple[int, str]]) -> tuple[CardRule, ...]:
    return tuple(RULES[rule] for _, rule in sorted(keys))


def _compared(before: Reading, after: Reading) -> Iterable[Compared]:
    for name, kind, of in _LINES:
        one, other = of(before), of(after)
        if one is not None or other is not None:
            yield Compared(name, kind, one, other)


_LINES: tuple[tuple[str, str, Any], ...] = (
    (RECEIVED, "day", lambda told: told.received_on),
    (ACCEPTED, "day", lambda told: told.accepted_on),
    (DECIDED, "day", lambda told: told.decided_on),
    (DELIVERED, "day", lambda told: told.delivered_on),
    (ANSWER_BY, "day", lambda told: told.notice and told.notice.due_on),
    (PROMISED, "day", lambda told: told.promised and told.promised.due_on),
    (LEGAL, "day", lambda told: told.legal and told.legal.due_on),
    (DELIVER_BY, "day", lambda told: told.delivery and told.delivery.due_on),
    (USED, "days", lambda told: told.used if told.accepted_on else None),
    (LIGHT, "light", lambda told: told.light),
)
