"""Compiles the figures of a month from the history up to its end, the same whenever it is done."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from approvals.base.moments import day_of, end_of
from approvals.catalogue.queries import catalogue_in_force
from approvals.history.queries import chain_root
from approvals.reports.figures.aggregate import (
    Aggregate,
    Bag,
    CellKey,
    Closing,
    ProjectCellKey,
    aggregate,
    cell,
    decision_days,
    moves_of,
    project_counts,
    speed_up,
)
from approvals.reports.figures.bulletin_model import RectificationRules
from approvals.reports.figures.case_items import read_cases
from approvals.reports.figures.case_lists import (
    completed_projects,
    due_approvals,
    key_projects,
    late_approvals,
    permit_projects,
)
from approvals.reports.figures.late_causes import late_causes
from approvals.reports.figures.model import (
    EDITION,
    CompletedProject,
    CourseMonth,
    FigureLine,
    Figures,
    ProjectLine,
    SpeedUp,
)
from approvals.reports.figures.objections import objections, owed_answers
from approvals.reports.figures.office_figures import office_figures
from approvals.reports.figures.oversight import card_departments, joint_projects, order_figures, oversight, owed_figures
from approvals.reports.figures.programme_chapter import programme_chapter, programme_months
from approvals.reports.figures.replay import replay_project
from approvals.reports.figures.source_data import SourceData, first_record_on, move_counts, read_record
from approvals.reports.periods import Month, Period, last_month, read_month
from workflows.config.catalogue import Catalogue
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.label import Label

K = TypeVar("K", bound=Hashable)
C = TypeVar("C")
L = TypeVar("L")
TREND = 12  # months of the trend that is drawn
MAIN_MOVES = {name: moves_of(name) for name in ("registered", "completed", "accepted", "granted")}
ALL = "city"
NO_LIAISON = Label("尚无联系人", "No liaison yet")


def compile_month(tx: Connection, month: str, *, today: date | None = None) -> Figures:
    """The figures of `month` (2026-03) from what happened up to its end, or up to `today` if it is not over."""
    return compile_period(tx, read_month(month), today=today)


def compile_period(
    tx: Connection, period: Period, *, today: date | None = None, last_entry: int | None = None
) -> Figures:
    """The figures of any period, with those of the period of equal length before it.

    The root of the chains is that of the record up to `last_entry`, where it is given.
    """
    until = min(period.ends_at, end_of(today)) if today else period.ends_at
    record = read_record(tx, period.previous.starts_at, until)
    now, before = closing_of(record, period, until), closing_of(record, period.previous, period.previous.ends_at)
    return _figures(tx, record, now, before, until, last_entry)


def closing_of(record: SourceData, month: Period, until: datetime) -> Closing:
    """The status of the month at its end, or at `until` while it is not over."""
    on = min(month.last_on, day_of(until))
    reminder_at, calendar = load_policy().reminder_at, record.calendar_at(until)
    replays = (replay_project(project, until, record.calendar_at, on, reminder_at) for project in record.projects)
    return Closing(month, on, calendar, tuple(replay for replay in replays if replay.entries))


def _figures(
    tx: Connection, record: SourceData, now: Closing, before: Closing, until: datetime, last_entry: int | None
) -> Figures:
    counted, earlier = aggregate(now), aggregate(before)
    cases, cases_before = read_cases(tx, now.month, until), read_cases(tx, before.month, before.month.ends_at)
    catalogue = catalogue_in_force(tx, now.on)
    permits, permits_before = permit_projects(now, record), permit_projects(before, record)
    completed, late = completed_projects(now), late_approvals(now, record)
    city, categories, liaisons = (
        {ALL: load_city().name},
        _categories(counted, earlier),
        _liaisons(record, counted, earlier),
    )

    def approval_lines(labels: Mapping[K, Label], key: Callable[[CellKey], K]) -> tuple[FigureLine, ...]:
        return _lines(FigureLine, cell, labels, counted.by(key), earlier.by(key))

    def project_lines(labels: Mapping[K, Label], key: Callable[[ProjectCellKey], K]) -> tuple[ProjectLine, ...]:
        return _lines(ProjectLine, project_counts, labels, counted.projects_by(key), earlier.projects_by(key))

    return Figures(
        edition=EDITION,
        month=str(now.month),
        first_on=now.month.first_on,
        last_on=now.month.last_on,
        as_of_on=now.on,
        projects=project_lines(city, lambda _place: ALL)[0],
        project_categories=project_lines(categories, lambda place: place.category),
        project_owners=project_lines(_owners(record, counted, earlier), lambda place: place.owner_unit_id),
        city=approval_lines(city, lambda _place: ALL)[0],
        departments=approval_lines(
            _departments(record, catalogue, counted, earlier), lambda place: place.department_id
        ),
        stages=approval_lines(_stages(record, catalogue, counted, earlier), lambda place: place.stage),
        categories=approval_lines(categories, lambda place: place.category),
        liaisons=approval_lines(liaisons, lambda place: place.liaison),
        project_liaisons=project_lines(liaisons, lambda place: place.liaison),
        permits=speed_up((project.days, project.legal) for project in permits),
        permits_before=speed_up((project.days, project.legal) for project in permits_before),
        permit_projects=permits,
        late=late,
        key_projects=key_projects(now, record),
        due=due_approvals(now, record),
        course=_trend(tx, last_month(now.month), until),
        reminder_at=load_policy().reminder_at,
        calendars=tuple(sorted(now.calendar.published)),
        chain_root=chain_root(tx, until, last_entry),
        oversight=oversight(record, now, cases, cases_before),
        orders=order_figures(record, now, cases, cases_before),
        card_departments=card_departments(record, cases, cases_before),
        joint=joint_projects(tx, now, until),
        decision_days=decision_days(counted),
        completions=_to_completion(completed),
        completions_before=_to_completion(completed_projects(before)),
        completed_projects=completed,
        owed=owed_figures(record, cases, cases_before),
        offices=office_figures(cases, cases_before),
        programme=programme_chapter(tx, now.on, record.units),
        year_ago=_year_ago(tx, last_month(now.month), until),
        causes=late_causes(late, late_approvals(before, record), now.on, before.on),
        programme_months=programme_months(tx, now.on),
        objections=objections(tx, record, now, until),
        owed_answers=owed_answers(record, now),
        rectification=RectificationRules(load_policy().reports.rectify_days, load_policy().reports.late_from),
    )


def _to_completion(projects: Iterable[CompletedProject]) -> SpeedUp:
    """The speed-up up to the completion, without the works; of projects whose works were reported."""
    return speed_up((max(0, row.days - row.works), row.legal) for row in projects if row.works is not None)


def _lines(
    line: Callable[[str, Label, C, C], L],
    figures_of: Callable[[Bag], C],
    labels: Mapping[K, Label],
    now: Mapping[K, Bag],
    before: Mapping[K, Bag],
) -> tuple[L, ...]:
    return tuple(
        line(str(key), label, figures_of(now.get(key, Bag())), figures_of(before.get(key, Bag())))
        for key, label in labels.items()
    )


# The keys of the lists: all that the catalogue of the period's end and the city name, in their order, then what else
# was counted.


def _departments(record: SourceData, catalogue: Catalogue, *months: Aggregate) -> dict[int, Label]:
    by_name = record.unit_ids
    listed = [by_name[name] for name in catalogue.departments if name in by_name]
    counted = sorted({place.department_id for month in months for place in month.approvals})
    return {unit_id: record.units[unit_id] for unit_id in dict.fromkeys([*listed, *counted])}


def _stages(record: SourceData, catalogue: Catalogue, *months: Aggregate) -> dict[int, Label]:
    earlier = [stage for known in record.item_names.catalogues.values() for stage in known.stages.values()]
    names = {stage.no: Label(stage.zh, stage.en) for stage in (*earlier, *catalogue.stages.values())}
    counted = sorted({place.stage for month in months for place in month.approvals})
    return {no: names.get(no, Label(str(no), str(no))) for no in dict.fromkeys([*catalogue.stages, *counted])}


def _categories(*months: Aggregate) -> dict[str, Label]:
    listed = dict(load_city().categories)
    counted = {place.category for month in months for place in month.approvals}
    counted |= {place.category for month in months for place in month.projects}
    return listed | {category: Label(category, category) for category in sorted(counted) if category not in listed}


def _owners(record: SourceData, *months: Aggregate) -> dict[int, Label]:
    """The owners' units of which anything was counted."""
    units = {place.owner_unit_id for month in months for place, bag in month.projects.items() if bag.hits}
    return {unit_id: record.units[unit_id] for unit_id in sorted(units)}


