"""The section on pages: server time, size, and how often each of the most used ones asks the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from approvals.base.database import Database
from approvals.http.application import KEY
from tests.bench.measuring import Bench, Table, interleaved, seconds
from tests.bench.rows_growth import a_ref, cities, copied_to, size_of
from tests.support.builders import NOW, window
from tests.support.pages import Visitor, an_app, give_password, somebody
from tests.support.sql_recorder import Statement, recorded

MOST_USED = {  # what it is called, who opens it, and its address
    "a window's queue": (window("A01"), "/windows"),
    "an approval": (window("A01"), "/approvals/{ref}/A01"),
    "its clock": (window("A01"), "/approvals/{ref}/A01/clock"),
    "the owner's projects": ("owner1", "/projects"),
    "one of them": ("owner1", "/projects/{ref}"),
    "a casefile": ("office1", "/casefiles/{ref}"),
    "the list of casefiles": ("office1", "/casefiles"),
    "the board": ("office1", "/board"),
    "the ledger": ("office1", "/ledger"),
    "the liaison's day": ("liaison1", "/day"),
    "the month's figures": ("office1", "/reports/monthly/2021-06"),
}
READING = ("SELECT", "WITH")


@dataclass(frozen=True, slots=True)
class Found:
    """One page: milliseconds on the server, bytes that it sends, and questions to the database."""

    time: float
    size: int
    asked: int


def pages(bench: Bench) -> Iterator[Table]:
    """Each page in a small and in a grown city, on SQLite."""
    with cities(bench, "sqlite") as (small, grown):
        sizes, found = [], []
        for name, database in (("small", small), ("grown", grown)):
            with database.read() as tx:
                sizes.append(size_of(tx))
            found.append(_in_city(copied_to(database, bench.new_folder(f"pages-{name}")), bench))
    few, many = found
    lines = tuple(_line(name, few[name], many[name]) for name in MOST_USED)
    about = (
        "In one process, without a network: milliseconds on the server, size uncompressed, and questions to the"
        f" database, in a city of {sizes[0]} approvals and in one of {sizes[1]}."
    )
    short = tuple(
        f"{name}: asks {few[name].asked} times in the small city, {many[name].asked} in the grown one"
        for name in MOST_USED
        if few[name].asked != many[name].asked
    )
    columns = ("page", "ms, small", "ms, grown", "kB, small", "kB, grown", "questions, small", "questions, grown")
    yield Table("Pages", about, columns, lines, short)


def _line(name: str, few: Found, many: Found) -> tuple[str, ...]:
    times, sizes = (f"{one.time:,.0f}" for one in (few, many)), (f"{one.size / 1000:,.0f}" for one in (few, many))
    return (name, *times, *sizes, str(few.asked), str(many.asked))


def _in_city(url: str, bench: Bench) -> dict[str, Found]:
    people = {who for who, _ in MOST_USED.values()}
    with an_app(url, now=NOW) as app:
        database: Database = app.extensions[KEY].database
        give_password(database, *people)
        visitors = {name: somebody(app, name) for name in people}
        with database.read() as tx:
            ref = a_ref(tx)
        paths = {name: (visitors[who], path.format(ref=ref)) for name, (who, path) in MOST_USED.items()}
        times = {name: _time(*page, bench) for name, page in paths.items()}
        noted = recorded(database.engine)
        return {name: Found(times[name], *_asked(*page, noted)) for name, page in paths.items()}


def _time(visitor: Visitor, path: str, bench: Bench) -> float:
    return median(interleaved({"": lambda: 1000 * seconds(lambda: _open(visitor, path))}, bench.brief())[""])


def _open(visitor: Visitor, path: str) -> int:
    answer = visitor.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(answer.data)


def _asked(visitor: Visitor, path: str, noted: list[Statement]) -> tuple[int, int]:
    """The size, and how often it asks once it is warm."""
    _open(visitor, path)
    noted.clear()
    size = _open(visitor, path)
    return size, sum(sql.lstrip().startswith(READING) for sql, _ in noted)
