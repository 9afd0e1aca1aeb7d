"""The cards of a month: each move of them, and each card as it stood at the close."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.case_lists import item_label
from approvals.reports.figures.oversight_model import CardLine
from approvals.reports.figures.source_data import SourceData
from approvals.supervision.queries import CARDS

# A correction of a day withdraws a card as well.
CARD_MOVES = {"appeal": "appealed", "uphold": "upheld", **dict.fromkeys(("withdraw_card", "void_card"), "withdrawn")}


def card_entries(tx: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """The moves of cards in this time, with whose they are; of these nothing changes after a card was shown."""
    columns = [ENTRY.c[name] for name in ("subject_id", "move", "to_state", "at", "facts")]
    of_card = [CARDS.c[name] for name in ("colour", "rule", "shown_on", "project_id")]
    of_approval = [
        APPROVALS.c.code,
        APPROVALS.c.department_id,
        PROJECT.c.name,
        PROJECT.c.number.label("project_number"),
    ]
    statement = (
        select(*columns, *of_card, *of_approval)
        .join(CARDS, CARDS.c.id == ENTRY.c.subject_id)
        .join(APPROVALS, APPROVALS.c.id == CARDS.c.approval_id)
        .join(PROJECT, PROJECT.c.id == CARDS.c.project_id)
        .where(ENTRY.c.subject == "card", ENTRY.c.at.between(since, until))
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    return tx.execute(statement).all()


def card_lines(entries: Iterable[Row[Any]], record: SourceData) -> tuple[CardLine, ...]:
    """The cards that moved in the month, red ones first, as they stood at its close."""
    cards: dict[int, list[Row[Any]]] = {}
    for entry in entries:
        cards.setdefault(entry.subject_id, []).append(entry)
    lines = [_card_line(moves, record) for moves in cards.values()]
    return tuple(sorted(lines, key=lambda line: (line.colour != "red", line.shown_on, line.ref, line.rule)))


def _card_line(moves: Sequence[Row[Any]], record: SourceData) -> CardLine:
    last = moves[-1]
    said = [text for move in moves for text in _said(move)]
    return CardLine(
        ref=f"{last.project_number}/{last.code}",
        project=last.name,
        item=item_label(last.code),
        department=record.units[last.department_id],
        colour=last.colour,
        rule=last.rule,
        shown_on=last.shown_on,
        state=last.to_state,
        words=tuple(said),
    )


def _said(move: Row[Any]) -> list[str]:
    """The reasons of an appeal or of a decision on it."""
    facts: Mapping[str, Any] = orjson.loads(move.facts)
    return [*facts.get("reasons", ()), *([facts["reason"]] if facts.get("reason") else [])]
