"""Gap-free number series: the number is given in the transaction that uses it, so a rollback takes none."""

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.tables import NumberSeries

_T = NumberSeries.__table__  # type: ignore[attr-defined]


def next_number(tx: Connection, series: str) -> int:
    """The next number of `series`, from 1; writers of one series wait for each other until they commit."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(_T).values(series=series, last=0).on_conflict_do_nothing())
    tx.execute(update(_T).where(_T.c.series == series).values(last=_T.c.last + 1))
    return int(tx.execute(select(_T.c.last).where(_T.c.series == series)).scalar_one())
