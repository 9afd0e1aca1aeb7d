"""The receipts of filings: one for each time that a project was filed, with a number and a code."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from approvals.accounts.queries import UNIT, UnitName
from approvals.base.errors import NotFound
from approvals.base.tables import table_of
from approvals.filing.queries import TABLE
from approvals.filing.tables import Receipt
from workflows.config.city import load_city

RECEIPTS: Table = table_of(Receipt)
FILES = ("file", "refile")  # the moves that are answered by a receipt
RECEIPT_SERIES = f"receipt/{load_city().division}"
CODE_LENGTH = 16  # characters of the hash of the filing's entry
_CODE = re.compile(rf"[0-9a-f]{{{CODE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt. `is_latest` until its project is filed once more."""

    seq: int
    number: str
    code: str
    at: datetime
    project: str
    owner: UnitName
    is_latest: bool


def _receipts() -> Select[Any]:
    return (
        select(RECEIPTS, TABLE.c.name, UNIT.c.name.label("owner"), UNIT.c.name_en.label("owner_en"))
        .join(TABLE, TABLE.c.id == RECEIPTS.c.project_id)
        .join(UNIT, UNIT.c.id == TABLE.c.owner_unit_id)
        .order_by(RECEIPTS.c.seq)
    )


def receipts_of(tx: Connection, project_id: int) -> tuple[ReceiptView, ...]:
    """The receipts of a project, the first one first; none for what was filed before there were receipts."""
    rows = tx.execute(_receipts().where(RECEIPTS.c.project_id == project_id)).all()
    return tuple(_view(row, is_latest=row is rows[-1]) for row in rows)


def receipt_at(tx: Connection, project_id: int, seq: int) -> ReceiptView:
    """The receipt of the filing at this place of the record; NotFound without any."""
    receipt = next((view for view in receipts_of(tx, project_id) if view.seq == seq), None)
    if receipt is None:
        raise NotFound
    return receipt


def receipt_of_code(tx: Connection, code: str) -> ReceiptView | None:
    """The receipt that bears this code."""
    plain = code.strip().lower()
    if not _CODE.fullmatch(plain):
        return None
    row = tx.execute(select(RECEIPTS.c.project_id, RECEIPTS.c.seq).where(RECEIPTS.c.code == plain)).one_or_none()
    return receipt_at(tx, row.project_id, row.seq) if row else None


def _view(row: Row[Any], *, is_latest: bool) -> ReceiptView:
    number = load_city().shown_receipt(row.year, row.serial)
    return ReceiptView(row.seq, number, row.code, row.at, row.name, UnitName(row.owner, row.owner_en), is_latest)