def _liaisons(record: SourceData, *months: Aggregate) -> dict[str, Label]:
    """The liaisons of whose projects anything was counted, then the projects that have none yet."""
    bags = [
        (place, bag) for month in months for part in (month.approvals, month.projects) for place, bag in part.items()
    ]
    usernames = sorted({place.liaison for place, bag in bags if bag.hits}, key=lambda name: (not name, name))
    names = {name: record.people.get(name, name) for name in usernames}
    return {name: Label(names[name], names[name]) if name else NO_LIAISON for name in usernames}


def _trend(tx: Connection, month: Month, until: datetime) -> tuple[CourseMonth, ...]:
    return tuple(course_of(tx, [month.back(count) for count in reversed(range(TREND))], until))


def _year_ago(tx: Connection, month: Month, until: datetime) -> CourseMonth | None:
    """The same month a year ago; None unless the record had begun when it began."""
    then, begun_on = month.back(TREND), first_record_on(tx)
    return course_of(tx, [then], until)[0] if begun_on and begun_on <= then.first_on else None


def course_of(tx: Connection, months: Sequence[Month], until: datetime) -> list[CourseMonth]:
    """The main moves of each of these months."""
    counts = move_counts(tx, months, until, MAIN_MOVES)
    return [CourseMonth(month=str(month), **numbers) for month, numbers in zip(months, counts, strict=True)]
