"""What moved the due dates of an approval: special procedures, suspensions, the extension."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from approvals.base.i18n import N_, Labelled
from approvals.history.queries import EntryView
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.deadline_changes import EXTEND, SUSPEND, Caps, DeadlineChange, Special, shifts
from workflows.clock.timeline import Limits, Step
from workflows.config.policy import load_policy
from workflows.label import Label

_OVER, _NEAR = N_("%(days)s working days beyond the cap"), N_("%(days)s working days left to the cap")
_AT_CAP = N_("at the cap")


@dataclass(frozen=True, slots=True)
class DeadlineWarning:
    """A special procedure beyond its cap or near it; `told` is a msgid with `days`."""

    told: str
    days: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class DeadlineChangeView:
    """One change; `why` is the reason of an extension, or the written notice to the owner."""

    shift: DeadlineChange
    name: Labelled
    why: str
    warning: DeadlineWarning | None

    @property
    def is_extension(self) -> bool:
        return self.shift.move == EXTEND


def deadline_changes(
    steps: Sequence[Step], entries: Sequence[EntryView], limits: Limits, caps: Caps, calendar: Calendar, today: date
) -> tuple[DeadlineChangeView, ...]:
    """What moved the due dates of the current round; `entries` are those that the steps were made of."""
    return tuple(_view(change, entries[change.at]) for change in shifts(steps, limits, caps, calendar, today))


def _view(change: DeadlineChange, entry: EntryView) -> DeadlineChangeView:
    why = next((str(entry.facts[name]) for name in ("reason", "notice", "cause") if name in entry.facts), "")
    return DeadlineChangeView(change, _name(change), why, cap_warning(change.special) if change.special else None)


def _name(change: DeadlineChange) -> Labelled:
    if change.special:
        return Label(change.special.procedure, change.special.procedure)
    return PROJECT.move(SUSPEND) if change.move == SUSPEND else APPROVAL.move(change.move)


def cap_warning(special: Special) -> DeadlineWarning | None:
    """The warning about a special procedure's cap, if it is near or exceeded."""
    cap = special.cap or 0
    if special.is_over:
        return DeadlineWarning(_OVER, special.days - cap, True)
    if not special.is_near(load_policy().pauses["near_cap"]):
        return None
    return DeadlineWarning(_NEAR if special.days < cap else _AT_CAP, cap - special.days, False)
