"""The figures of a year's programme for any day, with the nodes that a project's approvals reach."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY
from approvals.programme.facts import Reading, ReadingOfMonths, ReadingScope
from approvals.programme.facts_of_day import ReadingOfDay
from approvals.programme.queries import ITEMS, NODES, TASKS
from approvals.registration.queries import APPROVALS
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import CountedDay, ItemFacts, Sight
from workflows.rules.programme_summary import ProgrammeFigures, figures


def year_facts(
    tx: Connection, year: int, actor: Actor, where: ColumnElement[bool] | None = None
) -> dict[int, ItemFacts]:
    """All that is known of the items of this year that the actor may see, by their ids in the order of their numbers.

    Of an item that another unit leads somebody sees their own tasks alone.
    """
    return Reading(_scope(tx, year, actor, where)).items()


def facts_of_day(
    tx: Connection,
    year: int,
    actor: Actor,
    sight: Sight,
    rules: ProgrammeRules,
    where: ColumnElement[bool] | None = None,
) -> dict[int, ItemFacts]:
    """The same, as far as the figures of this one sight ask for it."""
    return ReadingOfDay(_scope(tx, year, actor, where), sight, rules).items()


def facts_of_months(
    tx: Connection, year: int, actor: Actor, known: date, where: ColumnElement[bool] | None = None
) -> dict[int, ItemFacts]:
    """The same of all months as far as it is known on a day, without the entries themselves."""
    return ReadingOfMonths(_scope(tx, year, actor, where), known).items()


def _scope(tx: Connection, year: int, actor: Actor, where: ColumnElement[bool] | None) -> ReadingScope:
    narrowed = ITEMS.c.year == year if where is None else and_(ITEMS.c.year == year, where)
    return ReadingScope(tx, year, actor, computed_days(tx, narrowed), where)


def sight_of(on: date | None, known: date | None, today: date) -> Sight:
    """The day told about, today if left out, and the day of knowledge; Invalid when nothing can be known of it yet."""
    day = on or today
    if known is not None and known < day:
        raise invalid("known", N_("must not be before the day that the figures are of"))
    return Sight(day, known or day)


def year_figures(tx: Connection, year: int, actor: Actor, sight: Sight, rules: ProgrammeRules) -> ProgrammeFigures:
    """The figures of the items that the actor may see, for one day as known on another."""
    return figures(year, list(facts_of_day(tx, year, actor, sight, rules).values()), sight, rules)


def computed_days(tx: Connection, where: ColumnElement[bool]) -> Mapping[int, tuple[CountedDay, ...]]:
    """The days on which approvals reached the nodes of these items that wait for them, by the id of the node."""
    granted = (
        select(NODES.c.id, ENTRY.c.at)
        .select_from(approvals_of_nodes())
        .join(
            ENTRY, and_(ENTRY.c.approval_id == APPROVALS.c.id, ENTRY.c.subject == "approval", ENTRY.c.move == "grant")
        )
        .where(where, NODES.c.approval_code != "")
        .order_by(NODES.c.id, ENTRY.c.at)
    )
    days: dict[int, list[CountedDay]] = defaultdict(list)
    for row in tx.execute(granted):
        day = day_of(row.at)
        days[row.id].append(CountedDay(f"{day:%Y-%m}", day, day))
    return {node_id: tuple(found) for node_id, found in days.items()}


def approvals_of_nodes() -> FromClause:
    """Nodes joined with the approvals that reach them, of the project that is named or that names the item."""
    of_project = or_(
        and_(
            NODES.c.project_ref != "",
            or_(
                PROJECTS.c.number == NODES.c.project_ref,
                PROJECTS.c.uid == NODES.c.project_ref,
                PROJECTS.c.external_ref == NODES.c.project_ref,
            ),
        ),
        and_(
            NODES.c.project_ref == "",
            PROJECTS.c.item_no == ITEMS.c.item_no,
            _standing(PROJECTS.c.owner_unit_id) == _standing(ITEMS.c.lead_unit_id),
        ),
    )
    return (
        NODES.join(TASKS, TASKS.c.id == NODES.c.task_id)
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .join(PROJECTS, of_project)
        .join(APPROVALS, and_(APPROVALS.c.project_id == PROJECTS.c.id, APPROVALS.c.code == NODES.c.approval_code))
    )


def _standing(unit_id: ColumnElement[int]) -> ColumnElement[int]:
    """The unit, or the one that it was merged into: what was closed before stays under the former one."""
    successor = select(func.coalesce(UNIT.c.successor_id, UNIT.c.id)).where(UNIT.c.id == unit_id)
    return successor.scalar_subquery()
