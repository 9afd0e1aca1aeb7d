"""The lists behind the numbers of the board."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import person
from approvals.accounts.unit_names import unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import own_name
from approvals.base.pagination import Page
from approvals.casefile.board.queries import COLUMNS, states_of
from approvals.filing.views import project
from approvals.windows.lists import approvals, count
from approvals.windows.queries import ApprovalFilter
from approvals.windows.queue import QueueRow, shown
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.clock.lights import LIGHTS
from workflows.config.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class BoardListFilter:
    """What somebody asks for: a column of the board, narrowed by one of its lines; empty parts do not narrow."""

    light: str = ""
    state: str = ""
    department: str = ""
    liaison: str = ""
    project: str = ""

    @property
    def address(self) -> Mapping[str, str]:
        """The parts of the address that lead to this list again."""
        parts = {name: getattr(self, name) for name in ("light", "state", "department", "liaison", "project")}
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class BoardList:
    """One page of a list, how many approvals it has in all, and the names of what narrows it."""

    asked: BoardListFilter
    state: State | None
    names: tuple[str, ...]
    total: int
    page: Page[QueueRow]


def listed(tx: Connection, actor: Actor, filters: BoardListFilter, *, today: date, cursor: str = "") -> BoardList:
    """The approvals that a number of the board counts; NotFound for a column, department or liaison that is none."""
    _check(filters)
    approval_filter = _approval_filter(filters)
    rows = approvals(tx, actor, approval_filter, today=today, cursor=cursor)
    return BoardList(
        filters,
        APPROVAL.state(filters.state) if filters.state else None,
        tuple(_names(tx, actor, filters)),
        count(tx, actor, approval_filter, today=today),
        shown(tx, rows, today),
    )


def _check(filters: BoardListFilter) -> None:
    is_column = filters.light in ("", *LIGHTS) and filters.state in ("", *COLUMNS[len(LIGHTS) :])
    if not is_column or filters.department not in ("", *load_catalogue().departments):
        raise NotFound


def _approval_filter(filters: BoardListFilter) -> ApprovalFilter:
    columns = [filters.light or filters.state] if filters.light or filters.state else COLUMNS
    return ApprovalFilter(
        department=filters.department or None,
        states=tuple(dict.fromkeys(state for column in columns for state in states_of(column))),
        light=filters.light or None,
        project=filters.project or None,
        liaison=filters.liaison or None,
        goes_on=True,
    )


def _names(tx: Connection, actor: Actor, filters: BoardListFilter) -> Iterator[str]:
    """Of what narrows the list; NotFound for somebody or a project that is not there."""
    if filters.department:
        yield own_name(unit_names(tx, [filters.department])[filters.department])
    if filters.liaison:
        yield person(tx, filters.liaison).name
    if filters.project:
        yield project(tx, filters.project, actor).name
