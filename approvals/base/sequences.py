"""Gap-free number series: the number is given in the transaction that uses it, so a rollback takes none."""

from functools import cache

from sqlalchemy import Connection, Executable, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.tables import NumberSeries, table_of

_T: Table = table_of(NumberSeries)


@cache
def _raised(dialect: str) -> Executable:
    """Begin the series with 1, or raise its last number, which is locked thereby."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    begun = insert(_T).values(series=bindparam("series"), last=1)
    return begun.on_conflict_do_update(index_elements=[_T.c.series], set_={"last": _T.c.last + 1}).returning(_T.c.last)


def next_number(tx: Connection, series: str) -> int:
    """The next number of `series`, from 1; writers of one series wait for each other until they commit."""
    return int(tx.execute(_raised(tx.dialect.name), {"series": series}).scalar_one())
