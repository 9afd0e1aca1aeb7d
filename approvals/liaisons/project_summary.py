"""The liaison of a project as its pages show them: help, requests, contacts, former liaisons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.catalogue.queries import item_of
from approvals.filing.views import ProjectView
from approvals.history.queries import entries_of_project
from approvals.history.timeline import EntryDescription, describe
from approvals.liaisons.contacts import ContactView, contacts, may_note
from approvals.liaisons.on_call import OwnerContacts, helper
from approvals.liaisons.queries import names_of, terms_of
from approvals.liaisons.request_views import RequestRow, requests_of_project
from approvals.registration.queries import OPEN_PROJECTS, approvals_of

FEW = 3  # of each, on the page of a project


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """`done_for_owner` are the latest moves that the liaison made in the owner's place."""

    helper: OwnerContacts | None
    may_ask: bool  # whether requests are still taken
    requests: Sequence[RequestRow]
    contacts: Sequence[ContactView]
    may_note: bool
    done_for_owner: tuple[EntryDescription, ...]


def summary_of(tx: Connection, project: ProjectView, actor: Actor, now: datetime) -> ProjectSummary:
    """The liaison's work for this project; nothing before there is one."""
    liaison_id = project.place.liaison_id
    return ProjectSummary(
        helper=helper(tx, liaison_id, now) if project.registered_at else None,
        may_ask=takes_requests(project),
        requests=requests_of_project(tx, project, now).rows[:FEW],
        contacts=contacts(tx, project, actor, limit=FEW).rows,
        may_note=may_note(actor, project.place),
        done_for_owner=_done_for_owner(tx, project) if actor.has("owner") and project.registered_at else (),
    )


def takes_requests(project: ProjectView) -> bool:
    """Whether its owner can ask: a closed project takes no requests."""
    return project.state in OPEN_PROJECTS


def _done_for_owner(tx: Connection, project: ProjectView) -> tuple[EntryDescription, ...]:
    entries = entries_of_project(tx, project.id)
    own = [entry for entry in entries if entry.subject == "approval" and entry.role == "liaison"]
    items = {approval.id: item_of(tx, approval) for approval in approvals_of(tx, project.id)}
    return tuple(reversed(describe(tx, own[-FEW:], items)))


@dataclass(frozen=True, slots=True)
class TermView:
    """From when until when a liaison accompanied the project; `note` and `by` are of the hand-over."""

    name: str
    from_at: datetime
    until_at: datetime | None
    note: str
    by: str


def terms_views(tx: Connection, project: ProjectView) -> list[TermView]:
    """The terms of a project's liaisons, the present one first."""
    rows = terms_of(tx, project.id)
    names = names_of(tx, {row.person_id for row in rows} | {row.by_id for row in rows})
    views = [TermView(names[row.person_id], row.from_at, row.until_at, row.note, names[row.by_id]) for row in rows]
    return views[::-1]
