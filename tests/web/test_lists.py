"""Every list page: in each order and with each filter, what it shows is what its file holds, on both engines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from approvals.appraisal.proposals import propose_deductions
from approvals.base.i18n import label
from approvals.calendar.lights import LIGHT_LABELS
from approvals.exports.lists.files import ListColumn
from approvals.jobs.labels import STATE_LABELS
from approvals.supervision.sweep import sweep
from approvals.web import lists
from approvals.web.lists import LISTS, ListPage
from tests.support.desk import TODAY, Desk, a_prepared_desk, counted, text_of
from tests.support.extent import ENGINES, effort
from tests.support.listed_city import PEOPLE, prepare
from workflows.charts.deduction_terms import EVENT_KINDS
from workflows.charts.programme_terms import PROBLEM_KINDS
from workflows.charts.registry import CHARTS
from workflows.config.city import load_city
from workflows.rules.cards import COLOUR_NAMES, RULES

TEMPLATES = Path(__file__).parents[2] / "templates"
FEW = 9  # rows of a page, so that few rows make several pages
MORE = {"board.approvals": 200}  # of a list that has all approvals of the city
VALUES = 2  # of each filter

# Who looks at each list, and where: the first sees most of it.
READERS: dict[str, tuple[tuple[str, str], ...]] = {
    "windows.queue": (("centre1", "/windows"), ("centre1", "/windows?state=decided"), ("window-a01", "/windows")),
    "casefile.index": (("office1", "/casefiles"), ("liaison1", "/casefiles")),
    "filing.index": (("owner1", "/projects"),),
    "triage.inbox": (("office1", "/triage"), ("office1", "/triage?list=suspended")),
    "registration.inbox": (("centre1", "/registrations"),),
    "cards.index": (("office1", "/cards"), ("head-a01", "/cards")),
    "deductions.index": (("office1", "/deductions"), ("head-a01", "/deductions")),
    "orders.index": (("centre1", "/orders"), ("window-a01", "/orders")),
    "supervision.escalations": (("office1", "/escalations?level=1"), ("window-a01", "/escalations")),
    "requests.index": (("centre1", "/requests"), ("liaison1", "/requests?list=past")),
    "administration.people": (("sysadmin1", "/administration/people"),),
    "administration.events": (("auditor1", "/administration/events"),),
    "deliveries.index": (("sysadmin1", "/administration/deliveries"),),
    "jobs.index": (("sysadmin1", "/administration/jobs"),),
    "programme.ledger": (("office1", "/ledger?year=2026"),),
    "amendments.index": (("centre1", "/amendments"),),
    "joint.index": (("office1", "/joint"),),
    "notices.index": (("owner1", "/notices"), ("office1", "/notices?kind=supervision"), ("finance1", "/notices")),
    "programme.problem_list": (("office1", "/programme/problems"),),
    "vacancies.index": (("centre1", "/vacancies"),),
    "owed.index": (("owner1", "/owed"), ("office1", "/owed")),
    "board.approvals": (("office1", "/board/approvals"), ("leader1", "/board/approvals")),
    "home.index": tuple((who, "/") for who in ("owner1", "window-a01", "liaison1", "centre1", "office1")),
}
GROUPED = {"notices.index"}  # of a day by project
# Pages with a pager whose rows are part of one thing: a project's log, a report's figure, a person's day.
PARTS = {
    *("joint.show", "requests.of_project", "contacts.index", "report_lines.cases", "whose_time.approvals"),
    *("whose_time.pauses", "liaisons.day", "liaisons.person"),
}

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_BODY = re.compile(r'<table class="table stack.*?<tbody>(.*?)(?:<tfoot|</table>)', re.DOTALL)
_MESSAGE = re.compile(r'<li class="notice(?: notice-new)?">(.*?)</li>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]* name="([a-z_]+)">(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option value="([^"]+)"[^>]*>([^<]*)<')
_TICK = re.compile(r'<input class="form-check-input" type="checkbox" name="([a-z_]+)" value="yes"')
_TOTAL = re.compile(r'<p class="list-total">共 ([\d,]+) 条</p>|<h2>待办 <span class="tab-count">([\d,]+)</span>')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture(scope="module", params=ENGINES)
def desk(request, make_database) -> Iterator[Desk]:
    with a_prepared_desk(make_database(request.param), PEOPLE, prepare) as desk:
        sweep(desk.database, TODAY, lambda: TODAY)
        propose_deductions(desk.database, lambda: TODAY)
        yield desk


@pytest.fixture(autouse=True)
def short_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    given = getattr(request.node, "callspec", None)
    rows = MORE.get(given.params.get("endpoint"), FEW) if given else FEW
    monkeypatch.setattr(lists, "PAGE", rows)
    monkeypatch.setattr(lists, "BATCH", rows + 1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as somebody reads it page by page: the text of each row, and the total that stands above them."""

    rows: list[str]
    total: int


