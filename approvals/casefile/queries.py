"""One project as a whole: its plan and its record. Read-only; looks at all stages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, is_officer
from approvals.filing.views import ProjectView, project
from approvals.history.queries import EntryView, entries_of_project, outward
from approvals.windows.queries import ApprovalView, approvals_of_project
from workflows.clock.plan import CriticalPath, critical_path
from workflows.config.catalogue import Item, load_catalogue

ENDED = frozenset({"granted", "withdrawn"})  # states of an approval that nothing is left to wait for
READY = "ready"


@dataclass(frozen=True, slots=True)
class PlannedView:
    """One item of a plan; `approval` is None while the project is not registered."""

    item: Item
    requires: tuple[str, ...]
    approval: ApprovalView | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """The approvals that a project needs, those ready to be applied for, and the chain that decides when it can end.

    Before the registration it is a preview by the screening answers.
    """

    project: ProjectView
    is_preview: bool
    items: tuple[PlannedView, ...]
    ready: tuple[str, ...]
    critical_path: CriticalPath


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry of a project's record, with the item that it is about."""

    entry: EntryView
    code: str | None


def plan(tx: Connection, ref: str, actor: Actor, today: date) -> PlanView:
    """The plan of this project; NotFound when there is none that the actor may see."""
    view = project(tx, ref, actor)
    return plan_of(view, approvals_of_project(tx, view.id, today) if view.number else ())


def plan_of(view: ProjectView, approvals: Iterable[ApprovalView]) -> PlanView:
    """The plan of this project, whose approvals these are; before the registration there are none."""
    if view.number is None:
        return _plan_view(view, _previewed(view), is_preview=True)
    return _plan_view(
        view, tuple(PlannedView(approval.item, approval.requires, approval) for approval in approvals), is_preview=False
    )


def _previewed(view: ProjectView) -> tuple[PlannedView, ...]:
    if view.kind != "construction":
        return ()
    return tuple(PlannedView(item.item, item.requires, None) for item in load_catalogue().plan(view.answers))


def _plan_view(view: ProjectView, items: tuple[PlannedView, ...], *, is_preview: bool) -> PlanView:
    states = {planned.item.code: planned.approval.state for planned in items if planned.approval}
    limits = {
        planned.item.code: planned.approval.promised_limit if planned.approval else planned.item.promised
        for planned in items
    }
    path = critical_path(
        limits,
        {planned.item.code: planned.requires for planned in items},
        done={code for code, state in states.items() if state in ENDED},
    )
    return PlanView(view, is_preview, items, tuple(code for code, state in states.items() if state == READY), path)


def record(tx: Connection, ref: str, actor: Actor, today: date) -> tuple[ProjectView, list[Recorded]]:
    """A project and all that was done with it, in order; NotFound when there is none that the actor may see."""
    view = project(tx, ref, actor)
    codes = {approval.id: approval.code for approval in approvals_of_project(tx, view.id, today)} if view.number else {}
    entries = entries_of_project(tx, view.id)
    entries = entries if is_officer(actor) else outward(entries)
    return view, [Recorded(entry, codes.get(entry.approval_id or 0)) for entry in entries]
