"""How much space the files of a project and of a unit may take, by the policy."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import PROGRAMS
from approvals.base.errors import invalid
from approvals.base.files.filetypes import MEGABYTE
from approvals.base.i18n import N_
from approvals.evidence.queries import EVIDENCE
from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE
from workflows.config.policy import load_policy

OF_PROJECT = N_("The documents of this project may take %(most)s MB, and %(left)s MB are left. Nothing was taken.")
OF_UNIT = N_("The files of your unit may take %(most)s MB, and %(left)s MB are left. Nothing was taken.")


def check_room(tx: Connection, project_id: int, sizes: Iterable[int], *, field: str = "file") -> None:
    """Invalid, at the field, when documents of these sizes (bytes) do not fit into the project, or into its unit."""
    rules, size = load_policy().uploads, sum(sizes)
    _check(OF_PROJECT, rules.project_mb, _documents(tx, DOCUMENTS.c.project_id == project_id), size, field)
    unit_id = tx.execute(select(TABLE.c.owner_unit_id).where(TABLE.c.id == project_id)).scalar_one()
    _check(OF_UNIT, rules.unit_mb, _of_unit(tx, unit_id), size, field)


def check_room_for_evidence(tx: Connection, by: Actor, size: int) -> None:
    """Invalid, at `file`, when a piece of this size (bytes) does not fit into the unit; programs have none."""
    if not by.has(*PROGRAMS):
        _check(OF_UNIT, load_policy().uploads.unit_mb, _of_unit(tx, by.unit_id), size, "file")


def _check(message: str, most_mb: int, taken: int, size: int, field: str) -> None:
    left = most_mb * MEGABYTE - taken
    if size > left:
        raise invalid(field, message, most=most_mb, left=max(0, left // MEGABYTE))


def _of_unit(tx: Connection, unit_id: int) -> int:
    evidence = select(func.coalesce(func.sum(EVIDENCE.c.size), 0)).where(EVIDENCE.c.unit_id == unit_id)
    return _documents(tx, TABLE.c.owner_unit_id == unit_id) + int(tx.execute(evidence).scalar_one())


def _documents(tx: Connection, where: ColumnElement[bool]) -> int:
    """Bytes of these documents; two of one content count twice, so that nobody's room depends on others' files."""
    total = select(func.coalesce(func.sum(DOCUMENTS.c.size), 0)).select_from(
        DOCUMENTS.join(TABLE, TABLE.c.id == DOCUMENTS.c.project_id)
    )
    return int(tx.execute(total.where(where)).scalar_one())
