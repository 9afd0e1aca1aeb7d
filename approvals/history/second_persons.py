"""What needs two persons needs two who decide: the programs of one account do not make both halves."""

from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor, token_of
from approvals.accounts.queries import TOKEN
from approvals.base.errors import Forbidden
from approvals.base.i18n import N_
from approvals.base.tables import table_of
from approvals.history.tables import Entry
from workflows.charts.model import Chart, Move

ENTRY = table_of(Entry)


def check_half(tx: Connection, chain: int, chart: Chart, subject_id: int, move: Move, by: Actor) -> None:
    """Forbidden for a program whose account had its tokens make the first half of this move, whatever their age."""
    if not move.second_to or token_of(by.via) is None:
        return
    case = ENTRY.c.project_id == chain, ENTRY.c.subject == chart.name, ENTRY.c.subject_id == subject_id
    first = select(ENTRY.c.via).where(*case, ENTRY.c.move.in_(move.second_to))
    via = tx.execute(first.order_by(ENTRY.c.seq.desc()).limit(1)).scalar_one_or_none()
    check_other_program(tx, via, by)


def check_other_program(tx: Connection, first_via: str | None, by: Actor) -> None:
    """Forbidden when this interface of the first half and the actor's are tokens of one account."""
    first, second = token_of(first_via or ""), token_of(by.via)
    if first is None or second is None:
        return
    ids = {int(first[0]), int(second[0])}
    if len(_holders(tx, ids)) < 2:
        raise Forbidden(
            N_("This needs two persons, and a program of this account made the first half. Confirm it on the page.")
        )


def _holders(tx: Connection, token_ids: set[int]) -> set[Any]:
    """Whose tokens these are."""
    query = select(TOKEN.c.person_id).where(TOKEN.c.id.in_(sorted(token_ids))).order_by(TOKEN.c.person_id)
    return set(tx.execute(query).scalars())
