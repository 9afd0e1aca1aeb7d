"""Filings that look like one that was filed already: the same owner, name and amount."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.base.i18n import N_
from approvals.filing.queries import TABLE, ref_of
from approvals.history.commands import MoveWarning

ALIKE = "alike"  # among the facts of a filing: the references of those that look like it
NOT_FILED = ("drafted", "declined", "withdrawn")  # states in which a project is not, or no longer, filed
MOST_ALIKE = 5  # that are named
LOOKS_ALIKE = N_(
    "Your unit has already filed a project of this name and amount: %(refs)s. Check that “%(name)s” is a different one."
)


def alike_filings(tx: Connection, project: Row[Any]) -> dict[str, list[str]]:
    """The fact that the owner filed others of this name and amount: their references; nothing when there are none."""
    alike = (
        select(TABLE)
        .where(TABLE.c.owner_unit_id == project.owner_unit_id, TABLE.c.id != project.id)
        .where(
            TABLE.c.name_key == project.name_key,
            TABLE.c.planned_10k_yuan == project.planned_10k_yuan,
            TABLE.c.state.not_in(NOT_FILED),
        )
        .order_by(TABLE.c.id)
    )
    refs = [ref_of(row) for row in tx.execute(alike.limit(MOST_ALIKE))]
    return {ALIKE: refs} if refs else {}


def warnings_of(alike: Mapping[str, list[str]], name: str) -> tuple[MoveWarning, ...]:
    """The warning that goes with what `alike_filings` found."""
    if not alike:
        return ()
    return (MoveWarning(LOOKS_ALIKE, {"name": name, "refs": ", ".join(alike[ALIKE])}),)
