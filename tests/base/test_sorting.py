"""Orders of lists: keyset pages of each order hold each row once, as an independent sort has them, on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, Integer, MetaData, String, Table, insert, select

from approvals.base.columns import Moment, Money
from approvals.base.database import Database
from approvals.base.errors import Invalid
from approvals.base.pagination import write_cursor
from approvals.base.sorting import ListPart, Sorting, in_order_of, read_sorting, sorted_page, sorted_rows

THINGS = Table(
    "sorted_things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String),
    Column("on", Date),
    Column("at", Moment),
    Column("money", Money),
    Column("count", Integer),
    Column("flag", Boolean),
    Column("state", String),
)
NAMES = ("炳草岗", "Zoo", "apple", "Apple", "123", "𠮷田", "阿署达", "一号桥", "～", "äpfel", "", "炳草岗", None, None)
STATES = ("raised", "answered", "closed")
KEYS = {name: THINGS.c[name] for name in ("name", "on", "at", "money", "count", "flag")} | {
    "state": in_order_of(THINGS.c.state, STATES)
}


def things() -> list[dict[str, object]]:
    start = datetime(2026, 3, 2, 1, 15, 30, 250, tzinfo=UTC)
    return [
        {
            "id": number + 1,
            "name": NAMES[number % len(NAMES)],
            "on": date(2026, 3, 1) + timedelta(days=number % 3) if number % 4 else None,
            "at": start + timedelta(microseconds=number % 5) if number % 6 else None,
            "money": Decimal(number * 37 % 11) / 4 if number % 5 else None,
            "count": -(number % 4) if number % 7 else None,
            "flag": bool(number % 2) if number % 3 else None,
            "state": STATES[number % 3],
        }
        for number in range(31)
    ]


@pytest.fixture
def tx(bare_database_url: str) -> Iterator[Connection]:
    database = Database(bare_database_url)
    with database.write() as tx:
        THINGS.create(tx)
        tx.execute(insert(THINGS), things())
        yield tx
    database.close()


def walked(tx: Connection, sorting: Sorting, limit: int) -> list[int]:
    ids: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = sorted_page(tx, select(THINGS), KEYS, THINGS.c.id, ListPart(sorting, cursor, limit))
        ids += [row.id for row in page.rows]
        cursor = page.next_cursor
    return ids


def test_pages_of_each_order_are_those_of_an_independent_sort(tx: Connection) -> None:
    for name in KEYS:
        for is_descending in (False, True):

            def value(row: dict[str, object], name: str = name) -> object:
                return STATES.index(str(row["state"])) if name == "state" else row[name]

            known = [row for row in things() if value(row) is not None]
            expected = sorted(known, key=value, reverse=is_descending)  # type: ignore[arg-type]
            expected += [row for row in things() if value(row) is None]
            for limit in (1, 4, 50):
                ids = walked(tx, Sorting(name, is_descending), limit)
                assert ids == [row["id"] for row in expected], (name, is_descending, limit)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        write_cursor("name", "a"),
        write_cursor("-name", "a", 1),
        write_cursor("name", "a", None),
        write_cursor("name", 1, 1),
    ],
)
def test_a_cursor_of_another_order_is_refused(tx: Connection, cursor: str) -> None:
    with pytest.raises(Invalid):
        sorted_page(tx, select(THINGS), KEYS, THINGS.c.id, ListPart(Sorting("name"), cursor))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("on", "2026-13-01"),
        ("at", "2026-03-02"),
        ("money", "NaN"),
        ("money", "9e99"),
        ("count", "9" * 30),
        ("flag", "x"),
    ],
)
def test_a_cursor_with_a_value_of_another_kind_is_refused(tx: Connection, name: str, text: str) -> None:
    with pytest.raises(Invalid):
        sorted_page(tx, select(THINGS), KEYS, THINGS.c.id, ListPart(Sorting(name), write_cursor(name, text, 1)))


def test_an_order_is_read_as_it_is_written() -> None:
    for text in ("", "name", "-name"):
        assert str(read_sorting(text, KEYS)) == text
    for text in ("colour", "--name", "-", "name "):
        with pytest.raises(Invalid):
            read_sorting(text, KEYS)


def test_rows_in_memory_keep_their_order_among_equals_and_end_with_what_has_no_value() -> None:
    rows = [("b", 1), ("a", None), ("c", 1), ("d", 0)]
    keys = {"figure": lambda row: row[1]}
    assert [name for name, _ in sorted_rows(rows, keys, Sorting("figure"))] == ["d", "b", "c", "a"]
    assert [name for name, _ in sorted_rows(rows, keys, Sorting("figure", True))] == ["b", "c", "d", "a"]
    assert sorted_rows(rows, keys, Sorting()) == rows
