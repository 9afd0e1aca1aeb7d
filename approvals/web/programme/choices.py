"""What several pages of the programme let choose and lead to."""

from collections.abc import Container

from sqlalchemy import Connection

from approvals.accounts import permissions
from approvals.accounts.queries import UNIT_KINDS, units
from approvals.base.i18n import own_name
from approvals.http.access import actor


def unit_choices(tx: Connection, kinds: Container[str] = UNIT_KINDS) -> list[tuple[str, str]]:
    """The units of these kinds that no other has taken over, by name."""
    return [(unit.name, own_name(unit)) for unit in units(tx) if unit.kind in kinds and unit.successor_id is None]


def page_of_project() -> str:
    """The endpoint on which the actor sees a project: as an officer, or as its owner."""
    return "casefile.show" if actor().has(*permissions.SEE_PROJECTS) else "filing.show"
