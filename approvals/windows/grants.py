"""The document that a grant carries: its number, file, day and validity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.filing.documents import check_of_project
from workflows.clock.validity import lapses_on
from workflows.config.catalogue import Item


def check_grant(tx: Connection, project_id: int, facts: Mapping[str, Any], on: date) -> None:
    """Invalid for a file of another project, a day that is still to come, or a validity that is over already."""
    if facts.get("document"):
        check_of_project(tx, project_id, {"document": facts["document"]})
    if facts.get("document_on") and facts["document_on"] > on:
        raise invalid("document_on", N_("must not be in the future"))
    if facts.get("valid_until") and facts["valid_until"] < on:
        raise invalid("valid_until", N_("must not lie before the day of the grant"))


def grant_columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an approval's row that a grant with these facts sets."""
    return {
        "document_no": facts["document_no"],
        "document_uid": facts.get("document"),
        "document_on": _day(facts.get("document_on")),
    }


def valid_until(facts: Mapping[str, Any], granted_on: date, item: Item) -> date | None:
    """The last day of validity: the one that the document bears, else by the catalogue; None for good."""
    return _day(facts.get("valid_until")) or lapses_on(granted_on, item.valid_for)


def _day(value: date | str | None) -> date | None:
    """A day as a move takes it, or as the record holds it."""
    return date.fromisoformat(value) if isinstance(value, str) else value
