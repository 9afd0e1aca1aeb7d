"""What stands in the report beside the approvals' own figures: answers to escalations, cards, the liaisons' service."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import read_moment
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.actions import ENTRY
from approvals.liaisons.contacts import contacts_recorded
from approvals.registration.queries import APPROVALS
from approvals.reports.lists import item_label
from approvals.reports.months import Period
from approvals.reports.oversight_values import (
    CardCounts,
    CardLine,
    EscalationLine,
    Oversight,
    ServiceCounts,
    ServiceLine,
)
from approvals.reports.record import Record, by_id
from approvals.reports.stories import ApprovalStory, Escalated, ProjectStory
from approvals.reports.tally import Closing
from approvals.supervision.queries import CARDS

QUESTIONS = ("ask", "ask_again")
CARD_MOVES = {"appeal": "appealed", "uphold": "upheld", "withdraw_card": "withdrawn"}


def oversight(tx: Connection, record: Record, now: Closing, before: Closing, until: datetime) -> Oversight:
    """All of it, by what happened up to `until`."""
    cards = _card_entries(tx, now.month, until), _card_entries(tx, before.month, before.month.ends_at)
    asked = _asked(tx, now.month, until), _asked(tx, before.month, before.month.ends_at)
    contacts = _contacts(tx, now.month, until), _contacts(tx, before.month, before.month.ends_at)
    return Oversight(
        escalations=escalations(now, record),
        cards=_card_counts(cards[0]),
        cards_before=_card_counts(cards[1]),
        card_list=_card_lines(cards[0], record),
        service=_service(asked[0], contacts[0]),
        service_before=_service(asked[1], contacts[1]),
        liaisons=_service_lines(record, asked, contacts),
    )


# Escalations one by one.


def escalations(closing: Closing, record: Record) -> tuple[EscalationLine, ...]:
    """Those that were answered in the month or were open at its close, the highest level first."""
    found = [
        _escalation(story, approval, one, record)
        for story in closing.stories
        for approval in story.approvals.values()
        for one in approval.escalated.values()
        if one in approval.open_escalations() or _answered_in(one, closing.month)
    ]
    return tuple(sorted(found, key=lambda one: (-one.level, one.raised_on, one.ref)))


def _answered_in(one: Escalated, month: Period) -> bool:
    return one.answered_on is not None and month.first_on <= one.answered_on


def _escalation(story: ProjectStory, approval: ApprovalStory, one: Escalated, record: Record) -> EscalationLine:
    plan = approval.plan
    return EscalationLine(
        ref=f"{story.ref}/{plan.code}",
        project=story["name"],
        item=item_label(plan.code),
        department=record.units[plan.department_id],
        level=one.level,
        raised_on=one.raised_on,
        is_open=one in approval.open_escalations(),
        answered_on=one.answered_on,
        reason=one.reason,
        commitment_on=one.commitment_on,
    )


# Cards.


def _card_entries(tx: Connection, month: Period, until: datetime) -> Sequence[Row[Any]]:
    """The moves of cards in the month, with whose they are; of these nothing changes after a card was shown."""
    columns = [ENTRY.c[name] for name in ("subject_id", "move", "to_state", "facts")]
    of_card = [CARDS.c.colour, CARDS.c.rule, CARDS.c.shown_on]
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
        .where(ENTRY.c.subject == "card", ENTRY.c.at.between(month.starts_at, min(month.ends_at, until)))
        .order_by(ENTRY.c.id)
    )
    return tx.execute(statement).all()


def _card_counts(entries: Iterable[Row[Any]]) -> CardCounts:
    found: dict[str, int] = {}
    for entry in entries:
        name = entry.colour if entry.move == "show_card" else CARD_MOVES[entry.move]
        found[name] = found.get(name, 0) + 1
    return CardCounts(**found)


def _card_lines(entries: Iterable[Row[Any]], record: Record) -> tuple[CardLine, ...]:
    """The cards that moved in the month, red ones first, as they stood at its close."""
    cards: dict[int, list[Row[Any]]] = {}
    for entry in entries:
        cards.setdefault(entry.subject_id, []).append(entry)
    lines = [_card_line(moves, record) for moves in cards.values()]
    return tuple(sorted(lines, key=lambda line: (line.colour != "red", line.shown_on, line.ref, line.rule)))


def _card_line(moves: Sequence[Row[Any]], record: Record) -> CardLine:
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


# The liaisons' service.


@dataclass(frozen=True, slots=True)
class _Question:
    """One question: who was to answer, when it was asked in the month, and its answer in the month."""

    liaison: str
    is_asked: bool
    is_climbed: bool
    minutes: int | None
    is_in_time: bool


def _asked(tx: Connection, month: Period, until: datetime) -> list[_Question]:
    """The questions that were asked, answered or went to the service centre in the month."""
    ends_at = min(month.ends_at, until)
    moved = select(ENTRY.c.project_id).where(ENTRY.c.subject == "request", ENTRY.c.at.between(month.starts_at, ends_at))
    ids = sorted(set(tx.execute(moved.distinct()).scalars()))
    columns = [ENTRY.c[name] for name in ("project_id", "subject", "subject_id", "move", "at", "facts")]
    requests: dict[int, list[Row[Any]]] = {}
    for entry in by_id(tx, columns, ENTRY.c.project_id, ids, ENTRY.c.seq):
        if entry.subject == "request" and entry.at <= ends_at:
            requests.setdefault(entry.subject_id, []).append(entry)
    return [one for moves in requests.values() for one in _questions(moves, month)]


def _questions(moves: Sequence[Row[Any]], month: Period) -> Iterator[_Question]:
    """A request is one question after another, each up to the next one."""
    starts = [number for number, move in enumerate(moves) if move.move in QUESTIONS]
    for start, end in zip(starts, [*starts[1:], len(moves)], strict=True):
        asked, later = moves[start], [one for one in moves[start + 1 : end] if one.at >= month.starts_at]
        answer = next((one for one in later if one.move == "answer"), None)
        is_asked, is_climbed = asked.at >= month.starts_at, any(one.move == "climb" for one in later)
        if is_asked or is_climbed or answer is not None:
            yield _question(asked, answer, is_asked, is_climbed)


def _question(asked: Row[Any], answer: Row[Any] | None, is_asked: bool, is_climbed: bool) -> _Question:
    told = orjson.loads(asked.facts)
    if answer is None:
        return _Question(told["responsible"], is_asked, is_climbed, None, False)
    minutes = int((answer.at - asked.at).total_seconds() // 60)
    return _Question(told["responsible"], is_asked, is_climbed, minutes, answer.at <= read_moment(told["due_at"]))


def _contacts(tx: Connection, month: Period, until: datetime) -> dict[str, int]:
    """How many contacts each person recorded in the month, by user name."""
    found = contacts_recorded(tx, month.starts_at, min(month.ends_at, until))
    names = tx.execute(select(PERSON.c.id, PERSON.c.username).order_by(PERSON.c.id))
    return {username: found[person_id] for person_id, username in names if person_id in found}


def _service(asked: Sequence[_Question], contacts: Mapping[str, int]) -> ServiceCounts:
    answers = [one.minutes for one in asked if one.minutes is not None]
    return ServiceCounts(
        asked=sum(one.is_asked for one in asked),
        answered=len(answers),
        in_time=sum(one.is_in_time for one in asked),
        climbed=sum(one.is_climbed for one in asked),
        median_minutes=float(median(answers)) if answers else None,
        longest_minutes=max(answers, default=None),
        contacts=sum(contacts.values()),
    )


def _service_lines(
    record: Record, asked: Sequence[Sequence[_Question]], contacts: Sequence[Mapping[str, int]]
) -> tuple[ServiceLine, ...]:
    """By whom the questions were to be answered and the contacts were made, in the order of their user names."""
    names = sorted({one.liaison for month in asked for one in month} | {name for month in contacts for name in month})
    return tuple(
        ServiceLine(
            name, record.people.get(name, name), *(_own(name, *both) for both in zip(asked, contacts, strict=True))
        )
        for name in names
    )


def _own(name: str, asked: Iterable[_Question], contacts: Mapping[str, int]) -> ServiceCounts:
    return _service([one for one in asked if one.liaison == name], {name: contacts.get(name, 0)})
