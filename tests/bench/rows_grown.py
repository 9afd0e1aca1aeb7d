"""The section on growth: what people read every day, in cities of three sizes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

from sqlalchemy import Connection

from approvals.base.pagination import PAGE
from approvals.calendar.queries import reading
from approvals.casefile.board.views import board
from approvals.casefile.owner.list import own_projects, waiting_count
from approvals.casefile.project_detail import casefile
from approvals.casefile.project_list import casefiles
from approvals.casefile.views import CasefileFilter
from approvals.notifications.inbox import new_count, notices
from approvals.registration.queries import approval_for
from approvals.reports.figures.compilation import compile_month
from approvals.reports.lifecycle.queries import report_months
from approvals.reports.periods import last_months
from approvals.supervision.queries import due_projects
from approvals.windows.queue import QueueFilter, queue
from tests.bench.measuring import Bench, Table, interleaved, seconds
from tests.bench.rows_growth import a_ref, cities_of, deepest, size_of
from tests.support.builders import NOW, an_actor, window
from tests.support.grown_city import MONTH, TODAY

Reading = Callable[[], object]
ABOUT = (
    "The median of some rounds in this process, in milliseconds, of all that the page asks of the database. In the"
    " largest city a fifth of the approvals is in hand: some 200,000, of which one window has some 8,000 in its queue."
)


def growth(bench: Bench) -> Iterator[Table]:
    """Each reading in three cities, on each engine that is asked for."""
    small, grown = bench.approvals
    sizes = (small, round(math.sqrt(small * grown), -2), grown)
    for engine in bench.engines:
        with cities_of(replace(bench, approvals=sizes), engine) as found:
            columns, lines = ["reading"], dict[str, list[str]]()
            for database in found:
                with database.read() as tx:
                    columns.append(f"{size_of(tx)} approvals")
                    for name, values in _measured(tx, bench).items():
                        lines.setdefault(name, []).append(f"{values:,.1f}")
        rows = tuple((name, *values) for name, values in lines.items())
        yield Table(f"Readings in a growing city, {engine}", ABOUT, tuple(columns), rows)


def _measured(tx: Connection, bench: Bench) -> dict[str, float]:
    work = {name: lambda one=one: 1000 * seconds(one) for name, one in _readings(tx).items()}  # type: ignore[misc]
    return {name: median(interleaved({name: one}, bench.brief())[name]) for name, one in work.items()}


def _readings(tx: Connection) -> dict[str, Reading]:
    clerk, office, owner = (an_actor(tx, name, TODAY) for name in (window("A01"), "office1", "owner1"))
    _, cursor = deepest(tx)
    ref = a_ref(tx)
    row = approval_for(tx, ref, "A01", clerk)
    return {
        f"a window's queue, the first {PAGE}": lambda: queue(tx, clerk, QueueFilter(), today=TODAY),
        "a page deep in it": lambda: queue(tx, clerk, QueueFilter(tab="accepted"), today=TODAY, cursor=cursor),
        "its decisions": lambda: queue(tx, clerk, QueueFilter(tab="decided"), today=TODAY),
        "a search in it": lambda: queue(tx, clerk, QueueFilter(search="小学"), today=TODAY),
        "the whole city's queue": lambda: queue(tx, office, QueueFilter(), today=TODAY),
        "the board": lambda: board(tx, office, NOW),
        "the list of casefiles": lambda: casefiles(tx, office, CasefileFilter(), today=TODAY),
        "a search in it that finds": lambda: casefiles(tx, office, CasefileFilter(search="小学"), today=TODAY),
        "one that finds nothing": lambda: casefiles(tx, office, CasefileFilter(search="没有"), today=TODAY),
        "a casefile": lambda: casefile(tx, ref, office, today=TODAY),
        "a clock": lambda: reading(tx, row, TODAY),
        "the list of the owner with half": lambda: own_projects(tx, owner, today=TODAY),
        "what waits for this owner": lambda: waiting_count(tx, owner, NOW),
        "their notices": lambda: notices(tx, owner),
        "the bell": lambda: new_count(tx, owner, NOW),
        "what a sweep has to do": lambda: due_projects(tx, TODAY),
        "the figures of a month": lambda: compile_month(tx, MONTH),
        "the list of reports": lambda: report_months(tx, last_months(TODAY, 12), TODAY, NOW),
    }
