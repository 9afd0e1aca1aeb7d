"""The one table from a move to the action that makes it, used by pages, API and feed alike."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from approvals.accounts.actors import check_bounds
from approvals.appraisal.actions import move_deduction
from approvals.base.database import Transactions
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.filing.actions import draft, edit, file
from approvals.filing.amendments import amend, settle_amendment
from approvals.filing.views import SETTLING
from approvals.history.commands import Command, Kind, MoveWarning, Reference, orders_about
from approvals.history.record import Subject
from approvals.liaisons.actions import ask, move_request, reassign
from approvals.programme.entries.actions import CLOSE, move_entry
from approvals.programme.items.actions import move_item, propose
from approvals.programme.problems.actions import RAISE
from approvals.programme.problems.queries import PART, PROBLEM_KEY
from approvals.programme.queries import PREFIX
from approvals.programme.years.actions import move_year
from approvals.projects.plan_changes import add_approval, strike_approval
from approvals.projects.problem_projects import move_problem_of_projects, raise_problem_of_projects
from approvals.projects.programme_days import divide_days
from approvals.projects.suspension import move_project_with_approvals
from approvals.projects.works import report_works
from approvals.registration.actions import register
from approvals.supervision.cards.appeals import move_card
from approvals.supervision.escalations.actions import catch_up
from approvals.supervision.escalations.answers import answer, raise_jointly
from approvals.supervision.joint.actions import manage_jointly, move_word
from approvals.supervision.marks import mark
from approvals.supervision.office_statements import state_before
from approvals.supervision.orders.actions import catch_up_order, issue_order, move_order
from approvals.supervision.orders.queries import REF
from approvals.triage.actions import divert, sort
from approvals.windows.actions import act, grant_at_once, settle_silence
from approvals.windows.corrections import move_correction
from approvals.windows.reminders import remind
from workflows.charts.approval import APPROVAL, REMINDERS
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.deduction import DEDUCTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.item import ITEM
from workflows.charts.model import Chart
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.order import ORDER
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.request import REQUEST
from workflows.charts.word import WORD
from workflows.clock.works import FINISH, START

Action = Callable[[Connection, Command], Subject]


def _moves(chart: Chart, action: Action) -> dict[str, Action]:
    """The moves that people make of a case of this chart once it has begun."""
    return {move.name: action for move in chart.moves if not move.is_systems and not move.begins}


ANSWERS = _moves(ESCALATION, answer)
MOVES: Mapping[Kind, Mapping[str, Action]] = {
    "projects": {"draft": draft},
    "project": {
        "edit": edit,
        **dict.fromkeys(("file", "refile"), file),
        **dict.fromkeys(("return_filing", "decline", "classify"), sort),
        "divert": divert,
        "amend": amend,
        **dict.fromkeys(SETTLING, settle_amendment),
        "register": register,
        "reassign": reassign,
        "mark": mark,
        "add_approval": add_approval,
        "strike_approval": strike_approval,
        **dict.fromkeys(("suspend", "resume", "withdraw"), move_project_with_approvals),
        **dict.fromkeys((START, FINISH), report_works),
        **dict.fromkeys(("manage_jointly", "end_joint"), manage_jointly),
    },
    "approval": {
        **_moves(APPROVAL, act),
        **dict.fromkeys(REMINDERS, remind),
        "grant_at_once": grant_at_once,
        **ANSWERS,
        "raise_jointly": raise_jointly,
        "propose_correction": move_correction,
        **_moves(CORRECTION, move_correction),
    },
    "card": _moves(CARD, move_card),
    "requests": {"ask": ask},
    "request": _moves(REQUEST, move_request),
    "word": {"write_word": move_word, **_moves(WORD, move_word)},
    "orders": {"issue": issue_order},
    "order": _moves(ORDER, move_order),
    "deduction": _moves(DEDUCTION, move_deduction),
    "programme": _moves(PROGRAMME, move_year),
    "items": {"propose": propose},
    "item": {**_moves(ITEM, move_item), "divide_days": divide_days},
    "entry": {name: action for name, action in _moves(ENTRY, move_entry).items() if name != CLOSE},
    "problems": {RAISE: raise_problem_of_projects},
    "problem": _moves(PROBLEM, move_problem_of_projects),
}
MOVE_NAMES = frozenset(name for moves in MOVES.values() for name in moves)
_OF_PROJECT = N_("is not an action available on a project")
_OF_REQUEST = N_("is not an action available on a request")
_OF_ORDER = N_("is not an action available on an order")
_OF_ITEM = N_("is not an action available on an item of the programme")
_OF_PROBLEM = N_("is not an action available on a problem of the programme")
_UNKNOWN: Mapping[Kind, str] = {
    "projects": _OF_PROJECT,
    "project": _OF_PROJECT,
    "approval": N_("is not an action available on an approval"),
    "card": N_("is not an action available on a card"),
    "requests": _OF_REQUEST,
    "request": _OF_REQUEST,
    "word": N_("is not an action available on a monthly statement"),
    "orders": _OF_ORDER,
    "order": _OF_ORDER,
    "deduction": N_("is not an action available on a deduction"),
    "programme": N_("is not an action available on a programme year"),
    "items": _OF_ITEM,
    "item": _OF_ITEM,
    "entry": N_("is not an action available on a monthly entry"),
    "problems": _OF_PROBLEM,
    "problem": _OF_PROBLEM,
}


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What a move led to: how the case is addressed, its state and version now, and the id of its row."""

    ref: str
    state: str
    version: int
    id: int
    warnings: tuple[MoveWarning, ...] = ()