def to(path: str, **parts: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urlencode(parts)}" if parts else path


def walk(desk: Desk, username: str, path: str) -> Shown:
    rows: list[str] = []
    total = None
    while path:
        page = desk.people[username].get(path)
        assert page.status_code == 200, (path, page.status_code)
        rows += [text_of(row) for row in _rows(page.text.rpartition('class="list-bar"')[2])]
        found = _TOTAL.search(page.text)
        total = int((found[1] or found[2]).replace(",", "")) if found else total
        link = _NEXT.search(page.text)
        path = unescape(link[1]) if link else ""
    return Shown(rows, total or 0)


def _rows(page: str) -> list[str]:
    """The rows of the first table of a page, or the messages of the log."""
    body = _BODY.search(page)
    return _ROW.findall(body[1]) if body else _MESSAGE.findall(page)


def csv_rows(desk: Desk, username: str, path: str) -> tuple[list[list[str]], list[str]]:
    """The rows of the CSV below its heads, and the notes behind them."""
    response = desk.people[username].get(to(path, file="csv"))
    assert response.status_code == 200, (path, response.status_code)
    assert response.data.startswith(b"\xef\xbb\xbf") and response.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    return lines[1:-2], [line[0] for line in lines[-2:]]


def sheet_rows(desk: Desk, username: str, path: str) -> tuple[list[list[object]], list[str]]:
    response = desk.people[username].get(to(path, file="xlsx"))
    lines = [list(row) for row in load_workbook(io.BytesIO(response.data)).active.values]
    return lines[4:], [str(lines[number][0]) for number in (1, 2)]


