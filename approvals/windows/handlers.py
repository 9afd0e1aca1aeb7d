"""The handler of an approval (经办人): who of the department is expected to handle it.

The right to decide does not change: whoever may act at the window may still do so.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import WINDOWS
from approvals.accounts.queries import GRANT, PERSON, UNIT, lock_person
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, text_fault
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import OpenChain, Subject
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS, ApprovalRow
from workflows.charts.approval import DECIDED, HANDLING, IN_HAND, UNASSIGN
from workflows.clock.timeline import NEW_ROUNDS

_NOBODY: dict[str, Any] = {"handler_id": None, "handler_left_at": None}


def is_in_hand(approval: Any) -> bool:
    """Whether a window has anything left to do or to wait for: there an approval has a handler."""
    if approval.state in IN_HAND:
        return approval.project_state in OPEN_PROJECTS
    left = (approval.delivered_on is None, approval.check_on is not None, approval.owed_until is not None)
    return approval.state in DECIDED and any(left)


def in_hand() -> ColumnElement[bool]:
    """The same as a WHERE clause, of approvals joined with their projects."""
    runs = and_(APPROVALS.c.state.in_(IN_HAND), PROJECTS.c.state.in_(OPEN_PROJECTS))
    left = APPROVALS.c.delivered_on.is_(None), APPROVALS.c.check_on.is_not(None), APPROVALS.c.owed_until.is_not(None)
    return or_(runs, and_(APPROVALS.c.state.in_(DECIDED), or_(*left)))


def concerns(actor: Actor) -> ColumnElement[bool]:
    """Whether a case of the actor's window is theirs to do: their own and those that nobody has; all of them to a head.

    Of whom they cover today, the cases are theirs as well.
    """
    if actor.has("window_head"):
        return true()
    return or_(APPROVALS.c.handler_id.is_(None), APPROVALS.c.handler_id.in_(actor.handles_as))


def may_handle(move: str, approval: Any, actor: Actor) -> bool:
    """Whether this move of the handler is to be offered to somebody who may act at the window."""
    handler_id = approval.place.handler_id
    if not is_in_hand(approval) or move == "assign":
        return is_in_hand(approval)
    return handler_id is None if move == "take" else handler_id is not None and _may_give_back(handler_id, actor)


def _may_give_back(handler_id: int, actor: Actor) -> bool:
    return actor.has("window_head") or handler_id in actor.handles_as


def lock_handler(tx: Connection, move: str, values: Any, by: Actor) -> None:
    """Hold on to whoever becomes the handler, so that they do not leave meanwhile. To be called before any other lock:
    who leaves is locked first, and their cases after it."""
    if move == "take":
        lock_person(tx, by.username)
    elif move == "assign" and _is_name(values.get("handler")):
        lock_person(tx, values["handler"])


def _is_name(value: object) -> bool:
    return isinstance(value, str) and text_fault(value, limit=NAME_LIMIT, lines=False) is None


def with_handler(
    record: OpenChain, approval: ApprovalRow, case: Subject, name: str, facts: dict[str, Any], by: Actor
) -> tuple[Subject, dict[str, Any], dict[str, Any]]:
    """The case as those who are told see it, the facts, and the columns that this move changes of the handler."""
    if name in NEW_ROUNDS:
        return case, facts, _NOBODY
    if name not in (*HANDLING, UNASSIGN):
        return case, facts, {}
    if not is_in_hand(approval):
        raise Refused(N_("Nothing is left to be done at the window."))
    handler_id = _HANDLERS[name](record.tx, approval, facts, by)
    if name == "take":
        facts = facts | {"handler": by.username}
    if approval.handler_id is not None:
        facts = facts | {"former": _username(record.tx, approval.handler_id)}
    place = replace(case.place, handler_id=handler_id, former_handler_id=approval.handler_id)
    columns = {"handler_id": handler_id, "handler_left_at": record.at if name == UNASSIGN else None}
    return replace(case, place=place), facts, columns


def _assigned(tx: Connection, approval: ApprovalRow, facts: dict[str, Any], _by: Actor) -> int:
    handler_id = member_id(tx, facts["handler"], approval.department_id)
    if handler_id is None:
        raise invalid("handler", N_("does not work at this window"))
    if handler_id == approval.handler_id:
        raise invalid("handler", N_("is already the handler of this approval"))
    return handler_id


def _taken(tx: Connection, approval: ApprovalRow, _facts: dict[str, Any], by: Actor) -> int:
    if approval.handler_id is not None:
        raise Refused(N_("This already has a handler. The head of the window can reassign it."))
    if member_id(tx, by.username, approval.department_id) is None:
        raise Refused(N_("Only people of this window can take its cases."))
    return by.id


def _given_back(_tx: Connection, approval: ApprovalRow, _facts: dict[str, Any], by: Actor) -> None:
    if approval.handler_id is None:
        raise Refused(N_("This has no handler yet."))
    if not _may_give_back(approval.handler_id, by):
        raise Refused(N_("Only the handler and the head of the window can give it back."))


def _left(_tx: Connection, _approval: ApprovalRow, _facts: dict[str, Any], _by: Actor) -> None:
    """The system takes the case from whoever is not there any more."""


_HANDLERS: Any = {"assign": _assigned, "take": _taken, "give_back": _given_back, UNASSIGN: _left}


def member_id(tx: Connection, username: str, department_id: int) -> int | None:
    """The id of who works at this window under this user name; None for everybody else."""
    return next((member.id for member in members(tx, department_id) if member.username == username), None)


@dataclass(frozen=True, slots=True)
class WindowMember:
    """Somebody who works at a window."""

    id: int
    username: str
    name: str


def members(tx: Connection, department_id: int) -> list[WindowMember]:
    """Who works at the window of this department, or of the one that it was merged into, by user name."""
    holds = exists().where(GRANT.c.person_id == PERSON.c.id, GRANT.c.role.in_(sorted(WINDOWS)))
    unit_id = select(func.coalesce(UNIT.c.successor_id, UNIT.c.id)).where(UNIT.c.id == department_id)
    query = select(PERSON.c.id, PERSON.c.username, PERSON.c.name)
    query = query.where(PERSON.c.unit_id == unit_id.scalar_subquery(), PERSON.c.is_active, holds)
    return [WindowMember(*row) for row in tx.execute(query.order_by(PERSON.c.username))]


def _username(tx: Connection, person_id: int) -> str:
    return str(tx.execute(select(PERSON.c.username).where(PERSON.c.id == person_id)).scalar_one())