def execute(tx: Connection, command: Command) -> MoveResult:
    """Make one move; Invalid for one that people cannot make here, Forbidden for one beyond the bounds of a token."""
    check_move(command.ref, command.move)
    check_bounds(command.actor, command.move)
    state_before(tx, command)
    case = MOVES[command.ref.kind][command.move](tx, command)
    return MoveResult(case.label, case.state, case.version, case.id, case.warnings)


def check_move(ref: Reference, move: str) -> None:
    """Invalid for a move that people cannot make on this reference, whatever its state."""
    if move not in MOVES[ref.kind]:
        raise invalid("move", _UNKNOWN[ref.kind])


# What the system owes before a move.


@contextmanager
def settling(database: Transactions, command: Command) -> Iterator[None]:
    """When the move within is refused, record what the system owes by now: that may be what made it impossible.

    The action itself records it too, but in the transaction that is rolled back.
    """
    try:
        yield
    except Refused:
        if command.ref.kind in _SETTLE:
            with database.write() as tx:
                _SETTLE[command.ref.kind](tx, command)
        raise


def _settle_approval(tx: Connection, command: Command) -> None:
    if command.move in ANSWERS:
        _settle_card(tx, command)
    else:
        settle_silence(tx, command.ref.project, command.ref.code, command.actor, command.now)


def _settle_card(tx: Connection, command: Command) -> None:
    catch_up(tx, command.ref.project, command.ref.code, command.actor, command.now, command.now)


def _settle_order(tx: Connection, command: Command) -> None:
    catch_up_order(tx, command.ref.key, command.actor, command.now)


_SETTLE: Mapping[Kind, Callable[[Connection, Command], None]] = {
    "approval": _settle_approval,
    "card": _settle_card,
    "order": _settle_order,
}


# References as the feed writes them.

_PARTS: Mapping[str, Kind] = {"requests": "request", "words": "word"}
_NUMBERED: Mapping[str, Kind] = {"orders": "order", "deductions": "deduction"}
_PROGRAMME = re.compile(rf"{PREFIX}/((?:20|21)[0-9]{{2}}(?:/.*)?)", re.DOTALL)


def read_reference(text: str, move: str) -> Reference:
    """What a line of the feed is on.

    `<project>`, `<project>/<code>`, `<project>/<code>/cards/<rule>`, `<project>/requests/<no>`,
    `<project>/words/<month>`, `orders/<no>`, `deductions/<no>`, `programme/<year>`, `programme/<year>/<item>`,
    `programme/<year>/<item>/<task>/<month>` or `programme/<year>/<item>/problems/<no>`. For `draft` it is the reference
    that the new project gets, for `ask` `<project>/requests`, for `raise_problem` `programme/<year>/<item>/problems`,
    for `issue` what the order is about with `/orders` behind it, or `orders` alone.
    """
    about, _slash, last = text.rpartition("/")
    if move == "draft":
        return Reference("projects", text)
    if move == "issue" and last == "orders":
        return orders_about(about)
    if programme := _PROGRAMME.fullmatch(text):
        return _in_programme(programme[1], move)
    project, slash, rest = text.partition("/")
    if project in _NUMBERED and REF.fullmatch(rest):
        return Reference(_NUMBERED[project], key=rest)
    return _within(project, rest, move) if slash else Reference("project", project)


def _in_programme(key: str, move: str) -> Reference:
    """The year, an item of it, a problem of one, or an entry of a task."""
    if "/" not in key:
        return Reference("programme", key=key)
    item, _slash, part = key.rpartition("/")
    if part == PART and move == RAISE:
        return Reference("problems", key=item)
    if PROBLEM_KEY.fullmatch(key):
        return Reference("problem", key=key)
    if key.count("/") > 1:
        return Reference("entry", key=key)
    return Reference("items" if move == "propose" else "item", key=key)


def _within(project: str, rest: str, move: str) -> Reference:
    """What belongs to a project: an approval, a card, a request, a month's word."""
    first, _slash, key = rest.partition("/")
    if move == "ask" and rest == "requests":
        return Reference("requests", project)
    if key and first in _PARTS:
        return Reference(_PARTS[first], project, key=key)
    code, cards, key = rest.partition("/cards/")
    return Reference("card", project, code, key) if cards else Reference("approval", project, rest)
