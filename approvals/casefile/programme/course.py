"""The course of a year's programme or a part of it, last year's beside it, and what changed between two days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, true

from approvals.accounts.actors import Actor
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.casefile.programme.item_list import check_has_items
from approvals.casefile.programme.last_year import last_year_of
from approvals.programme.queries import ITEMS
from approvals.projects.programme_figures import facts_of_months
from workflows.charts.roles import sees_programme
from workflows.rules.programme_changes import Changes, changes_between
from workflows.rules.programme_course import Course, course_of
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import is_counted, money_of_items, part_of
from workflows.rules.programme_last_year import ChangeOnLastYear, change_on


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """Of which items the course is; None does not narrow. Of a county its own tasks count alone."""

    category: str | None = None
    county: str | None = None
    item_no: str | None = None


@dataclass(frozen=True, slots=True)
class CourseView:
    """`last_year` is the same part of the year before, on the same day of it; None where it had no such items.

    `change` holds the whole year beside last year's totals, as the office recorded them.
    """

    course: Course
    last_year: Course | None
    change: ChangeOnLastYear | None


def course_view(tx: Connection, year: int, actor: Actor, filters: CourseFilter, sight: Sight) -> CourseView:
    """NotFound for a year without items that the actor may see, and for an item that there is not."""
    check_has_items(tx, year, actor)
    then = _year_before(sight)
    items = _items(tx, year, actor, filters, sight)
    if filters.item_no and not items:
        raise NotFound
    last = [] if filters.item_no else _items(tx, year - 1, actor, filters, then)
    return CourseView(
        course=course_of(year, items, sight),
        last_year=course_of(year - 1, last, then) if last else None,
        change=_change(tx, year, items, sight) if filters == CourseFilter() and sees_programme(actor.roles) else None,
    )


def _change(tx: Connection, year: int, items: list[ItemFacts], sight: Sight) -> ChangeOnLastYear | None:
    totals = last_year_of(tx, year, sight.known)
    counted = [item for item in items if is_counted(item, sight)]
    return change_on(totals, money_of_items(counted, sight)) if totals else None


def changes_view(tx: Connection, year: int, actor: Actor, since: date, sight: Sight) -> Changes:
    """What is told for this sight otherwise than it was, on an earlier day, for that day."""
    if since > sight.on:
        raise invalid("since", N_("must not be after the day that it is compared with"))
    check_has_items(tx, year, actor)
    items = facts_of_months(tx, year, actor, sight.known).values()
    return changes_between(list(items), Sight(since, since), sight)


def _items(tx: Connection, year: int, actor: Actor, filters: CourseFilter, sight: Sight) -> list[ItemFacts]:
    items = facts_of_months(tx, year, actor, sight.known, _where(filters)).values()
    return list(items) if filters.county is None else list(_parts(items, filters.county))


def _where(filters: CourseFilter) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = [true()]
    if filters.category:
        clauses.append(ITEMS.c.category == filters.category)
    if filters.item_no:
        clauses.append(ITEMS.c.item_no == filters.item_no)
    return and_(*clauses)


def _parts(items: Iterable[ItemFacts], county: str) -> Iterable[ItemFacts]:
    return (part_of(item, county) for item in items if any(task.code == county for task in item.tasks))


def _year_before(sight: Sight) -> Sight:
    """The same day of the year before, as known a year before."""
    return Sight(_back(sight.on), _back(sight.known))


def _back(day: date) -> date:
    last_of_february = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if last_of_february else day.day)
