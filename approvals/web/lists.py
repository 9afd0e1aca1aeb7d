"""What every list page has: its order, its filters as chips, a total, saved views, and the whole of it as a file.

A list declares its columns once (`approvals/exports/lists/`): by them it is sorted and downloaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import g, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts.saved_views import SavedView, saved_views
from approvals.base.formatting import moment
from approvals.base.i18n import gettext as _
from approvals.base.i18n import series
from approvals.base.pagination import PAGE, Page
from approvals.base.sorting import ListPart, Sorting, read_sorting
from approvals.exports.lists.files import ListColumn, ListFile, write_csv, write_workbook
from approvals.http.access import actor
from approvals.http.application import now, today
from approvals.web.downloads import XLSX, send_download
from approvals.web.query_parameters import query_choice, query_cursor

T = TypeVar("T")
BATCH = 500  # rows of a file that are read at once
LONG = 5000  # rows of a file that somebody waits for; a longer one is made by a worker
WAITED_FOR = "list_file_of_worker"  # in `g`: a worker asks, for whom no list is too long
CSV = "text/csv"
FILES = {"xlsx": (XLSX, write_workbook), "csv": (CSV, write_csv)}
FILE_NAMES = {"xlsx": "XLSX", "csv": "CSV"}
ASCENDING, DESCENDING = "ascending", "descending"
Choices = Mapping[str, Sequence[tuple[str, str]]]  # values of filters with their words
LISTS: dict[str, "ListPage"] = {}  # by endpoint


@dataclass(frozen=True, slots=True)
class ListPage:
    """A declared list. `title` and the words of filters are msgids; a flag is a filter whose value is yes.

    `defaults` say what a filter that is not set leaves (msgids), where that is not everything. `places` are parts of
    the address that say which list it is: clearing the filters keeps them.
    """

    endpoint: str
    title: str
    columns: Sequence[ListColumn]
    filters: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    has_views: bool = True  # a list whose address names a case has none

    @property
    def sorts(self) -> dict[str, str]:
        """The keys by which it can be sorted, with the heads (msgids) of their columns."""
        return {column.sort: column.head for column in self.columns if column.sort}

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parts of the address that a saved view keeps."""
        return (*self.places, *self.filters, *self.flags, "sort")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, and the address of the list without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a page shows it."""

    page: ListPage
    sorting: Sorting
    address: Mapping[str, str]  # which list it is, filtered and sorted how
    total: int
    chips: Sequence[Chip]
    views: Sequence[SavedView]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips)

    @property
    def fixed(self) -> dict[str, str]:
        """What the form that narrows the list keeps."""
        return {name: value for name, value in self.address.items() if name in (*self.page.places, "sort")}

    @property
    def sort(self) -> str | None:
        """The order as a part of an address; None for the list's own."""
        return str(self.sorting) or None

    @property
    def cleared(self) -> str:
        return _to(self.page, self.fixed)

    @property
    def sort_choices(self) -> list[tuple[str, str]]:
        return [(name, _(head)) for name, head in self.page.sorts.items()]

    @property
    def files(self) -> list[tuple[str, str]]:
        """Names and addresses of the files of this list."""
        return [(FILE_NAMES[kind], _to(self.page, {**self.address, "file": kind})) for kind in FILES]

    @property
    def manage_views(self) -> str:
        """The page on which this view is saved and others are removed; empty where there are none."""
        if not self.page.has_views:
            return ""
        parts: dict[str, Any] = {"of": self.page.endpoint, "with": urlencode(self.address)}
        return url_for("saved_views.index", **parts)

    @property
    def saved(self) -> list[tuple[str, str]]:
        """Names and addresses of the saved views."""
        return [(view.name, list_address(self.page, view.query)) for view in self.views]

    def direction(self, name: str) -> str:
        """How the list is sorted by this key, as `aria-sort` says it; empty when it is not."""
        if not name or self.sorting.name != name:
            return ""
        return DESCENDING if self.sorting.is_descending else ASCENDING

    def sorted_by(self, name: str) -> str:
        """The address of the list sorted by this key: up, down, and again in its own order."""
        following = {"": name, ASCENDING: f"-{name}", DESCENDING: ""}[self.direction(name)]
        return _to(self.page, {**self.address, "sort": following})


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a reader asks of a list: an order, a page of it, or a file of all of it."""

    page: ListPage
    sorting: Sorting
    cursor: str
    file: str

    @property
    def part(self) -> ListPart:
        """The part of the list that the page shows."""
        return ListPart(self.sorting, self.cursor, PAGE)

    def listing(self, tx: Connection, total: int, choices: Choices | None = None) -> Listing:
        """What the page shows beside its rows; `choices` are the words of the values of filters."""
        address = _address(self.page)
        views = saved_views(tx, actor().id, self.page.endpoint) if self.page.has_views else []
        return Listing(self.page, self.sorting, address, total, _chips(self.page, address, choices or {}), views)

    def send(self, read: Callable[[ListPart], Page[T]], choices: Choices | None = None, about: str = "") -> Response:
        """All rows of the list, read part by part, as a file of the kind that was asked for.

        `about` says which of several lists it is, behind the title. A long one leads to where a worker's is asked for.
        """
        rows = _all_rows(read, self.sorting)
        if not g.get(WAITED_FOR):
            first = list(islice(rows, LONG + 1))
            if len(first) > LONG:
                address = {**_address(self.page), "file": self.file}
                return redirect(url_for("list_files.index", at=_to(self.page, address)), 303)
            rows = iter(first)
        title, (media_type, write) = f"{_(self.page.title)} {about}".rstrip(), FILES[self.file]
        notes = [_("As of %(at)s.", at=moment(now())), _filter_note(self, choices or {})]
        content = write(ListFile(title, notes, self.page.columns, rows))
        name = f"{title} {today().isoformat()}.{self.file}"
        return send_download(content, media_type, name, self.page.endpoint.partition(".")[0])


def declare(page: ListPage) -> ListPage:
    """Make a list known by its endpoint."""
    LISTS[page.endpoint] = page
    return page


def asked_list(page: ListPage) -> ListRequest:
    """What the address asks of this list; Invalid for an unknown order or kind of file."""
    sorting = read_sorting(request.args.get("sort", "").strip(), page.sorts)
    return ListRequest(page, sorting, query_cursor(), query_choice("file", FILES))


def list_address(page: ListPage, query: str) -> str:
    """The address of the list with this query, as saved views have it."""
    return _to(page, dict(parse_qsl(query)))


def _all_rows(read: Callable[[ListPart], Page[T]], sorting: Sorting) -> Iterator[T]:
    cursor: str | None = ""
    while cursor is not None:
        page = read(ListPart(sorting, cursor, BATCH))
        yield from page.rows
        cursor = page.next_cursor


def _address(page: ListPage) -> dict[str, str]:
    """The parts of this request's address that belong to the list."""
    return {name: value for name in page.parameters if (value := request.args.get(name, "").strip())}


