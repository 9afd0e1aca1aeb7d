"""One project as a whole: its plan and its record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, is_officer
from approvals.accounts.contacts import mask_phone
from approvals.calendar.queries import calendar_in_force
from approvals.catalogue.queries import catalogue_of
from approvals.filing.views import ProjectView, project, reads_phone
from approvals.history.queries import EntryView, entries_of_project, outward
from approvals.history.record import FORMER
from approvals.windows.queries import ApprovalView, approvals_of_project
from workflows.charts.approval import OUT_OF_PLAN
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.plan import CriticalPath, path_with_works
from workflows.clock.works import PlannedWorks, planned_works
from workflows.config.catalogue import Catalogue, Item

ENDED = OUT_OF_PLAN | {"granted"}  # states of an approval that nothing is left to wait for
READY = "ready"


@dataclass(frozen=True, slots=True)
class PlannedView:
    """One item of a plan; `approval` is None while the project is not registered."""

    item: Item
    requires: tuple[str, ...]
    approval: ApprovalView | None

    @property
    def department(self) -> str:
        return self.approval.department if self.approval else self.item.department

    @property
    def stage(self) -> int:
        return self.approval.stage if self.approval else self.item.stage

    @property
    def after_works(self) -> bool:
        """Whether it waits for the completion of the works; a registered one as it was planned."""
        return self.approval.after_works if self.approval else self.item.after_works


@dataclass(frozen=True, slots=True)
class PlanView:
    """The approvals that a project needs, those ready to be applied for, and the chain that decides when it can end.

    Before the registration it is a preview by the screening answers. `works` are None where no approval waits for them;
    the critical path contains them with their planned length, 0 where `works_days` is None: nobody gave it.
    """

    project: ProjectView
    catalogue: Catalogue
    is_preview: bool
    items: tuple[PlannedView, ...]
    ready: tuple[str, ...]
    critical_path: CriticalPath
    works: PlannedWorks | None
    works_days: int | None  # working days planned
    calendar: Calendar  # in force, by which they are counted


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry of a project's record, with the item that it is about."""

    entry: EntryView
    code: str | None


def plan(tx: Connection, ref: str, actor: Actor, today: date) -> PlanView:
    """The plan of this project; NotFound when there is none that the actor may see."""
    view = project(tx, ref, actor)
    approvals = approvals_of_project(tx, view.id, today) if view.number else ()
    return plan_of(view, approvals, catalogue_of(tx, view, today), calendar_in_force(tx))


def plan_of(view: ProjectView, approvals: Iterable[ApprovalView], catalogue: Catalogue, calendar: Calendar) -> PlanView:
    """The plan of this project, whose approvals these are, by its catalogue; a preview before the registration."""
    if view.number is None:
        has_plan = view.kind == "construction" and not PROJECT.state(view.state).is_final
        preview = catalogue.plan(view.answers, view.planned_10k_yuan) if has_plan else ()
        items = tuple(PlannedView(planned.item, planned.requires, None) for planned in preview)
    else:
        items = tuple(PlannedView(approval.item, approval.requires, approval) for approval in approvals)
    pairs = [(planned.item, planned.approval) for planned in items]
    states = {item.code: approval.state for item, approval in pairs if approval}
    requires = {planned.item.code: planned.requires for planned in items}
    after = [p.item.code for p in items if p.after_works and states.get(p.item.code) not in OUT_OF_PLAN]
    works = planned_works(requires, after, view.works)
    limits = {item.code: approval.promised_limit if approval else item.promised for item, approval in pairs}
    done = {code for code, state in states.items() if state in ENDED}
    path = path_with_works(limits, requires, works, calendar, done)
    ready = tuple(code for code, state in states.items() if state == READY)
    outlook = works, view.works.planned(calendar), calendar
    return PlanView(view, catalogue, view.number is None, items, ready, path, *outlook)


def _masked(entry: EntryView) -> EntryView:
    """The entry without the telephone numbers that were given, now or before."""
    facts = _without_phone(entry.facts)
    return replace(entry, facts={**facts, FORMER: _without_phone(facts[FORMER])} if FORMER in facts else facts)


def _without_phone(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "contact_phone": mask_phone(facts["contact_phone"])} if facts.get("contact_phone") else facts


def record(tx: Connection, ref: str, actor: Actor, today: date) -> tuple[ProjectView, list[RecordedEntry]]:
    """A project and all that was done with it, in order; NotFound when there is none that the actor may see."""
    view = project(tx, ref, actor)
    codes = {approval.id: approval.code for approval in approvals_of_project(tx, view.id, today)} if view.number else {}
    entries = entries_of_project(tx, view.id)
    entries = entries if is_officer(actor) else outward(entries)
    if not reads_phone(actor, view.place):
        entries = [_masked(entry) for entry in entries]
    return view, [RecordedEntry(entry, codes.get(entry.approval_id or 0)) for entry in entries]
