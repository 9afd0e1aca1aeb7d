"""What happened to a project itself, its approvals aside, in words."""

from sqlalchemy import Connection

from approvals.history.queries import own_entries_of_project
from approvals.history.timeline import EntryDescription, tell


def changes_since(tx: Connection, project_id: int, version: int | None) -> tuple[EntryDescription, ...]:
    """The moves of the project after somebody looked at this version of it; none when nobody says which."""
    if version is None:
        return ()
    # Each move raises the version by one, so the version says how many moves the person knew.
    return tuple(tell(tx, own_entries_of_project(tx, project_id)[version:]))


def last_change(tx: Connection, project_id: int) -> EntryDescription:
    """The move that led to the state in which the project stands."""
    led = [entry for entry in own_entries_of_project(tx, project_id) if entry.from_state != entry.to_state]
    return tell(tx, led[-1:])[0]