def as_csv(value: object, column: ListColumn) -> str:
    """A cell of the workbook as CSV has it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if column.kind == "moment" else f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)


def filters_of(page: str, declared: ListPage, whole: list[list[str]]) -> list[dict[str, str]]:
    """Values that the page offers of each filter that the list declares, those first whose words the list holds."""
    text = " ".join(cell for line in whole for cell in line)
    choices = [
        {name: unescape(value)}
        for name, options in _SELECT.findall(page)
        if name in declared.filters
        for value, _words in sorted(_OPTION.findall(options), key=lambda option: unescape(option[1]) not in text)[
            :VALUES
        ]
    ]
    return [*choices, *({name: "yes"} for name in _TICK.findall(page) if name in declared.flags)]


def grouped_like(lines: list[list[str]], rows: list[str], declared: ListPage) -> list[str]:
    """The rows of a page that groups them in the order of the file: to each line the first that is left and fits."""
    shown, left, placed = identified(list(declared.columns)), list(rows), []
    for line in lines:
        placed.append(next((text for text in left if all(line[number] in text for number in shown)), "no row"))
        left = [text for place, text in enumerate(left) if place != left.index(placed[-1])]
    return placed


CASES = [(endpoint, username, path) for endpoint, places in READERS.items() for username, path in places]


def identified(columns: list[ListColumn]) -> list[int]:
    """The columns whose cells a row of the page shows as they are."""
    shown = ("project", "name", "subject", "username", "item_no", "code", "title")
    return [number for number, column in enumerate(columns) if column.key in shown]


@pytest.mark.parametrize(("endpoint", "username", "path"), CASES)
def test_a_file_holds_what_the_pages_show_with_each_filter(desk: Desk, endpoint: str, username: str, path: str) -> None:
    declared = LISTS[endpoint]
    page = desk.people[username].get(path).text
    offered = [name for name, _options in _SELECT.findall(page)] + _TICK.findall(page)
    assert set(offered) <= {*declared.filters, *declared.flags, *declared.places}, "a filter without a declaration"
    for filters in ({}, *filters_of(page, declared, csv_rows(desk, username, path)[0])):
        address = to(path, **filters)
        shown, (lines, notes) = walk(desk, username, address), csv_rows(desk, username, address)
        workbook, sheet_notes = sheet_rows(desk, username, address)
        assert len(lines) == len(shown.rows) == shown.total, (address, len(lines), len(shown.rows), shown.total)
        rows = grouped_like(lines, shown.rows, declared) if endpoint in GROUPED else shown.rows
        for line, text in zip(lines, rows, strict=True):
            for number in identified(list(declared.columns)):
                assert line[number] in text, (address, line[number], text)
        assert [as_csv_numbers(row, declared.columns) for row in workbook] == [
            [as_number(value) for value in line] for line in lines
        ], address
        assert all(note.startswith("数据截至 2026-03-10 ") for note in (notes[0], sheet_notes[0]))
        assert notes[1] == sheet_notes[1]
        assert ("筛选条件" in notes[1]) == bool(filters)


def as_csv_numbers(row: list[object], columns: Sequence[ListColumn]) -> list[str]:
    return [as_number(as_csv(value, column)) for value, column in zip(row, columns, strict=True)]


def as_number(text: str) -> str:
    """One writing for all numbers: 12, 12.0 and 12.00 are the same."""
    try:
        return str(float(text))
    except ValueError:
        return text


ORDERED: dict[str, list[str]] = {
    "light": [words.zh for words in LIGHT_LABELS.values()],
    "colour": [words.zh for words in COLOUR_NAMES.values()],
    "rule": [rule.zh for rule in RULES.values()],
    "kind": [words.zh for words in PROBLEM_KINDS.values()],
    "event": [kind.zh for kind in EVENT_KINDS.values()],
    "category": [label(words) for words in load_city().categories.values()],
}


def place_of(column: ListColumn, endpoint: str, text: str) -> object:
    """What the cell of a sorted column is compared by, found without asking the list."""
    if column.kind in ("whole", "amount", "percent"):
        return float(text)
    order = ORDERED.get(column.key) or (STATES[endpoint] if column.key == "state" else None)
    return order.index(text) if order else text


def states_of(chart: str) -> list[str]:
    return [state.zh for state in next(c for c in CHARTS.values() if c.name == chart).states]


STATES = {
    "windows.queue": states_of("approval"),
    "board.approvals": states_of("approval"),
    "casefile.index": states_of("project"),
    "filing.index": states_of("project"),
    "cards.index": states_of("card"),
    "deductions.index": states_of("deduction"),
    "orders.index": states_of("order"),
    "supervision.escalations": states_of("escalation"),
    "programme.ledger": states_of("item"),
    "joint.index": states_of("project"),
    "jobs.index": [words.zh for words in STATE_LABELS.values()],
}


@pytest.mark.parametrize(("endpoint", "username", "path"), CASES)
def test_each_order_is_that_of_an_independent_sort(desk: Desk, endpoint: str, username: str, path: str) -> None:
    declared = LISTS[endpoint]
    whole, _notes = csv_rows(desk, username, path)
    sorted_by = [(number, column) for number, column in enumerate(declared.columns) if column.sort]
    numbers = [number for number, _column in sorted_by]
    read_page_by_page = effort({*numbers[:1], *numbers[-1:]}, {*numbers})
    for number, column in sorted_by:
        up, down = (csv_rows(desk, username, to(path, sort=f"{sign}{column.sort}"))[0] for sign in ("", "-"))
        assert sorted(up) == sorted(down) == sorted(whole), (path, column.sort)
        known = [line for line in up if line[number]]
        places = [place_of(column, endpoint, line[number]) for line in known]
        assert places == sorted(places), (path, column.sort, places)  # type: ignore[type-var]
        assert up[: len(known)] == known, "what has no value comes last"
        # Rows of one value stand in the same order up and down.
        reverse = sorted(known, key=lambda line: place_of(column, endpoint, line[number]), reverse=True)  # type: ignore[arg-type,return-value]
        assert down == reverse + up[len(known) :], (path, column.sort)
        if number not in read_page_by_page:
            continue
        order, expected = (column.sort, up) if number % 2 else (f"-{column.sort}", down)
        shown = walk(desk, username, to(path, sort=order))
        for line, text in zip(expected, shown.rows, strict=True):
            assert all(line[place] in text for place in identified(list(declared.columns))), (path, order)


def test_every_list_page_has_files_or_is_part_of_one_thing() -> None:
    paged = {
        endpoint
        for template in TEMPLATES.rglob("*.html")
        for endpoint in re.findall(r'pager\([^"}]*"([a-z_.]+)"', template.read_text("utf-8"))
    }
    assert paged - PARTS <= set(LISTS), "a list page without files, or a file without a list page"
    assert set(READERS) == set(LISTS), "a list that no test reads"


@pytest.mark.parametrize("endpoint", READERS)
def test_each_list_is_read_where_it_has_rows(desk: Desk, endpoint: str) -> None:
    username, path = READERS[endpoint][0]
    assert csv_rows(desk, username, path)[0], "an empty list proves nothing"


def test_an_unknown_order_file_or_cursor_is_refused(desk: Desk) -> None:
    office = desk.people["office1"]
    for query in ("sort=colour", "sort=--name", "file=pdf", "sort=name&cursor=WzFd", "cursor=x"):
        assert office.get(f"/casefiles?{query}").status_code == 422, query
    page = office.get("/casefiles?sort=-planned").text
    cursor = re.search(r"cursor=([^&\"]+)", page)
    assert cursor is not None
    assert office.get(f"/casefiles?sort=-planned&cursor={cursor[1]}").status_code == 200
    assert office.get(f"/casefiles?sort=planned&cursor={cursor[1]}").status_code == 422, "a cursor of another order"


def test_the_order_survives_filters_and_says_itself(desk: Desk) -> None:
    page = desk.people["office1"].get("/casefiles?sort=-name&county=东区").text
    assert 'aria-sort="descending"' in page and page.count("aria-sort") == 1
    assert '<input type="hidden" name="sort" value="-name">' in page
    assert "县(区)：东区" in page and 'href="/casefiles?sort=-name"' in page, "the chip leads back, and keeps the order"


def test_a_file_asks_the_database_as_often_as_it_has_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def statements(batch: int) -> int:
        monkeypatch.setattr(lists, "BATCH", batch)
        with counted(desk.app) as questions:
            desk.people["office1"].get("/casefiles?file=csv")
        return len(questions)

    statements(100)
    whole, rows = statements(100), len(csv_rows(desk, "office1", "/casefiles")[0])
    batches = -(-rows // 5)
    assert statements(5) <= whole + 3 * (batches - 1)


def test_a_file_is_for_those_who_may_open_the_list(desk: Desk) -> None:
    assert desk.people["owner1"].get("/casefiles?file=csv").status_code == 403
    lines, _notes = csv_rows(desk, "window-a01", "/windows")
    assert {line[14] for line in lines} == {"市发展改革委"}
