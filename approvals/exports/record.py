"""The record as lines of JSON that a program without the product verifies: hashes and what they are made of."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from approvals.base.hashing import canonical, moment_text
from approvals.base.seals import SEAL
from approvals.history.daily_roots import ROOTS
from approvals.history.record import CHAINED, ENTRY, FURTHER
from approvals.integrity.roots import report_lines


def record_lines(tx: Connection) -> Iterator[str]:
    """Entries by chain, seals by stream, daily roots and the roots of issued reports; personal data stays out."""
    for row in tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        entry = row._asdict()
        moments = {name: moment_text(entry[name]) for name in ("at", "recorded_at")}
        names = (*CHAINED, *FURTHER, "digest", "hash", "id")
        yield canonical({"kind": "entry", **{name: entry[name] for name in names}, **moments})
    for row in tx.execute(select(SEAL).order_by(SEAL.c.stream, SEAL.c.seq)):
        seal = {name: getattr(row, name) for name in ("stream", "seq", "key", "digest", "hash")}
        yield canonical({"kind": "seal", "at": moment_text(row.at), **seal})
    for row in tx.execute(select(ROOTS).order_by(ROOTS.c.day)):
        own = {"day": row.day.isoformat(), "last_entry": row.last_entry, "seals": row.seals, "root": row.root}
        yield canonical({"kind": "daily_root", **own})
    for report in report_lines(tx):
        yield canonical({"kind": "report", **report})
