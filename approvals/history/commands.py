"""A move as a person commands it: which one, on what, with which input, by whom and when."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from approvals.accounts.actors import Actor
from approvals.base.errors import Unconfirmed

# The plural kinds are what a case begins in: `projects` for a draft, `requests` for a question, `orders` for
# an order, `items` for an item of the programme, `problems` for a problem of one.
Kind = Literal[
    "projects", "project", "approval", "card", "requests", "request", "word", "orders", "order",
    "programme", "items", "item", "entry", "problems", "problem", "deduction",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """What a move is made on, as people address it.

    `project` is a number, an external reference or an internal id; `code` is an approval's item; `key` tells a card
    (by its rule), a request (by its number), a word (by its month), an order or a deduction (as 2026-3) from its
    siblings. For the programme it is the year (2026), the item (2026/030), the entry (2026/030/510402/2026-05)
    or the problem (2026/030/problems/3). Orders about a problem have it as `key`.
    """

    kind: Kind
    project: str = ""
    code: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One move by one person. `at` is when it happened (None: now), `version` the one they looked at (None: any).

    `confirmed` is whether the person confirmed what looks like a mistake; None where nobody can be asked.
    """

    move: str
    ref: Reference
    input: Mapping[str, object]
    actor: Actor
    now: datetime
    at: datetime | None = None
    version: int | None = None
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class MoveWarning:
    """Something about a move that looks like a mistake: a msgid and its values."""

    message: str
    params: Mapping[str, object]


def check_confirmed(command: Command, warnings: Iterable[MoveWarning]) -> None:
    """Unconfirmed when the person can be asked about a warning and has not confirmed it."""
    for warning in warnings:
        if command.confirmed is False:
            raise Unconfirmed(warning.message, field=None, **warning.params)


_PROBLEM = re.compile(r"programme/((?:20|21)[0-9]{2}/[^/]+/problems/[0-9]+)")


def orders_about(text: str) -> Reference:
    """The orders about an approval (`<project>/<code>`), a project (`<project>`), a problem of the programme
    (`programme/2026/030/problems/3`), or at large (empty)."""
    if problem := _PROBLEM.fullmatch(text):
        return Reference("orders", key=problem[1])
    project, _slash, code = text.partition("/")
    return Reference("orders", project, code)
