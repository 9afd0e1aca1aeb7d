"""What is objected to at the close of a period, or still may be; and escalations that departments left unanswered."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, or_, select

from approvals.base.moments import day_of
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.aggregate import Closing
from approvals.reports.figures.bulletin_model import Objection, OwedAnswer
from approvals.reports.figures.replay import ApprovalReplay, ProjectReplay
from approvals.reports.figures.source_data import EntryRow, SourceData, by_id
from approvals.supervision.queries import CARDS
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION

APPEALED, SHOWN, PROPOSED = "appealed", "shown", "proposed"
OWN_LEVEL = 1  # of the window itself
_CARD = [CARDS.c[name] for name in ("id", "project_id", "approval_id", "colour", "shown_on")]
_EVENT = [ENTRY.c[name] for name in ("project_id", "subject_id", "to_state", "at", "facts")]


def objections(tx: Connection, record: SourceData, closing: Closing, until: datetime) -> tuple[Objection, ...]:
    """Those raised first, then what may still be appealed against, in the order of the days."""
    found = (*_of_cards(tx, record, closing.on, until), *_of_days(record, closing))
    return tuple(sorted(found, key=lambda row: (not row.is_raised, row.until or row.since, row.ref, row.colour)))


def owed_answers(record: SourceData, closing: Closing) -> tuple[OwedAnswer, ...]:
    """Escalations at the window's level that climbed without an answer, of approvals still open, the oldest first."""
    owed = [
        OwedAnswer(**_place(replay, approval, record), raised_on=escalation.raised_on)
        for replay in closing.replays
        for approval in replay.approvals.values()
        for escalation in approval.open_escalations()
        if (escalation.level, escalation.state, escalation.answered_on) == (OWN_LEVEL, "lifted", None)
    ]
    return tuple(sorted(owed, key=lambda row: (row.raised_on, row.ref)))


def _place(replay: ProjectReplay, approval: ApprovalReplay, record: SourceData) -> dict[str, Any]:
    """Reference, project, item and department of an approval, as they were at the close."""
    plan, project = approval.plan, replay["name"]
    department = record.units[plan.department_id]
    return {"ref": f"{replay.ref}/{plan.code}", "project": project, "item": plan.item, "department": department}


# Cards.


def _of_cards(tx: Connection, record: SourceData, on: date, until: datetime) -> Iterator[Objection]:
    """Cards within their appeal period at the close, and those whose appeal was not decided on by then."""
    rows = _cards(tx, on, until)
    entries = _entries(tx, rows, until)
    for row in rows:
        moves = entries.get(row.id, [])
        if not moves:
            continue
        appeal_by, state = date.fromisoformat(orjson.loads(moves[0].facts)["appeal_by"]), moves[-1].to_state
        if state == APPEALED or (state == SHOWN and on <= appeal_by):
            department = record.former.department("approval", row.approval_id, row.department_id)
            yield Objection(
                kind=CARD.name,
                ref=f"{row.number}/{row.code}",
                project=row.name,
                item=record.item_names.of(row.catalogue_sha256, row.code),
                department=record.units[department],
                colour=row.colour,
                since=row.shown_on,
                until=appeal_by,
                is_raised=state == APPEALED,
            )


def _cards(tx: Connection, on: date, until: datetime) -> list[Row[Any]]:
    """Rows serve as an index only: all that can have been appealed, or open to an appeal, at the close."""
    decided_later = and_(CARDS.c.state.in_(CARD.final_states), CARDS.c.state_since > until)
    may_be = or_(CARDS.c.appeal_by >= on, CARDS.c.state == APPEALED, decided_later)
    columns = (
        APPROVALS.c.code,
        APPROVALS.c.department_id,
        PROJECT.c.number,
        PROJECT.c.name,
        PROJECT.c.catalogue_sha256,
    )
    statement = (
        select(*_CARD, *columns)
        .join(APPROVALS, APPROVALS.c.id == CARDS.c.approval_id)
        .join(PROJECT, PROJECT.c.id == CARDS.c.project_id)
        .where(CARDS.c.shown_on <= on, may_be)
        .order_by(CARDS.c.id)
    )
    return list(tx.execute(statement))


def _entries(tx: Connection, cards: list[Row[Any]], until: datetime) -> dict[int, list[EntryRow]]:
    """The entries of these cards up to the close, by card."""
    entries: dict[int, list[EntryRow]] = {row.id: [] for row in cards}
    projects = sorted({row.project_id for row in cards})
    for entry in by_id(tx, _EVENT, ENTRY.c.project_id, projects, ENTRY.c.seq, subjects=[CARD.name]):
        if entry.subject_id in entries and entry.at <= until:
            entries[entry.subject_id].append(entry)
    return entries


# Days of the record that were asked to be corrected.


def _of_days(record: SourceData, closing: Closing) -> Iterator[Objection]:
    for replay in closing.replays:
        for moves in _corrections(replay).values():
            approval = replay.approvals.get(moves[0].approval_id)
            if approval and moves[-1].to_state == PROPOSED:
                place = _place(replay, approval, record)
                since = day_of(moves[0].at)
                yield Objection(CORRECTION.name, **place, colour="", since=since, until=None, is_raised=True)


def _corrections(replay: ProjectReplay) -> dict[int, list[EntryRow]]:
    corrections: dict[int, list[EntryRow]] = {}
    for entry in replay.entries:
        if entry.subject == CORRECTION.name:
            corrections.setdefault(entry.subject_id, []).append(entry)
    return corrections
