"""The document that a grant carries: its number, file, day and validity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.text_folding import fold
from approvals.filing.documents import check_of_project
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.commands import MoveWarning
from approvals.registration.queries import APPROVALS, ApprovalRow, approval_ref
from workflows.clock.validity import lapses_on
from workflows.config.catalogue import Item

SAME = "same_as"  # among the facts of a grant: the approvals whose documents have the same number
MOST_ALIKE = 5  # that are named
SAME_NUMBER = N_("The department has already given the document number %(number)s to %(refs)s. Check the number.")


def check_grant(tx: Connection, project_id: int, facts: Mapping[str, Any], on: date) -> None:
    """Invalid for a file of another project, a day that is still to come, or a validity that is over already."""
    if facts.get("document"):
        check_of_project(tx, project_id, {"document": facts["document"]})
    if facts.get("document_on") and facts["document_on"] > on:
        raise invalid("document_on", N_("must not be in the future"))
    if facts.get("valid_until") and facts["valid_until"] < on:
        raise invalid("valid_until", N_("must not be before the day of the grant"))


def grant_columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an approval's row that a grant with these facts sets."""
    return {
        "document_no": facts["document_no"],
        "document_key": fold(facts["document_no"]),
        "document_uid": facts.get("document"),
        "document_on": _day(facts.get("document_on")),
    }


def same_number(tx: Connection, approval: ApprovalRow, document_no: str) -> dict[str, list[str]]:
    """The fact that the department gave this number to other approvals: their references; nothing when it did not."""
    others = (
        select(APPROVALS.c.code, PROJECTS.c.number)
        .join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        .where(APPROVALS.c.department_id == approval.department_id, APPROVALS.c.document_key == fold(document_no))
        .where(APPROVALS.c.id != approval.id)
        .order_by(APPROVALS.c.id)
        .limit(MOST_ALIKE)
    )
    refs = [approval_ref(row) for row in tx.execute(others)]
    return {SAME: refs} if refs else {}


def warnings_of(same: Mapping[str, list[str]], facts: Mapping[str, Any]) -> tuple[MoveWarning, ...]:
    """The warning that goes with what `same_number` found."""
    if not same:
        return ()
    return (MoveWarning(SAME_NUMBER, {"number": facts["document_no"], "refs": ", ".join(same[SAME])}),)


def valid_until(facts: Mapping[str, Any], granted_on: date, item: Item) -> date | None:
    """The last day of validity: the one that the document bears, else by the catalogue; None for good."""
    return _day(facts.get("valid_until")) or lapses_on(granted_on, item.valid_for)


def _day(value: date | str | None) -> date | None:
    """A day as a move takes it, or as the record holds it."""
    return date.fromisoformat(value) if isinstance(value, str) else value
