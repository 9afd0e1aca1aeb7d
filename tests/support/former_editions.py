"""The record as former editions of the tables hold it, for tests that go down to one."""

from sqlalchemy import Connection, delete, insert, select, text, update

from approvals.base.database import Database
from approvals.filing.receipts import CODE_LENGTH, RECEIPTS
from approvals.history.record import CHAIN, ENTRY, FIRST, FURTHER, entry_hash


def hash_as_before(database: Database) -> None:
    """Hash the record as it was before entries kept interface and notices; no edition goes below that otherwise."""
    with database.write() as tx:
        guards, of_table = ([*_guards(tx)], "") if database.is_sqlite else ([], " ON history_entries")
        for act in ("update", "delete"):
            tx.execute(text(f"DROP TRIGGER history_entries_no_{act}{of_table}"))
        _hash_anew(tx)
        for act in ("UPDATE", "DELETE") if of_table else ():
            when = f"BEFORE {act} ON history_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            guards.append(f"CREATE TRIGGER history_entries_no_{act.lower()} {when}")
        for guard in guards:
            tx.execute(text(guard))


def _guards(tx: Connection) -> list[str]:
    of_entries = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history_entries'"
    return list(tx.execute(text(of_entries)).scalars())


def _hash_anew(tx: Connection) -> None:
    heads: dict[int, str] = {}
    rows = tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)).mappings().all()
    entries = [dict(row) | dict.fromkeys(FURTHER) for row in rows]
    for entry in entries:
        chain = entry["project_id"]
        heads[chain] = entry["hash"] = entry_hash(heads.get(chain, FIRST), entry)
    if entries:
        tx.execute(delete(ENTRY))
        tx.execute(insert(ENTRY), entries)
    hashes = {(entry["project_id"], entry["seq"]): entry["hash"] for entry in entries}
    for receipt in tx.execute(select(RECEIPTS)).all():
        own = RECEIPTS.c.project_id == receipt.project_id, RECEIPTS.c.seq == receipt.seq
        tx.execute(update(RECEIPTS).where(*own).values(code=hashes[receipt.project_id, receipt.seq][:CODE_LENGTH]))
    for chain, head in heads.items():
        tx.execute(CHAIN.update().where(CHAIN.c.project_id == chain).values(head=head))
