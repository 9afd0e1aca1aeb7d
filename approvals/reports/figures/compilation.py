"""Compiles the figures of a month from the history up to its end, the same whenever it is done."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from approvals.base.moments import day_of, end_of
from approvals.history.queries import chain_root
from approvals.reports.figures.aggregate import (
    Bag,
    CellKey,
    Closing,
    ProjectCellKey,
    Tally,
    cell,
    decision_days,
    moves_of,
    project_counts,
    speed_up,
    tally,
)
from approvals.reports.figures.case_items import read_cases
from approvals.reports.figures.case_lists import due_approvals, key_projects, late_approvals, permit_projects
from approvals.reports.figures.joint_projects import joint_projects
from approvals.reports.figures.model import EDITION, CourseMonth, FigureLine, Figures, ProjectLine
from approvals.reports.figures.orders import order_figures
from approvals.reports.figures.oversight import card_departments, oversight
from approvals.reports.figures.replay import tell
from approvals.reports.figures.source_data import SourceData, move_counts, read_record
from approvals.reports.periods import Month, MonthSpan, Period, read_month
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.label import Label

K = TypeVar("K", bound=Hashable)
COURSE = 12  # months of the course that is drawn
MAIN_MOVES = {name: moves_of(name) for name in ("registered", "completed", "accepted", "granted")}
ALL = "city"
NO_LIAISON = Label("尚无联系人", "No liaison yet")


def compile_month(tx: Connection, month: str, *, today: date | None = None) -> Figures:
    """The figures of `month` (2026-03) from what happened up to its end, or up to `today` if it is not over."""
    return compile_period(tx, read_month(month), today=today)


def compile_period(tx: Connection, asked: Period, *, today: date | None = None) -> Figures:
    """The same of any period; beside it stands as long a one right before."""
    until = min(asked.ends_at, end_of(today)) if today else asked.ends_at
    record = read_record(tx, asked.previous.starts_at, until)
    now, before = closing_of(record, asked, until), closing_of(record, asked.previous, asked.previous.ends_at)
    return _figures(tx, record, now, before, until)


def closing_of(record: SourceData, month: Period, until: datetime) -> Closing:
    """The month as it stood at its end, or at `until` while it is not over."""
    on = min(month.last_on, day_of(until))
    reminder_at, known = load_policy().reminder_at, record.calendar_at(until)
    stories = (tell(project, until, record.calendar_at, on, reminder_at) for project in record.projects)
    return Closing(month, on, known, tuple(story for story in stories if story.entries))


def _figures(tx: Connection, record: SourceData, now: Closing, before: Closing, until: datetime) -> Figures:
    counted, earlier = tally(now), tally(before)
    cases, cases_before = read_cases(tx, now.month, until), read_cases(tx, before.month, before.month.ends_at)
    permits, permits_before = permit_projects(now, record), permit_projects(before, record)
    projects = _project_lines(counted, earlier, {ALL: load_city().name}, lambda _place: ALL)
    return Figures(
        edition=EDITION,
        month=str(now.month),
        first_on=now.month.first_on,
        last_on=now.month.last_on,
        as_of_on=now.on,
        projects=projects[0],
        project_categories=_project_lines(
            counted, earlier, _categories(counted, earlier), lambda place: place.category
        ),
        project_owners=_project_lines(
            counted, earlier, _owners(record, counted, earlier), lambda place: place.owner_unit_id
        ),
        city=_lines(counted, earlier, {ALL: load_city().name}, lambda _place: ALL)[0],
        departments=_lines(counted, earlier, _departments(record, counted, earlier), lambda place: place.department_id),
        stages=_lines(counted, earlier, _stages(counted, earlier), lambda place: place.stage),
        categories=_lines(counted, earlier, _categories(counted, earlier), lambda place: place.category),
        liaisons=_lines(counted, earlier, _liaisons(record, counted, earlier), lambda place: place.liaison),
        project_liaisons=_project_lines(
            counted, earlier, _liaisons(record, counted, earlier), lambda place: place.liaison
        ),
        permits=speed_up((one.days, one.legal) for one in permits),
        permits_before=speed_up((one.days, one.legal) for one in permits_before),
        permit_projects=permits,
        late=late_approvals(now, record),
        key_projects=key_projects(now, record),
        due=due_approvals(now, record),
        course=_course(tx, _last_month(now.month), until),
        reminder_at=load_policy().reminder_at,
        calendars=tuple(sorted(now.calendar.published)),
        chain_root=chain_root(tx, until),
        oversight=oversight(record, now, cases, cases_before),
        orders=order_figures(record, now, cases, cases_before),
        card_departments=card_departments(record, cases, cases_before),
        joint=joint_projects(tx, now, until),
        decision_days=decision_days(counted),
    )


def _lines(now: Tally, before: Tally, labels: Mapping[K, Label], key: Callable[[CellKey], K]) -> tuple[FigureLine, ...]:
    these, those = now.by(key), before.by(key)
    return tuple(
        FigureLine(str(name), label, cell(these.get(name, Bag())), cell(those.get(name, Bag())))
        for name, label in labels.items()
    )


def _project_lines(
    now: Tally, before: Tally, labels: Mapping[K, Label], key: Callable[[ProjectCellKey], K]
) -> tuple[ProjectLine, ...]:
    these, those = now.projects_by(key), before.projects_by(key)
    return tuple(
        ProjectLine(str(name), label, project_counts(these.get(name, Bag())), project_counts(those.get(name, Bag())))
        for name, label in labels.items()
    )


# What stands in the lists: all that the catalogue and the city know, in their order, then what else was found.


def _departments(record: SourceData, *tallies: Tally) -> dict[int, Label]:
    by_name = {label.zh: unit_id for unit_id, label in record.units.items()}
    known = [by_name[name] for name in load_catalogue().departments if name in by_name]
    found = sorted({place.department_id for one in tallies for place in one.approvals})
    return {unit_id: record.units[unit_id] for unit_id in dict.fromkeys([*known, *found])}


def _stages(*tallies: Tally) -> dict[int, Label]:
    known = {stage.no: Label(stage.zh, stage.en) for stage in load_catalogue().stages.values()}
    found = sorted({place.stage for one in tallies for place in one.approvals})
    return known | {stage: Label(str(stage), str(stage)) for stage in found if stage not in known}


def _categories(*tallies: Tally) -> dict[str, Label]:
    known = dict(load_city().categories)
    found = {place.category for one in tallies for place in one.approvals}
    found |= {place.category for one in tallies for place in one.projects}
    return known | {category: Label(category, category) for category in sorted(found) if category not in known}


def _owners(record: SourceData, *tallies: Tally) -> dict[int, Label]:
    """The owners' units of which anything was counted."""
    found: Iterable[int] = {place.owner_unit_id for one in tallies for place, bag in one.projects.items() if bag.hits}
    return {unit_id: record.units[unit_id] for unit_id in sorted(found)}


def _liaisons(record: SourceData, *tallies: Tally) -> dict[str, Label]:
    """The liaisons of whose projects anything was counted, then the projects that have none yet."""
    places = [(place, bag) for one in tallies for part in (one.approvals, one.projects) for place, bag in part.items()]
    found = sorted({place.liaison for place, bag in places if bag.hits}, key=lambda name: (not name, name))
    names = {name: record.people.get(name, name) for name in found}
    return {name: Label(names[name], names[name]) if name else NO_LIAISON for name in found}


def _last_month(period: Period) -> Month:
    return period.last if isinstance(period, MonthSpan) else period


def _course(tx: Connection, month: Month, until: datetime) -> tuple[CourseMonth, ...]:
    months = [month]
    while len(months) < COURSE:
        months.insert(0, months[0].previous)
    return tuple(course_month(tx, one, until) for one in months)


def course_month(tx: Connection, month: Month, until: datetime) -> CourseMonth:
    """The main moves of one month."""
    return CourseMonth(month=str(month), **move_counts(tx, month, until, MAIN_MOVES))
