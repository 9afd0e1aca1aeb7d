"""Corrections of one approval: the days that may be corrected, the open proposal, and its effect."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON
from approvals.base.i18n import N_
from approvals.calendar.queries import calendar_for, limits_of, steps_of
from approvals.registration.queries import ApprovalRow, approval_for
from approvals.windows.corrections import CorrectionRow, corrections_of, open_corrections, wrong_days
from approvals.windows.queries import ApprovalView, approval
from workflows.charts.approval import APPROVAL
from workflows.charts.correction import CORRECTION
from workflows.charts.model import Move, State
from workflows.clock.approval_clock import read
from workflows.clock.reading import Reading
from workflows.clock.timeline import CORRECT, Step
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.rules.cards import RULES, CardRule, cards_due, cards_without_ground
from workflows.rules.corrections import CorrectableStep

CORRECT_A_DAY, CORRECTION_WAITS = N_("Report a wrong date"), N_("A correction is awaiting confirmation")
RECEIVED, ACCEPTED, DECIDED, DELIVERED = N_("Received"), N_("Accepted"), N_("Decided"), N_("Delivered")
ANSWER_BY, PROMISED, LEGAL = N_("Answer to the application"), N_("Promised limit"), N_("Legal limit")
DELIVER_BY, USED, LIGHT = N_("Delivery"), N_("Working days used"), N_("Light")

ClockValue = date | int | str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of the clock before and after a correction; `kind` is day, days or light."""

    name: str
    kind: str
    before: ClockValue
    after: ClockValue

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class CorrectionPreview:
    """The effect of a correction on today's clock and on the cards."""

    lines: tuple[Compared, ...]
    ended: tuple[CardRule, ...]
    new: tuple[CardRule, ...]
    silent_on: date | None  # the day by which the application would have been answered, when that has passed


@dataclass(frozen=True, slots=True)
class CorrectionView:
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
    days: tuple[CorrectableStep, ...]
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


def correction_link(tx: Connection, approval: ApprovalView, actor: Actor) -> str:
    """The label of the link to the corrections, a msgid; empty for readers who may neither propose nor answer one."""
    moves = open_corrections(tx, approval, actor)
    return (CORRECT_A_DAY if moves[0].begins else CORRECTION_WAITS) if moves else ""


def corrections(tx: Connection, ref: str, code: str, actor: Actor, *, today: date) -> CorrectionsView:
    """The corrections of this approval; NotFound when the actor may not see it."""
    view, approval_row = approval(tx, ref, code, actor, today), approval_for(tx, ref, code, actor)
    rows = corrections_of(tx, view.id)
    waiting = next((row for row in rows if row.state == "proposed"), None)
    names = _names(tx, rows)
    return CorrectionsView(
        approval=view,
        number=load_city().shown_number(view.project),
        state=APPROVAL.state(view.state),
        days=tuple(wrong_days(tx, approval_row, today)),
        waiting=_view(waiting, names) if waiting else None,
        preview=preview(tx, approval_row, waiting.entry, waiting.right_on, today) if waiting else None,
        moves=open_corrections(tx, view, actor),
        past=tuple(_view(correction, names) for correction in reversed(rows) if correction.state != "proposed"),
    )


def _names(tx: Connection, rows: Iterable[CorrectionRow]) -> dict[str, str]:
    clause = PERSON.c.username.in_({row.proposed_by for row in rows})
    people = tx.execute(select(PERSON.c.username, PERSON.c.name).where(clause).order_by(PERSON.c.id))
    return {row.username: row.name for row in people}


def _view(row: CorrectionRow, names: dict[str, str]) -> CorrectionView:
    return CorrectionView(
        APPROVAL.move(row.moved),
        row.was_on,
        row.right_on,
        row.reason,
        names.get(row.proposed_by, row.proposed_by),
        CORRECTION.state(row.state),
        row.version,
    )


def preview(tx: Connection, approval: ApprovalRow, entry: int, right_on: date, today: date) -> CorrectionPreview:
    """The effect of correcting this step to this day today."""
    steps, calendar = steps_of(tx, approval.project_id, approval.id), calendar_for(tx, approval)
    corrected = [*steps, Step(CORRECT, today, corrects=entry, right_on=right_on)]
    limits, policy = limits_of(approval), load_policy()

    def clock(steps: Sequence[Step]) -> Reading:
        return read(steps, limits, calendar, today, days=False, reminder_at=policy.reminder_at)

    def due(steps: Sequence[Step]) -> set[tuple[int, str]]:
        return {card.key for card in cards_due(steps, limits, policy, calendar, today)}

    def groundless(steps: Sequence[Step]) -> set[tuple[int, str]]:
        return set(cards_without_ground(steps, limits, policy, calendar, today))

    after = clock(corrected)
    notice = after.notice.due_on if after.notice else None
    return CorrectionPreview(
        tuple(_compared(clock(steps), after)),
        ended=_rules(groundless(corrected) - groundless(steps)),
        new=_rules(due(corrected) - due(steps)),
        silent_on=notice if notice and notice < today else None,
    )


def _rules(keys: Iterable[tuple[int, str]]) -> tuple[CardRule, ...]:
    return tuple(RULES[rule] for _, rule in sorted(keys))


def _compared(before: Reading, after: Reading) -> Iterable[Compared]:
    for name, kind, attribute in _LINES:
        old, new = attribute(before), attribute(after)
        if old is not None or new is not None:
            yield Compared(name, kind, old, new)


_LINES: tuple[tuple[str, str, Callable[[Reading], ClockValue]], ...] = (
    (RECEIVED, "day", lambda reading: reading.received_on),
    (ACCEPTED, "day", lambda reading: reading.accepted_on),
    (DECIDED, "day", lambda reading: reading.decided_on),
    (DELIVERED, "day", lambda reading: reading.delivered_on),
    (ANSWER_BY, "day", lambda reading: reading.notice and reading.notice.due_on),
    (PROMISED, "day", lambda reading: reading.promised and reading.promised.due_on),
    (LEGAL, "day", lambda reading: reading.legal and reading.legal.due_on),
    (DELIVER_BY, "day", lambda reading: reading.delivery and reading.delivery.due_on),
    (USED, "days", lambda reading: reading.used if reading.accepted_on else None),
    (LIGHT, "light", lambda reading: reading.light),
)
