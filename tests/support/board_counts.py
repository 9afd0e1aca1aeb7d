"""The board's figures counted row by row, without its lines."""

from collections import Counter
from datetime import date

from sqlalchemy import Connection, select

from approvals.casefile.board.queries import COLUMNS, WITHOUT_A_LIGHT, column_on
from approvals.filing.queries import TABLE
from approvals.registration.lights import WITH_A_LIGHT
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS


def board_counts(tx: Connection, today: date) -> Counter[str]:
    """The open approvals of the projects that go on by column, with every column."""
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    is_counted = TABLE.c.state.in_(OPEN_PROJECTS), APPROVALS.c.state.in_((*WITH_A_LIGHT, *WITHOUT_A_LIGHT))
    found = Counter(tx.execute(select(column_on(today)).select_from(joined).where(*is_counted)).scalars())
    return Counter({name: found[name] for name in COLUMNS})
