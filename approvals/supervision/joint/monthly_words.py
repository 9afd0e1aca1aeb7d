"""The monthly word on a joint project: one responsible unit writes and signs it, the other unit signs it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select

from approvals.accounts.actors import acting_role, asked_together, is_joint
from approvals.base.errors import Forbidden, NotFound, Refused
from approvals.base.months import Month, read_month
from approvals.base.text_validation import N_
from approvals.filing.queries import joint_units, locked_project, place_of, record_of, ref_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    ENTRY,
    OpenChain,
    Subject,
    begun,
    check_version,
    move,
    next_state,
    recording,
    row_to_begin,
)
from approvals.supervision.queries import WORDS
from workflows.charts.word import WORD

WRITE, SIGN = "write_word", "sign_word"


def move_word(tx: Connection, command: Command) -> Subject:
    """Write the word of a month, change it, or sign it for the other unit."""
    project = locked_project(tx, command.ref.project, command.actor)
    month = read_month(command.ref.key)
    place = asked_together(command.actor, place_of(project))
    if not is_joint(command.actor, place):
        raise Forbidden(N_("Only the two units responsible for a joint project write and sign its word."))
    role = acting_role(command.actor, WORD.move(command.move), place)
    facts = check_input(WORD, command.move, command.input) | {"month": str(month)}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        word = word_row(tx, project.id, month)
        if command.move == WRITE:
            return _write(record, project, word, month, command, role, facts)
        if word is None:
            raise NotFound
        case = _case(word, project, command)
        check_version(case, command.version)
        next_state(case, command.move)
        changes = _signature(project, word, command) if command.move == SIGN else _text(facts, command)
        return move(record, case, command.move, by=command.actor, role=role, facts=facts, changes=changes)


def _write(
    record: OpenChain,
    project: Row[Any],
    word: Row[Any] | None,
    month: Month,
    command: Command,
    role: str,
    facts: Mapping[str, Any],
) -> Subject:
    if word is not None:
        raise Refused(N_("The word of this month is written already; change it, or sign it."))
    _check_month(record, project, month)
    row = {"project_id": project.id, "month": str(month)} | _text(facts, command)
    record.tx.execute(insert(WORDS), row_to_begin(WORD, WRITE, row, record.at))
    written = word_row(record.tx, project.id, month)
    if written is None:
        raise NotFound
    case = _case(written, project, command)
    begun(record, case, WRITE, by=command.actor, role=role, facts=facts)
    return case


def _check_month(record: OpenChain, project: Row[Any], month: Month) -> None:
    if month.starts_at > record.at:
        raise Refused(N_("This month has not begun yet."))
    if month.ends_at < joint_since(record.tx, project.id):
        raise Refused(N_("In this month the project was not under double management yet."))


def _text(facts: Mapping[str, Any], command: Command) -> dict[str, Any]:
    """Whoever writes signs; what the other unit signed before was another text."""
    return {"text": facts["text"], "written_unit_id": command.actor.unit_id, "signed_unit_id": None}


def _signature(project: Row[Any], word: Row[Any], command: Command) -> dict[str, Any]:
    if word.written_unit_id == command.actor.unit_id:
        raise Refused(N_("Your unit has signed already; the other one is to sign."))
    if word.written_unit_id not in joint_units(project):
        raise Refused(N_("The unit that wrote this is responsible no longer; write it anew."))
    return {"signed_unit_id": command.actor.unit_id}


def _case(word: Row[Any], project: Row[Any], command: Command) -> Subject:
    place = asked_together(command.actor, place_of(project))
    return Subject(WORD, WORDS, word.id, word.state, word.version, place, f"{ref_of(project)}/words/{word.month}")


def word_row(tx: Connection, project_id: int, month: Month) -> Row[Any] | None:
    """The word of this month on this project, if it was written."""
    statement = select(WORDS).where(WORDS.c.project_id == project_id, WORDS.c.month == str(month))
    return tx.execute(statement).one_or_none()


def joint_since(tx: Connection, project_id: int) -> datetime:
    """Since when the project is under its present double management."""
    of_project = ENTRY.c.project_id == project_id, ENTRY.c.subject == "project", ENTRY.c.move == "manage_jointly"
    begun_at = select(ENTRY.c.at).where(*of_project).order_by(ENTRY.c.seq.desc()).limit(1)
    return tx.execute(begun_at).scalar_one()


# For the monthly report.


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
class MonthsWord:
    """The newest signed word on a project, and who wrote a word of this month that waits for the other unit, if any."""

    signed: SignedWord | None
    waits_from: str


def words_known(tx: Connection, month: Month, until: datetime) -> dict[int, MonthsWord]:
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
    return {key: MonthsWord(signed.get(key), waiting.get(key, "")) for key in signed.keys() | waiting.keys()}


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
