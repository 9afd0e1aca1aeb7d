"""A year of the programme for those who manage it: planned against actual, and which items are behind, why and who."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UnitName
from approvals.casefile.programme.item_list import check_has_items
from approvals.casefile.programme.item_names import item_names
from approvals.casefile.programme.last_year import change_on_last_year
from approvals.casefile.programme.outlook import Outlook, outlook_of
from approvals.programme.problems.as_known import OpenProblem, open_problems
from approvals.programme.queries import TASK_PEOPLE, TASKS, category_label, task_label
from approvals.programme.years.outcomes import YearOutcome, outcomes_of
from approvals.projects.programme_figures import sight_of, year_facts
from workflows.charts.programme_terms import SOURCES
from workflows.charts.roles import sees_programme
from workflows.config.policy import ProgrammeRules
from workflows.label import Label
from workflows.rules.programme_behind import PlanGap, plan_gaps
from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import Money, time_share
from workflows.rules.programme_last_year import ChangeOnLastYear
from workflows.rules.programme_summary import FigureGroup, ProgrammeFigures, figures

WHOLE_CITY = Label("未分县（区）", "No county")
UNSAID = Label("未列明", "Not said")


@dataclass(frozen=True, slots=True)
class BehindItem:
    """An item behind its plan: by how much and for which node, what hinders it, and who."""

    plan: PlanGap
    name: str
    lead: UnitName
    people: tuple[str, ...]
    problems: tuple[OpenProblem, ...]


@dataclass(frozen=True, slots=True)
class NamedGroup:
    label: Label
    key: str  # what the ledger is narrowed by; empty where it cannot be
    group: FigureGroup


@dataclass(frozen=True, slots=True)
class NamedSource:
    label: Label
    money: Money


@dataclass(frozen=True, slots=True)
class YearPage:
    """`time_share` is the part of the year that is over; `change` stands beside last year's totals, where recorded."""

    figures: ProgrammeFigures
    time_share: Decimal
    categories: tuple[NamedGroup, ...]
    counties: tuple[NamedGroup, ...]
    sources: tuple[NamedSource, ...]
    behind: tuple[BehindItem, ...]
    change: ChangeOnLastYear | None
    outlook: Outlook
    outcomes: tuple[YearOutcome, ...]


def year_page(
    tx: Connection, year: int, actor: Actor, on: date | None, known: date | None, today: date, rules: ProgrammeRules
) -> YearPage:
    """The year as far as the actor may see it; NotFound for one without such items."""
    check_has_items(tx, year, actor)
    sight = sight_of(on, known, today)
    facts = year_facts(tx, year, actor)
    whole = figures(year, list(facts.values()), sight, rules)
    return YearPage(
        figures=whole,
        time_share=time_share(year, sight.on),
        categories=tuple(NamedGroup(category_label(group.name), group.name, group) for group in whole.by_category),
        counties=tuple(_county(group) for group in whole.by_county),
        sources=tuple(NamedSource(SOURCES.get(row.source, UNSAID), row.money) for row in whole.by_source),
        behind=tuple(_behind(tx, facts, sight, rules)),
        change=change_on_last_year(tx, whole) if sees_programme(actor.roles) else None,
        outlook=outlook_of(tx, year, actor, facts, sight),
        outcomes=outcomes_of(tx, year, sight.known),
    )


def _county(group: FigureGroup) -> NamedGroup:
    name = task_label(group.name) if group.name else ""
    return NamedGroup(Label(name, name) if name else WHOLE_CITY, group.name if name != group.name else "", group)


def _behind(
    tx: Connection, facts: Mapping[int, ItemFacts], sight: Sight, rules: ProgrammeRules
) -> Iterator[BehindItem]:
    gaps = plan_gaps(facts, sight, rules)
    people, problems = _people(tx, list(gaps)), open_problems(tx, list(gaps), sight.known)
    names = item_names(tx, gaps)
    for item_id, gap in gaps.items():
        yield BehindItem(
            plan=gap,
            name=names[item_id].name,
            lead=names[item_id].lead,
            people=tuple(people.get(item_id, ())),
            problems=tuple(problems.get(item_id, ())),
        )


def _people(tx: Connection, item_ids: list[int]) -> dict[int, list[str]]:
    """Who is responsible for the tasks of these items now."""
    query = (
        select(TASKS.c.item_id, PERSON.c.name)
        .join(TASK_PEOPLE, TASK_PEOPLE.c.task_id == TASKS.c.id)
        .join(PERSON, PERSON.c.id == TASK_PEOPLE.c.person_id)
        .where(TASKS.c.item_id.in_(item_ids), TASK_PEOPLE.c.until_at.is_(None))
        .order_by(TASKS.c.id)
    )
    people: dict[int, list[str]] = {}
    for row in tx.execute(query):
        people.setdefault(row.item_id, []).append(row.name)
    return people
