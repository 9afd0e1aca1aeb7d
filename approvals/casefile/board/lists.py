"""The lists behind the numbers of the board."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import person, unit_names
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
class Listed:
    """One page of a list, how many approvals it has in all, and the names of what narrows it."""

    asked: BoardListFilter
    state: State | None
    names: tuple[str, ...]
    total: int
    page: Page[QueueRow]


def listed(tx: Connection, actor: Actor, asked: BoardListFilter, *, today: date, cursor: str = "") -> Listed:
    """The approvals that a number of the board counts; NotFound for a column, department or liaison that is none."""
    _check(asked)
    wanted = _wanted(asked)
    found = approvals(tx, actor, wanted, today=today, cursor=cursor)
    return Listed(
        asked,
        APPROVAL.state(asked.state) if asked.state else None,
        tuple(_names(tx, actor, asked)),
        count(tx, actor, wanted, today=today),
        shown(tx, found, today),
    )


def _check(asked: BoardListFilter) -> None:
    is_column = asked.light in ("", *LIGHTS) and asked.state in ("", *COLUMNS[len(LIGHTS) :])
    if not is_column or asked.department not in ("", *load_catalogue().departments):
        raise NotFound


def _wanted(asked: BoardListFilter) -> ApprovalFilter:
    columns = [asked.light or asked.state] if asked.light or asked.state else COLUMNS
    return ApprovalFilter(
        department=asked.department or None,
        states=tuple(dict.fromkeys(state for column in columns for state in states_of(column))),
        light=asked.light or None,
        project=asked.project or None,
        liaison=asked.liaison or None,
        goes_on=True,
    )


def _names(tx: Connection, actor: Actor, asked: BoardListFilter) -> Iterator[str]:
    """Of what narrows the list; NotFound for somebody or a project that is not there."""
    if asked.department:
        yield own_name(unit_names(tx, [asked.department])[asked.department])
    if asked.liaison:
        yield person(tx, asked.liaison).name
    if asked.project:
        yield project(tx, asked.project, actor).name