def _route() -> dict[str, Any]:
    return dict(request.view_args or {})


def _to(page: ListPage, address: Mapping[str, str]) -> str:
    parts: dict[str, Any] = {name: value for name, value in address.items() if value}
    return url_for(page.endpoint, **_route() if request.endpoint == page.endpoint else {}, **parts)


def _chips(page: ListPage, address: Mapping[str, str], choices: Choices) -> list[Chip]:
    words = _filter_words(page, address, choices)
    return [Chip(text, _to(page, {**address, name: ""})) for name, text in words.items()]


def _filter_words(page: ListPage, address: Mapping[str, str], choices: Choices) -> dict[str, str]:
    """The filters in force in words, by their names."""
    flags = {name: _(words) for name, words in page.flags.items() if address.get(name) == "yes"}
    values = {
        name: _("%(filter)s: %(value)s", filter=_(words), value=dict(choices.get(name, ())).get(value, value))
        for name, words in page.filters.items()
        if (value := address.get(name))
    }
    return values | flags


def _filter_note(asked: ListRequest, choices: Choices) -> str:
    """The filters and the order of a file in one line."""
    address = _address(asked.page)
    words = list(_filter_words(asked.page, address, choices).values())
    defaults = [_(sentence) for name, sentence in asked.page.defaults.items() if name not in address]
    parts = [_("Filters: %(filters)s.", filters=series(words))] if words else []
    parts += defaults or ([] if words else [_("All entries.")])
    if asked.sorting.name:
        way = _("descending") if asked.sorting.is_descending else _("ascending")
        parts.append(_("Sorted by %(column)s, %(way)s.", column=_(asked.page.sorts[asked.sorting.name]), way=way))
    return " ".join(parts)
