"""The year's programme over JSON: its figures for any day, its items and entries, and their moves."""

from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from approvals.accounts import permissions
from approvals.api.v1.declaration import describe_moves, json_body, json_response, new_api, reads, writes
from approvals.api.v1.derived import OneOf, fill
from approvals.api.v1.exchange import Body, Envelope, json_answer, perform, sent_command
from approvals.api.v1.inputs import MONTH, Category, Cursor, Day, Limit, Query, left_out, move_name
from approvals.api.v1.programme_course_schemas import ChangesSchema, CourseSchema
from approvals.api.v1.programme_outlook_schemas import OutlookSchema
from approvals.api.v1.programme_schemas import (
    ItemListSchema,
    ItemState,
    ItemWhole,
    MonthlyEntrySchema,
    ProgrammeFiguresSchema,
    ProgrammeYearSchema,
)
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.pagination import PAGE
from approvals.casefile.programme.course import CourseFilter, changes_view, course_view
from approvals.casefile.programme.course_serialization import changes_json, course_json
from approvals.casefile.programme.entry_status import entry_status
from approvals.casefile.programme.item_figures import item_figures
from approvals.casefile.programme.item_list import ItemFilter, check_has_items, items_of_year
from approvals.casefile.programme.outlook import outlook_of
from approvals.casefile.programme.outlook_serialization import outlook_json
from approvals.casefile.programme.serialization import figures_json, item_json, outcomes_json, summary_json
from approvals.casefile.programme.year_status import year_status
from approvals.history.commands import Kind, Reference
from approvals.http.access import actor
from approvals.http.application import database, now, today
from approvals.moves import MOVES
from approvals.programme.years.outcomes import outcomes_of
from approvals.projects.programme_figures import facts_of_months, sight_of, year_figures
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_year import PROGRAMME
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.rules.programme_facts import Sight

READERS = permissions.READ_PROGRAMME_BY_PROGRAM
YEAR_MOVE = "/programme/<year>/moves/<move>"
ITEM_MOVE = "/programme/<year>/<item>/moves/<move>"
ENTRY_ADDRESS = "/programme/<year>/<item>/<task>/<month>"
ENTRY_MOVE = f"{ENTRY_ADDRESS}/moves/<move>"
Year = Annotated[int, Field(ge=FIRST_DAY.year, le=LAST_DAY.year, description="As in 2026.")]
County = Annotated[str, OneOf(("city", *load_city().county_codes))]

programme_api = new_api("api_programme", "The year's programme: items, monthly entries and figures.", "programme")
_YEAR = json_response(programme_api, ProgrammeYearSchema)
_ITEM = json_response(programme_api, ItemWhole)
_ENTRY = json_response(programme_api, MonthlyEntrySchema)


class SightQuery(Query):
    on: Day = Field(default_factory=left_out, description="The day told about, at its close; today if left out.")
    known: Day = Field(
        default_factory=left_out,
        description="The day of knowledge, not before `on`: what came late or was amended by then counts. `on` if left"
        " out.",
    )

    def sight(self) -> Sight:
        return sight_of(self.on, self.known, today())


class ItemQuery(SightQuery):
    category: Category = Field(default_factory=left_out)
    county: County = Field(default_factory=left_out, description="Items with a task in it, by its division code.")
    state: ItemState = Field(default_factory=left_out, description="At the close of the day told about.")
    behind: bool = Field(default_factory=left_out, description="Only those that are behind, or all others.")
    cursor: Cursor = ""
    limit: Limit = PAGE


class CourseQuery(SightQuery):
    category: Category = Field(default_factory=left_out)
    county: County = Field(default_factory=left_out, description="Its own tasks alone, by its division code.")
    item: str = Field(default_factory=left_out, description="One item, by its number.")


class ChangesQuery(SightQuery):
    since: Day = Field(description="The earlier day, at its close, as it was known then.")


class OfYear(BaseModel):
    year: Year


class OfItem(OfYear):
    item: str = Field(description="Its number, as in 030.")

    @property
    def key(self) -> str:
        return f"{self.year}/{self.item}"


class OfEntry(OfItem):
    task: str = Field(description="The task's code, as in 510402.")
    month: str = Field(description="As in 2026-05.", pattern=MONTH)

    @property
    def key(self) -> str:
        return f"{self.year}/{self.item}/{self.task}/{self.month}"


class YearMove(OfYear):
    move: str = move_name(sorted(MOVES["programme"]))


class ItemMove(OfItem):
    move: str = move_name(sorted((*MOVES["items"], *MOVES["item"])))


class EntryMove(OfEntry):
    move: str = move_name(sorted(MOVES["entry"]))


# Figures.


@reads(programme_api, "/programme/<year>", json_response(programme_api, ProgrammeFiguresSchema), roles=READERS)
def show_programme(path: OfYear, query: SightQuery) -> Response:
    """The figures of a year's programme for any day, of the items that you may see.

    Amounts are in 10,000 yuan. Of an item that another unit leads an owner sees their own tasks alone.
    """
    sight = query.sight()
    with database().read() as tx:
        check_has_items(tx, path.year, actor())
        figures = year_figures(tx, path.year, actor(), sight, load_policy().programme)
        outcomes = outcomes_of(tx, path.year, figures.known)
    return json_answer(figures_json(figures) | {"outcomes": outcomes_json(outcomes)})


