"""Receipts of filings against the record."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.filing.receipts import CODE_LENGTH, FILES, RECEIPT_SERIES, RECEIPTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.numbers import series_gaps


def receipts_are_those_of_the_record(tx: Connection) -> Iterator[Violation]:
    """One receipt for each numbered filing, with its number and the code of its entry; numbers without gaps."""
    filed = select(ENTRY).where(ENTRY.c.subject == "project", ENTRY.c.move.in_(FILES))
    recorded = {}
    for entry in tx.execute(filed.order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        facts = orjson.loads(entry.facts)
        if "receipt_no" in facts:
            number = (facts["receipt_year"], facts["receipt_no"], entry.hash[:CODE_LENGTH], entry.at)
            recorded[entry.project_id, entry.seq] = number
    rows = tx.execute(select(RECEIPTS).order_by(RECEIPTS.c.year, RECEIPTS.c.serial)).all()
    stored = {(row.project_id, row.seq): (row.year, row.serial, row.code, row.at) for row in rows}
    for key in sorted(recorded.keys() | stored.keys()):
        if recorded.get(key) != stored.get(key):
            yield Violation("receipts", f"project {key[0]}, entry {key[1]}", "is not the receipt of its entry")
    yield from series_gaps(tx, "receipts", RECEIPT_SERIES, rows)
