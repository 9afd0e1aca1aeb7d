"""Monthly words on joint projects, as both units had signed them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.base.moments import Month, read_month
from approvals.history.record import (
    ENTRY,
)
from approvals.supervision.queries import WORDS
from workflows.charts.word import WORD

SIGN = "sign_word"


def word_row(tx: Connection, project_id: int, month: Month) -> Row[Any] | None:
    """The word of this month on this project, if it was written."""
    statement = select(WORDS).where(WORDS.c.project_id == project_id, WORDS.c.month == str(month))
    return tx.execute(statement).one_or_none()


def joint_since(tx: Connection, project_id: int) -> datetime:
    """The beginning of the project's present double management."""
    of_project = ENTRY.c.project_id == project_id, ENTRY.c.subject == "project", ENTRY.c.move == "manage_jointly"
    begun_at = select(ENTRY.c.at).where(*of_project).order_by(ENTRY.c.seq.desc()).limit(1)
    return tx.execute(begun_at).scalar_one()


@dataclass(frozen=True, slots=True)
class SignedWord:
    """A word as both units signed it: on which month, what, by which two units and when."""

    month: Month
    text: str
    units: tuple[str, str]
    signed_at: datetime


@dataclass(slots=True)
class _Draft:
    month: Month
    text: str = ""
    writer: str = ""
    signed: SignedWord | None = None


@dataclass(frozen=True, slots=True)
class MonthlyWord:
    """The newest signed word on a project, and who wrote a word of this month that waits for the other unit, if any."""

    signed: SignedWord | None
    waits_from: str


def signed_words(tx: Connection, month: Month, until: datetime) -> dict[int, MonthlyWord]:
    """By project: the newest word that both units had signed by `until`, on this month or on the month before.

    Read from the record, so that it stays the same at any later time; a word that is signed in the first days of the
    next month is printed in the next report, under its own month.
    """
    drafts = _drafts(tx, month, min(until, month.ends_at))
    signed = {
        key[0]: draft.signed
        for key, draft in sorted(drafts.items(), key=lambda item: item[1].month)
        if draft.signed and draft.month >= month.previous
    }
    waiting = {key[0]: draft.writer for key, draft in drafts.items() if draft.month == month and not draft.signed}
    return {key: MonthlyWord(signed.get(key), waiting.get(key, "")) for key in signed.keys() | waiting.keys()}


def _drafts(tx: Connection, month: Month, until: datetime) -> dict[tuple[int, int], _Draft]:
    """The words with a move in this month or the month before, by project and word."""
    columns = (ENTRY.c.project_id, ENTRY.c.subject_id, ENTRY.c.move, ENTRY.c.unit, ENTRY.c.at, ENTRY.c.facts)
    rows = tx.execute(
        select(*columns)
        .where(ENTRY.c.at.between(month.previous.starts_at, until), ENTRY.c.subject == WORD.name)
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    drafts: dict[tuple[int, int], _Draft] = {}
    for row in rows:
        facts = orjson.loads(row.facts)
        draft = drafts.setdefault((row.project_id, row.subject_id), _Draft(read_month(facts["month"])))
        if row.move == SIGN:
            draft.signed = SignedWord(draft.month, draft.text, (draft.writer, row.unit), row.at)
        else:
            draft.text, draft.writer, draft.signed = facts["text"], row.unit, None
    return drafts