@reads(programme_api, "/programme/<year>/items", json_response(programme_api, ItemListSchema), roles=READERS)
def list_programme_items(path: OfYear, query: ItemQuery) -> Response:
    """The items of a year that you may see, by number, each as it stands on the day told about."""
    filters = ItemFilter(query.category, query.county, query.state, query.behind)
    sight, rules = query.sight(), load_policy().programme
    with database().read() as tx:
        page = items_of_year(tx, path.year, actor(), filters, sight, rules, query.cursor, query.limit)
    return json_answer({"items": [summary_json(row) for row in page.rows], "next_cursor": page.next_cursor})


@reads(programme_api, "/programme/<year>/items/<item>", _ITEM, roles=READERS)
def show_programme_item(path: OfItem, query: SightQuery) -> Response:
    """One item with tasks, indicators, nodes, funds and entries, as known of the day told about."""
    sight = query.sight()
    with database().read() as tx:
        return json_answer(_item(tx, path.year, path.item, sight))


@reads(programme_api, "/programme/<year>/course", json_response(programme_api, CourseSchema), roles=READERS)
def show_course(path: OfYear, query: CourseQuery) -> Response:
    """Planned against actual by month: nodes, money and quantities, of the year, a category, a county or an item.

    With the gap to the time share, the shares by the end of each quarter, the construction permits granted by 30 June,
    the spread between counties, and last year's beside it when there is one.
    """
    filters, sight = CourseFilter(query.category, query.county, query.item), query.sight()
    with database().read() as tx:
        return json_answer(course_json(course_view(tx, path.year, actor(), filters, sight)))


@reads(programme_api, "/programme/<year>/changes", json_response(programme_api, ChangesSchema), roles=READERS)
def show_changes(path: OfYear, query: ChangesQuery) -> Response:
    """Two days compared: items that joined or left, and each cell that changed; new facts apart from corrections."""
    sight = query.sight()
    with database().read() as tx:
        return json_answer(changes_json(changes_view(tx, path.year, actor(), query.since, sight)))


@reads(programme_api, "/programme/<year>/outlook", json_response(programme_api, OutlookSchema), roles=READERS)
def show_outlook(path: OfYear, query: SightQuery) -> Response:
    """Whose the days of late nodes are, how far forecasts were from what came, and what November and December carry.

    With the items that have two thirds of their plan or more in the last quarter, before the year and after.
    """
    sight = query.sight()
    with database().read() as tx:
        check_has_items(tx, path.year, actor())
        facts = facts_of_months(tx, path.year, actor(), sight.known)
        return json_answer(outlook_json(path.year, sight, outlook_of(tx, path.year, actor(), facts, sight)))


@reads(programme_api, ENTRY_ADDRESS, _ENTRY, roles=READERS)
def show_entry(path: OfEntry) -> Response:
    """One monthly entry: what was reported, what waits, and what may be done."""
    with database().read() as tx:
        return json_answer(_entry(tx, path.key))


# Moves.


@writes(programme_api, YEAR_MOVE, _YEAR, body=json_body(programme_api, Envelope, is_required=False))
def move_programme_on(path: YearMove) -> Response:
    """Close a month, or open it again for one task; each is described at an address of its own."""
    command = sent_command(Reference("programme", key=str(path.year)), path.move)
    return perform(command, lambda tx, _result: _year(tx, path.year), lambda tx: _year(tx, path.year))


@writes(programme_api, ITEM_MOVE, _ITEM, body=json_body(programme_api, Envelope, is_required=False))
def move_item_on(path: ItemMove) -> Response:
    """Propose an item, plan it, or make another move of it; each is described at an address of its own."""
    kind: Kind = "items" if path.move in MOVES["items"] else "item"
    command = sent_command(Reference(kind, key=path.key), path.move)
    return perform(
        command,
        lambda tx, _result: _item(tx, path.year, path.item, sight_of(None, None, today())),
        lambda tx: _item(tx, path.year, path.item, sight_of(None, None, today())),
    )


@writes(programme_api, ENTRY_MOVE, _ENTRY, body=json_body(programme_api, Envelope, is_required=False))
def move_entry_on(path: EntryMove) -> Response:
    """Report a month, confirm it, send it back or amend it; each is described at an address of its own."""
    command = sent_command(Reference("entry", key=path.key), path.move)
    return perform(command, lambda tx, _result: _entry(tx, path.key), lambda tx: _entry(tx, path.key))


describe_moves(programme_api, YEAR_MOVE, PROGRAMME, "programme", _YEAR)
describe_moves(programme_api, ITEM_MOVE, ITEM, "items", _ITEM)
describe_moves(programme_api, ITEM_MOVE, ITEM, "item", _ITEM)
describe_moves(programme_api, ENTRY_MOVE, ENTRY, "entry", _ENTRY)


def _year(tx: Connection, year: int) -> Body:
    return fill(ProgrammeYearSchema, year_status(tx, year, actor()))


def _item(tx: Connection, year: int, item_no: str, sight: Sight) -> Body:
    return item_json(item_figures(tx, year, item_no, actor(), sight, load_policy().programme))


def _entry(tx: Connection, key: str) -> Body:
    return fill(MonthlyEntrySchema, entry_status(tx, key, actor(), now(), load_policy().programme))
