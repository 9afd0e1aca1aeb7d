"""Daily roots: one hash over the whole record, kept once a day and sent out of the house as a witness."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import Connection, Table, insert, select

from approvals.base.hashing import canonical, sha256
from approvals.base.seals import SEAL, stream_ends
from approvals.base.tables import table_of
from approvals.history.record import CHAIN, ENTRY, settled_entry
from approvals.history.tables import DailyRoot

ROOTS: Table = table_of(DailyRoot)


@dataclass(frozen=True, slots=True)
class RecomputedRoot:
    """The root that was kept on a day, beside the one that the record gives for that moment today."""

    day: date
    kept: str
    recomputed: str

    @property
    def holds(self) -> bool:
        return self.kept == self.recomputed


def keep_root(tx: Connection, day: date, now: datetime) -> str:
    """The root of this day: the one that was kept, or that of this moment, kept now."""
    kept = tx.execute(select(ROOTS.c.root).where(ROOTS.c.day == day)).scalar_one_or_none()
    if kept is not None:
        return str(kept)
    last = settled_entry(tx)
    ends = stream_ends(tx)
    heads = {row.project_id: row.head for row in tx.execute(select(CHAIN).where(CHAIN.c.seq > 0))}
    before = tx.execute(select(ROOTS.c.root).order_by(ROOTS.c.day.desc()).limit(1)).scalar_one_or_none() or ""
    root = root_of(before, heads, {stream: head for stream, (_, head) in ends.items()})
    seals = canonical({stream: seq for stream, (seq, _) in ends.items()})
    tx.execute(insert(ROOTS), {"day": day, "kept_at": now, "last_entry": last, "seals": seals, "root": root})
    return root


def root_of(before: str, heads: Mapping[int, str], streams: Mapping[str, str]) -> str:
    """One hash over the root of the day before, the heads of all chains and the last seal of each stream."""
    return sha256(canonical([before, [[chain, heads[chain]] for chain in sorted(heads)], streams]))


def recomputed_roots(tx: Connection) -> Iterator[RecomputedRoot]:
    """All daily roots in their order, each beside what the record gives today; the record is read once."""
    seals = {(row.stream, row.seq): row.hash for row in tx.execute(select(SEAL.c.stream, SEAL.c.seq, SEAL.c.hash))}
    entries = iter(tx.execute(select(ENTRY.c.id, ENTRY.c.project_id, ENTRY.c.hash).order_by(ENTRY.c.id)))
    heads: dict[int, str] = {}
    entry, before = next(entries, None), ""
    for kept in tx.execute(select(ROOTS).order_by(ROOTS.c.day)).all():
        while entry is not None and entry.id <= kept.last_entry:
            heads[entry.project_id] = entry.hash
            entry = next(entries, None)
        streams = {stream: seals.get((stream, seq), "") for stream, seq in orjson.loads(kept.seals).items()}
        yield RecomputedRoot(kept.day, kept.root, root_of(before, heads, streams))
        before = kept.root
