"""Projects of the unit that decides on them: its head agrees to a decision before somebody else of it decides."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, exists, select

from approvals.accounts.actors import Actor, Scope, acts_for
from approvals.base.errors import Forbidden, Refused
from approvals.base.i18n import N_
from approvals.base.prepared import Prepared
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.history.second_persons import check_other_program
from approvals.registration.queries import APPROVALS
from workflows.charts.approval import AGREE, APPROVAL
from workflows.config.policy import load_policy

DECISIONS = ("grant", "refuse")
_AGREED = Prepared(
    select(ENTRY.c.actor, ENTRY.c.via, ENTRY.c.facts, ENTRY.c.at)
    .where(ENTRY.c.approval_id == bindparam("approval_id"), ENTRY.c.subject == APPROVAL.name)
    .where(ENTRY.c.move == AGREE, ENTRY.c.round == bindparam("round"))
    .order_by(ENTRY.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """To which decision the head agreed, who that was by user name, and when."""

    decision: str
    username: str
    at: datetime
    via: str | None


def is_own_project(approval: Any) -> bool:
    """Whether the unit that decides here is the one that applied."""
    return bool(approval.owner_unit_id == approval.department_id)


def needs_agreement(approval: Any, on: date) -> bool:
    """Whether a decision of this day needs that the head agreed to it."""
    since = load_policy().head_agrees_from
    return since is not None and on >= since and is_own_project(approval)


def agreement_of(tx: Connection, approval: Any) -> Agreement | None:
    """The last word of the head on this round's decision; None when there is none yet."""
    for row in _AGREED.rows(tx, {"approval_id": approval.id, "round": approval.round}):
        return Agreement(orjson.loads(row.facts)["decision"], row.actor, row.at, row.via)
    return None


def check_agreed(tx: Connection, approval: Any, decision: str, place: Scope, by: Actor, role: str, on: date) -> None:
    """Refused for a decision on the unit's own project to which the head did not agree, Forbidden for who agreed."""
    if not needs_agreement(approval, on):
        return
    agreement = agreement_of(tx, approval)
    if agreement is None or agreement.decision != decision:
        text = N_("This is a project of your own unit. The head of the window must agree before this decision is made.")
        raise Refused(text)
    away = acts_for(by, role, place)
    if agreement.username in (by.username, away.username if away else ""):
        raise Forbidden(N_("You agreed to this decision. Someone else must make it."))
    check_other_program(tx, agreement.via, by)


def waits_for_agreement(today: date) -> ColumnElement[bool]:
    """The WHERE clause that leaves accepted approvals of own projects to whose decision no head agreed yet."""
    since = load_policy().head_agrees_from
    is_agreed = exists().where(
        ENTRY.c.approval_id == APPROVALS.c.id,
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move == AGREE,
        ENTRY.c.round == APPROVALS.c.round,
    )
    own = PROJECTS.c.owner_unit_id == APPROVALS.c.department_id
    return (APPROVALS.c.state == "accepted") & own & ~is_agreed & (since is not None and since <= today)
