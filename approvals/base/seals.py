"""Seals: rows outside the record of moves are written once, or changed in view, and each writing is chained."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from approvals.base.hashing import FIRST, canonical, link, moment_text, sha256
from approvals.base.stores import next_number
from approvals.base.tables import Seal, table_of

SEAL = table_of(Seal)
GONE = ""  # the digest of a row that was taken away


def seal(tx: Connection, stream: str, key: object, content: Mapping[str, Any] | None, at: datetime) -> None:
    """Seal what the row of this key says, None when it was taken away; writers of one stream wait for each other."""
    seq = next_number(tx, f"seal/{stream}")
    last = select(SEAL.c.hash).where(SEAL.c.stream == stream, SEAL.c.seq == seq - 1)
    previous = tx.execute(last).scalar_one() if seq > 1 else FIRST
    row: dict[str, Any] = {"stream": stream, "seq": seq, "key": str(key), "at": at, "salt": secrets.token_hex(8)}
    row["digest"] = digest(row["salt"], content)
    tx.execute(insert(SEAL), row | {"hash": seal_hash(previous, row)})


def content_of(row: Row[Any]) -> dict[str, Any]:
    """What a row says: all of it but its id."""
    return {name: value for name, value in row._asdict().items() if name != "id"}


def digest(salt: str, content: Mapping[str, Any] | None) -> str:
    """The salted digest of what a row says."""
    if content is None:
        return GONE
    plain = {name: moment_text(value) if isinstance(value, datetime) else value for name, value in content.items()}
    return sha256(f"{salt}\n{canonical(plain)}")


def seal_hash(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of this seal after the previous one."""
    return link(previous, row["stream"], row["seq"], row["key"], moment_text(row["at"]), row["digest"])


def seals(tx: Connection, stream: str) -> Iterator[dict[str, Any]]:
    """The seals of a stream in their order."""
    for row in tx.execute(select(SEAL).where(SEAL.c.stream == stream).order_by(SEAL.c.seq)):
        yield row._asdict()


def stream_ends(tx: Connection) -> dict[str, tuple[int, str]]:
    """The number and the hash of the last seal of each stream."""
    last = select(SEAL.c.stream, func.max(SEAL.c.seq).label("seq")).group_by(SEAL.c.stream).subquery()
    is_last = (SEAL.c.stream == last.c.stream) & (SEAL.c.seq == last.c.seq)
    rows = tx.execute(select(SEAL.c.stream, SEAL.c.seq, SEAL.c.hash).join(last, is_last).order_by(SEAL.c.stream))
    return {row.stream: (row.seq, row.hash) for row in rows}
