"""What a search asks and what it finds of one kind: the number, and the first few, exact ones before others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func

from approvals.base.text_folding import has_words, search_key, words_of


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The text as it was sent, its words and key, and how many hits of each kind are wanted."""

    text: str
    limit: int
    words: tuple[str, ...] = field(init=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(words_of(self.text)))
        object.__setattr__(self, "key", search_key(self.text))

    def finds(self, *texts: str | None) -> bool:
        """Whether each word stands in one of these texts."""
        return has_words(self.words, *texts)

    def names(self, *texts: str | None) -> bool:
        """Whether one of these texts is what was searched, however either is written."""
        return any(search_key(text) == self.key for text in texts if text)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found. `ref` is how programs address it, `path` that of its page where the reader may open it.

    `is_exact`: its number or its whole name is what was searched.
    """

    ref: str
    title: str
    about: tuple[str, ...]
    path: str | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class SearchHits:
    """All of one kind: how many, the first of them, and the path of the list that holds all, where there is one."""

    total: int = 0
    hits: tuple[SearchHit, ...] = ()
    list_path: str | None = None


NOTHING_FOUND = SearchHits()


def first_rows(
    tx: Connection,
    query: SearchQuery,
    statement: Select[Any],
    is_exact: ColumnElement[bool],
    *order: ColumnElement[Any],
) -> tuple[int, Sequence[Row[Any]]]:
    """How many rows the statement has, and the first of them with `is_exact`: exact ones, then in this order."""
    exact = case((is_exact, 1), else_=0).label("is_exact")
    ranked = statement.add_columns(exact, func.count().over().label("total"))
    rows = tx.execute(ranked.order_by(exact.desc(), *order).limit(query.limit)).all()
    return (rows[0].total if rows else 0), rows


def matching(query: SearchQuery, rows: Iterable[Any], texts: Callable[[Any], Iterable[str | None]]) -> list[Any]:
    """Those of these rows whose texts contain each word, exact ones first, in their order.

    For texts of which no folding is stored: the rows are all that the reader may see.
    """
    found = [row for row in rows if query.finds(*texts(row))]
    return sorted(found, key=lambda row: not query.names(*texts(row)))
