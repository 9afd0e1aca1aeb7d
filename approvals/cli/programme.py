"""`guahao programme`: the figures of a year's programme."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import date

import click
import orjson

from approvals.accounts.actors import COMMAND_LINE
from approvals.base.errors import NotFound
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.casefile.programme.item_list import check_has_items
from approvals.casefile.programme.serialization import figures_json, outcomes_json
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, today
from approvals.programme.queries import task_label
from approvals.programme.years.outcomes import outcomes_of
from approvals.projects.programme_figures import sight_of, year_figures
from workflows.config.policy import load_policy
from workflows.rules.programme_figures import Money, NodeCounts
from workflows.rules.programme_summary import FigureGroup, ProgrammeFigures

OF_MONEY = ("planned", "allocated", "received", "paid", "rate")
OF_NODES = ("due", "met", "met late", "late")
Row = tuple[str, ...]


@click.group(cls=ServiceGroup)
def programme() -> None:
    """The year's programme."""


@programme.command("figures")
@click.argument("year")
@click.option("--on", "on_text", help="The day told about, as in 2026-05-31; today when left out.")
@click.option("--known", "known_text", help="What was known by this day counts; the day told about when left out.")
@click.option("--json", "is_json", is_flag=True, help="As GET /api/v1/programme/YEAR gives them.")
@with_database
def figures(year: str, on_text: str | None, known_text: str | None, is_json: bool) -> None:
    """The figures of YEAR's programme at the close of a day; amounts are in 10,000 yuan."""
    number = _year(year)
    sight = sight_of(_day("--on", on_text), _day("--known", known_text), today())
    with database().read() as tx:
        try:
            check_has_items(tx, number, COMMAND_LINE)
        except NotFound:
            raise click.ClickException(f"there are no items of {number}") from None
        compiled = year_figures(tx, number, COMMAND_LINE, sight, load_policy().programme)
        outcomes = outcomes_of(tx, number, compiled.known)
    if is_json:
        answer = figures_json(compiled) | {"outcomes": outcomes_json(outcomes)}
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(_lines(compiled)))


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and FIRST_DAY.year <= int(text) <= LAST_DAY.year):
        raise click.ClickException(f"a year lies between 2000 and 2100, as in 2026, not {text!r}")
    return int(text)


def _day(option: str, text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise click.ClickException(f"{option} is a day as in 2026-05-31, not {text!r}") from None
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise click.ClickException(f"{option} lies between 2000 and 2100")
    return day


# The figures as tables.


def _lines(figures: ProgrammeFigures) -> Iterator[str]:
    known = f", as known on {figures.known}" if figures.known != figures.on else ""
    yield f"Programme {figures.year} at the close of {figures.on}{known}; amounts in 10,000 yuan"
    items, matters, covered = figures.items, figures.practical_matters, figures.coverage
    yield ""
    yield f"items: {_counts(asdict(items))}"
    yield f"practical matters: {matters.all}, done {matters.done}"
    yield f"entries: {_counts(asdict(figures.entries))}"
    yield f"coverage: {covered.current} of {covered.expected} current, {covered.older} older, {covered.none} none"
    yield ""
    total = _group_row("all", figures.items.all, figures.items.behind, figures.money, figures.nodes)
    head = ("", "items", "behind", *OF_MONEY, *OF_NODES)
    yield from _table(head, [total, *_groups(figures.by_category)])
    yield ""
    yield from _table(head, _groups(figures.by_county, is_county=True))
    yield ""
    sources = [(row.source or "not stated", *_money(row.money)) for row in figures.by_source]
    yield from _table(("source", *OF_MONEY), sources)
    yield ""
    quarters = [(f"Q{row.quarter}", f"{row.planned:.2%}", f"{row.actual:.2%}") for row in figures.quarters]
    yield from _table(("nodes", "planned", "reached"), quarters)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


def _groups(groups: Sequence[FigureGroup], *, is_county: bool = False) -> list[Row]:
    names = [(task_label(group.name) or "no county") if is_county else group.name for group in groups]
    return [
        _group_row(name, group.items.all, group.items.behind, group.money, group.nodes)
        for name, group in zip(names, groups, strict=True)
    ]


def _group_row(name: str, items: int, behind: int, money: Money, nodes: NodeCounts) -> Row:
    return (name, str(items), str(behind), *_money(money), *map(str, astuple(nodes)))


def _money(money: Money) -> Row:
    amounts = (f"{getattr(money, name):,.2f}" for name in OF_MONEY[:-1])
    rate = money.execution_rate
    return (*amounts, "-" if rate is None else f"{rate:.2%}")


def _table(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Rows under their head: the first column to the left, all others to the right."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        first, *others = (" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((row[0] + first, *(space + cell for space, cell in zip(others, row[1:], strict=True)))).rstrip()


def _width(text: str) -> int:
    """The columns that a text takes in a terminal; Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
