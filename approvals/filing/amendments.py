"""Changes of a registered project's filing: its owner proposes, a second person confirms what others rely on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor, acts_for
from approvals.base.errors import Forbidden, Refused, invalid
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.filing.actions import AS_JSON, check_edit, checked, columns_of, filing_of, move_in, project_to_move
from approvals.filing.forms import ONLY_SAID
from approvals.filing.queries import locked_project, place_of, project_case, record_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import ENTRY, FORMER, Subject, next_state, recording
from workflows.charts.filing_fields import FILING
from workflows.charts.project import AMENDABLE, PROJECT

# What the owner alone goes by. All else decides what is approved, where and by whom, or is counted.
AT_ONCE = frozenset({"external_ref"})
FIXED = frozenset({"kind"})  # a registered project is a construction project
WAITS = "waits"  # among the facts of a change: whether it awaits confirmation
FIELDS = tuple(need.name for need in FILING if need.name not in ONLY_SAID)


def amend(tx: Connection, command: Command) -> Subject:
    """Change the filing of a registered project; what others rely on waits for its confirmation.

    Refused when nothing would change or another change waits, Invalid for what can never be changed.
    """
    project, facts = project_to_move(tx, command)
    if project.amendment_seq is not None:
        raise Refused(N_("Another change of this project awaits confirmation. It can be taken back."))
    changes = _changes(tx, project, facts, day_of(command.at or command.now))
    waits = not AT_ONCE.issuperset(changes)
    said = {name: facts[name] for name in ONLY_SAID if name in facts}
    recorded = changes | said | {"reason": facts["reason"], FORMER: filing_of(project, changes), WAITS: waits}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        columns = {"amendment_seq": record.seq + 1} if waits else columns_of(changes)
        return move_in(record, project, command, recorded, columns)


def settle_amendment(tx: Connection, command: Command) -> Subject:
    """Confirm, decline or take back the change that waits."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    next_state(project_case(project), command.move)
    proposal = proposed_change(tx, project)
    if proposal is None:
        raise Refused(N_("No change of this project awaits confirmation."))
    changes, columns = _fields_of(proposal), {}
    if command.move != "take_back_amendment":
        _check_second_person(project, proposal, command.actor)
    if command.move == "confirm_amendment":
        check_edit(tx, project, changes, day_of(proposal.at), is_asked=False)
        columns = columns_of(changes)
    recorded = facts | {"entry": proposal.seq} | changes | {FORMER: filing_of(project, changes)}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        return move_in(record, project, command, recorded, columns | {"amendment_seq": None})


def proposed_change(tx: Connection, project: Any) -> Row[Any] | None:
    """The entry of the change that awaits confirmation; None when none does, or the project has come to its end."""
    if project.amendment_seq is None or project.state not in AMENDABLE:
        return None
    own = ENTRY.c.project_id == project.id, ENTRY.c.seq == project.amendment_seq
    return tx.execute(select(ENTRY).where(*own)).one()


def takes_effect(move: str, facts: str) -> bool:
    """Whether this entry is a change that took effect without a second person."""
    return move == "amend" and not orjson.loads(facts)[WAITS]


def _changes(tx: Connection, project: Row[Any], facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The fields that would differ from what stands there, as checked values."""
    columns = columns_of(facts)
    given = {name: value for name, value in facts.items() if name in FIELDS and name in columns}
    stands = filing_of(project, given)
    changes = {name: value for name, value in given.items() if _differs(name, value, stands[name])}
    if not changes:
        raise Refused(N_("The filing already says this; nothing would change."))
    for name in FIXED & changes.keys():
        raise invalid(name, N_("can no longer be changed: the project is registered"))
    check_edit(tx, project, changes, on, is_asked=False)  # a second person looks at the item of the programme
    return changes


def _differs(name: str, value: Any, stored: Any) -> bool:
    return canonical(value) != canonical(stored) if name in AS_JSON else bool(value != stored)


def _fields_of(proposal: Row[Any]) -> dict[str, Any]:
    """The fields that a proposal would change, as checked values."""
    facts = {name: value for name, value in orjson.loads(proposal.facts).items() if name in (*FIELDS, "reason")}
    return {name: value for name, value in check_input(PROJECT, "amend", facts).items() if name in FIELDS}


def _check_second_person(project: Row[Any], proposal: Row[Any], by: Actor) -> None:
    """Forbidden for whoever proposed the change, in any role and for anybody."""
    roles = PROJECT.move("confirm_amendment").by
    stand_in_for = {away.username for role in roles if (away := acts_for(by, role, place_of(project)))}
    if proposal.actor in {by.username} | stand_in_for:
        raise Forbidden(N_("You proposed this change. Someone else must confirm or decline it."))
