"""Lists in an order that the reader chose: by what a list can be sorted, and its pages in any of these orders.

Text is compared by code point on both engines, whatever the collation of the database. What has no value comes last in
both directions; rows with the same value stand by their id.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, Date, DateTime, Integer, Numeric, TypeEngine

from approvals.base.columns import Moment, Money, Quantity
from approvals.base.errors import invalid
from approvals.base.i18n import N_, language
from approvals.base.moments import read_moment
from approvals.base.pagination import PAGE, Page, page_of, read_cursor, write_cursor
from approvals.base.text_validation import TEXT_LIMIT

T = TypeVar("T")
Keys = Mapping[str, ColumnElement[Any]]
DESCENDING = "-"  # in front of the name, as in `sort=-received`
_KEY, _TIE = "sort_key", "sort_tie"


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a list is sorted by; without a name it has its own order."""

    name: str = ""
    is_descending: bool = False

    def __str__(self) -> str:
        return f"{DESCENDING if self.is_descending else ''}{self.name}"


OWN_ORDER = Sorting()


@dataclass(frozen=True, slots=True)
class ListPart:
    """What part of a list is asked for: in which order, behind the row of which cursor, how many rows at most."""

    sorting: Sorting = OWN_ORDER
    cursor: str = ""
    limit: int = PAGE

    @property
    def is_sorted(self) -> bool:
        return bool(self.sorting.name)


FIRST_PART = ListPart()


def read_sorting(text: str, names: Collection[str]) -> Sorting:
    """The sorting written as `name` or `-name`; Invalid for what this list cannot be sorted by."""
    sorting = Sorting(text.removeprefix(DESCENDING), text.startswith(DESCENDING))
    if text and sorting.name not in names:
        raise invalid("sort", N_("is not one of the available options"))
    return sorting


class by_code_point(FunctionElement[str]):
    """Text that sorts by code point: SQLite does so by itself, PostgreSQL by its collation C."""

    type = String()
    inherit_cache = True


@compiles(by_code_point)
def _by_itself(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(by_code_point, "postgresql")
def _by_collation(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'


def in_order_of(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[int]:
    """The place of the column's value among these, as of a state in its chart; nothing for others."""
    return case({value: place for place, value in enumerate(values)}, value=column)


def shown_name(names: FromClause) -> ColumnElement[str]:
    """The name of a row of units as the language in use shows it."""
    if language() != "en":
        return names.c.name
    return func.coalesce(func.nullif(names.c.name_en, ""), names.c.name)


def looked_up(names: FromClause, key: ColumnElement[int], value: ColumnElement[T]) -> ScalarSelect[T]:
    """This value of the row of another table, an alias, that a column names."""
    return select(value).where(names.c.id == key).correlate_except(names).scalar_subquery()


def sorted_page(
    tx: Connection,
    statement: Select[Any],
    keys: Keys,
    tie: ColumnElement[int],
    part: ListPart,
) -> Page[Any]:
    """A page of the rows of this statement, which has no order of its own, in the order that was asked for."""
    sorting, limit = part.sorting, part.limit
    key = keys[sorting.name]
    key = cast(ColumnElement[Any], by_code_point(key)) if isinstance(key.type, String) else key
    statement = statement.add_columns(key.label(_KEY), tie.label(_TIE))
    if part.cursor:
        statement = statement.where(_is_after(key, tie, sorting, *_read_keys(part.cursor, sorting, key.type)))
    direction = key.desc() if sorting.is_descending else key.asc()
    rows = tx.execute(statement.order_by(key.is_(None), direction, tie).limit(limit + 1)).all()
    last = rows[limit - 1]._mapping if len(rows) > limit else None
    following = write_cursor(str(sorting), _written(last[_KEY]), last[_TIE]) if last else None
    return Page(rows[:limit], following)


def page_by_id(
    tx: Connection,
    statement: Select[Any],
    keys: Keys,
    id_: ColumnElement[int],
    part: ListPart,
    *,
    newest_first: bool = False,
) -> Page[Any]:
    """A page of the rows of this statement, in the order that was asked for or else by their column `id`."""
    if part.is_sorted:
        return sorted_page(tx, statement, keys, id_, part)
    if part.cursor:
        last = read_cursor(part.cursor, (int,))[0]
        statement = statement.where(id_ < last if newest_first else id_ > last)
    statement = statement.order_by(id_.desc() if newest_first else id_)
    return page_of(tx.execute(statement.limit(part.limit + 1)).all(), part.limit, "id")


def _is_after(
    key: ColumnElement[Any], tie: ColumnElement[int], sorting: Sorting, value: Any, last: int
) -> ColumnElement[bool]:
    if value is None:
        return and_(key.is_(None), tie > last)
    known = literal(value, key.type)
    behind = key < known if sorting.is_descending else key > known
    return or_(behind, and_(key == known, tie > last), key.is_(None))


def _written(value: Any) -> str | None:
    """The value of a key in a cursor."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(int(value))
    return (value.isoformat() if isinstance(value, date) else str(value))[:TEXT_LIMIT]


def _read_keys(cursor: str, sorting: Sorting, type_: TypeEngine[Any]) -> tuple[Any, int]:
    """Value and id of the last row; Invalid for a cursor of another list or another order."""
    order, text, last = read_cursor(cursor, (str, str, int))
    if order != str(sorting) or last is None:
        raise invalid("cursor", N_("is not a cursor of this list"))
    try:
        return None if text is None else _reader(type_)(str(text)), cast(int, last)
    except (ValueError, OverflowError, InvalidOperation):
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def _reader(type_: TypeEngine[Any]) -> Callable[[str], Any]:
    """What makes a value of this type of its text in a cursor."""
    if isinstance(type_, (Money, Quantity)):
        return _number
    if isinstance(type_, (Moment, DateTime)):
        return read_moment
    if isinstance(type_, Date):
        return date.fromisoformat
    if isinstance(type_, Boolean):
        return lambda text: bool(int(text))
    if isinstance(type_, Integer):
        return _whole
    return _number if isinstance(type_, Numeric) else str


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError(text)
    return number


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number) > Decimal(10**12):
        raise ValueError(text)
    return number


def sorted_rows(rows: Sequence[T], keys: Mapping[str, Callable[[T], Any]], sorting: Sorting) -> list[T]:
    """The rows of a list that is whole in memory, in its own order, in the order that was asked for."""
    if not sorting.name:
        return list(rows)
    key = keys[sorting.name]
    known = [row for row in rows if key(row) is not None]
    placed = sorted(known, key=key, reverse=sorting.is_descending)  # rows of one value keep their order
    return placed + [row for row in rows if key(row) is None]
