"""Sentences about what happened and what comes next: msgids with their values, which the interface translates."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from approvals.base.formatting import day
from approvals.base.i18n import N_, label, series
from approvals.windows.queries import NOTICE, ApprovalView
from workflows.charts.approval import STRUCK
from workflows.config.catalogue import Item
from workflows.rules.next_steps import AT_WORK, REAPPLY, is_open_in

HAPPENED_AND_NEXT = N_("%(happened)s %(next)s")

_NEXT: Mapping[str, str] = {
    "waiting": N_("Can be submitted once these are granted: %(names)s."),
    "ready": N_("Next, the owner or the liaison submits the application."),
    "received": N_("Next, the window responds by %(notice)s: it accepts, issues a one-time notice, or refuses intake."),
    "correcting": N_(
        "Next, the owner makes the corrections named in the notice and resubmits. No clock runs until then."
    ),
    "accepted": N_("Next, the window decides: by %(promised)s as promised, by %(legal)s at the latest by law."),
    "paused": N_("The clock is paused until the window ends the special procedure."),
    "granted": N_("The document has been delivered. No further action is required."),
    "refused": N_("The decision is delivered; the owner may apply again."),
    "not_accepted": N_("The owner may apply again."),
    "withdrawn": N_("The owner or the liaison may apply again."),
    STRUCK: N_("It was struck from the plan; nothing has to be done for it. Ground: %(ground)s"),
}
_NOTIFIED = N_(
    "Next, the window responds by %(notice)s: it accepts or refuses intake."
    " The one-time notice of this round was issued."
)
_BLOCKED = N_("Waiting for what was withdrawn: %(blockers)s. Next, the owner or the liaison applies for it again.")
_TO_DELIVER: Mapping[str, str] = {
    "granted": N_("Next, the window delivers the document by %(delivery)s."),
    "refused": N_("Next, the window delivers the decision by %(delivery)s; the owner may apply again."),
}
_TO_DELIVER_AT_LAST = N_("Next, the window delivers the decision by %(delivery)s.")
_AFTER_WORKS = N_("Can be submitted once the completion of the works is reported.")
_AFTER_WORKS_AND = N_("Can be submitted once the completion of the works is reported and these are granted: %(names)s.")
_SUSPENDED = N_("The project is suspended. No action is possible until it is resumed.")
_CLOSED = N_("The project is closed. No further steps.")
_SILENT = N_("The window did not answer by %(notice)s, so the application counts as accepted from the day of receipt.")
_OVER_PROMISE = N_(
    "The promised limit passed on %(promised)s. Next, the window decides, by %(legal)s at the latest by law."
)
_OVER_LAW = N_("The legal limit passed on %(legal)s. Next, the window decides without any further delay.")
_NOT_DELIVERED = N_("The decision should have been delivered by %(delivery)s. Next, the window delivers it.")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to be translated: a msgid and its values. `is_late` when it says that a limit has passed."""

    msgid: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_late: bool = False


def item_names(items: Iterable[Item]) -> str:
    """Items as they stand within a sentence."""
    return series(f"{item.code} {label(item)}" for item in items)


def next_step(
    approval: ApprovalView, today: date, made: Collection[str] = (), needed: Iterable[ApprovalView] = ()
) -> Sentence:
    """Who acts next, and until when. `made` are the moves of this round, `needed` the prerequisites not granted."""
    needed = tuple(needed)
    values = {
        "names": item_names(need.item for need in needed),
        "blockers": item_names(need.item for need in needed if need.state == "withdrawn"),
        "notice": day(approval.notice_due_on),
        "promised": day(approval.promised_due_on),
        "legal": day(approval.legal_due_on),
        "delivery": day(approval.delivery_due_on),
        "ground": approval.struck_ground or "",
    }
    late = _late(approval, today)
    status = _works(approval, needed) or _status(approval, made, bool(values["blockers"]))
    return Sentence(late or status, values, is_late=bool(late))


def _status(approval: ApprovalView, made: Collection[str], is_blocked: bool) -> str:
    if approval.state == STRUCK:
        return _NEXT[STRUCK]
    if approval.state in _TO_DELIVER and not approval.delivered_on:
        is_open = is_open_in(approval.project_state, REAPPLY)
        return _TO_DELIVER[approval.state] if is_open or approval.state == "granted" else _TO_DELIVER_AT_LAST
    if approval.state != "granted" and not is_open_in(approval.project_state, REAPPLY):
        return _SUSPENDED if approval.project_state == "suspended" else _CLOSED
    if approval.state == "received" and NOTICE in made:
        return _NOTIFIED
    return _BLOCKED if approval.state == "waiting" and is_blocked else _NEXT[approval.state]


def _works(approval: ApprovalView, needed: Collection[ApprovalView]) -> str:
    """What is said of what waits for the works, and of nothing that was withdrawn; empty for all else."""
    if not approval.waits_for_works or any(need.state == "withdrawn" for need in needed):
        return ""
    return _AFTER_WORKS_AND if needed else _AFTER_WORKS


def _late(approval: ApprovalView, today: date) -> str:
    """The sentence about the limit that has passed; empty when none has, or when nobody can do anything about it."""
    passed: Mapping[str, tuple[tuple[date | None, str], ...]] = {
        "received": ((approval.notice_due_on, _SILENT),),
        "accepted": ((approval.legal_due_on, _OVER_LAW), (approval.promised_due_on, _OVER_PROMISE)),
        "granted": ((approval.delivery_due_on, _NOT_DELIVERED),),
        "refused": ((approval.delivery_due_on, _NOT_DELIVERED),),
    }
    is_open = approval.state in _TO_DELIVER or approval.project_state == AT_WORK
    dates = passed.get(approval.state, ()) if is_open else ()
    return next((words for due_on, words in dates if due_on and due_on < today), "")
