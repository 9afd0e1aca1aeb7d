"""What counts beside projects and approvals: orders, cards, questions to liaisons, contacts. One case, one row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Protocol, TypeVar, cast

import orjson
from sqlalchemy import Connection, or_, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import day_of, read_moment
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import ENTRY
from approvals.liaisons.contacts import CONTACTS, recorded_within
from approvals.registration.queries import APPROVALS
from approvals.reports.figures.former_units import FormerUnits, former_units
from approvals.reports.figures.office_steps import read_office_steps
from approvals.reports.figures.order_replay import OrderReplay, read_orders
from approvals.reports.figures.source_data import EntryRow, by_id, calendar_known_at
from approvals.reports.periods import Period
from approvals.supervision.queries import CARDS as CARD
from workflows.charts.office_moves import STATEMENTS
from workflows.config.policy import load_policy

T = TypeVar("T")
ORDERS, CARDS, SERVICE, OWED, OFFICES = "orders", "cards", "service", "owed", "offices"  # parts of figures' names
ORDER_MOVES = {
    "issue": "issued",
    "answer": "answered",
    "accept_answer": "accepted",
    "send_back": "sent_back",
    "lift_order": "lifted",
}
# A correction of a day withdraws a card as well.
CARD_MOVES = {"appeal": "appealed", "uphold": "upheld", **dict.fromkeys(("withdraw_card", "void_card"), "withdrawn")}
INSTRUCTIONS = ("escalation", "report")  # of the city government, that an order follows
OWED_MOVES = {"accept": "left", "supply_owed": "supplied", "settle_owed": "settled", "miss_owed": "late"}
QUESTIONS = ("ask", "ask_again")


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One row: which figures count it, and where; `order` is an order's reference, `ref` a project's.

    `office` is the line of an office's own step, `days` the working days that it took.
    """

    figures: tuple[str, ...]
    on: date
    department_id: int | None = None
    officer: str = ""
    project_id: int | None = None
    ref: str = ""
    project: str = ""
    code: str = ""
    catalogue_sha256: str | None = None  # of the project's edition
    order: str = ""
    subject: str = ""
    office: str = ""
    days: int | None = None


class CardMoveRow(Protocol):
    """A move of a card, with the card and its approval."""

    subject_id: int
    move: str
    to_state: str
    at: datetime
    facts: str
    colour: str
    rule: str
    shown_on: date
    project_id: int
    code: str
    approval_id: int
    department_id: int
    catalogue_sha256: str | None
    name: str  # of the project
    project_number: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a liaison, with its answer and its passing on within the period."""

    project_id: int
    ref: str
    project: str
    liaison: str  # who was to answer
    asked_at: datetime
    is_asked: bool  # within the period
    is_climbed: bool
    minutes: int | None  # to the first answer, where that came within the period
    is_in_time: bool


class _ProjectRow(Protocol):
    id: int
    number: str | None
    uid: str
    name: str


class _ContactRow(_ProjectRow, Protocol):
    recorded_at: datetime
    project_id: int
    username: str  # of the recorder


@dataclass(frozen=True, slots=True)
class CaseItems:
    """The cases of a period, with the orders as they stood at its close."""

    orders: tuple[OrderReplay, ...]
    card_moves: tuple[CardMoveRow, ...]
    questions: tuple[Question, ...]
    items: tuple[CaseItem, ...]

    def of(
        self, *, department_id: int | None = None, officer: str | None = None, office: str | None = None
    ) -> dict[str, list[CaseItem]]:
        """The cases by figure: all of them, or those of one department, officer, or kind of an office's steps."""
        counted: dict[str, list[CaseItem]] = {}
        for case in self.items:
            is_here = department_id in (None, case.department_id) and officer in (None, case.officer)
            if is_here and office in (None, case.office):
                for name in case.figures:
                    counted.setdefault(name, []).append(case)
        return counted


def read_cases(tx: Connection, period: Period, until: datetime) -> CaseItems:
    """All cases of this period, by what happened up to `until`."""
    since, ends_at = period.starts_at, min(period.ends_at, until)
    former = former_units(tx, ends_at)
    orders = read_orders(tx, since, ends_at, former)
    cards, questions = tuple(_card_moves(tx, since, ends_at)), tuple(_questions(tx, since, ends_at))
    items = (
        *(case for order in orders for case in _of_order(order, period, day_of(ends_at))),
        *(_of_card(card, former) for card in cards),
        *map(_of_question, questions),
        *map(_of_contact, _contacts(tx, since, ends_at)),
        *_owed(tx, since, ends_at, former),
        *_of_offices(tx, period, ends_at),
    )
    return CaseItems(orders, cards, questions, tuple(case for case in items if case.figures))


def part(kind: type[T], counted: Mapping[str, list[CaseItem]], name: str) -> T:
    """The figures of this part as a value of this kind: each the length of its list."""
    return kind(**{field.name: len(counted.get(f"{name}.{field.name}", ())) for field in fields(kind)})  # type: ignore[arg-type]


def officers_of(*periods: CaseItems) -> list[str]:
    """The user names of those responsible for questions or with contacts, in order."""
    return sorted({case.officer for cases in periods for case in cases.items if case.officer})


def departments_of(part_name: str, *periods: CaseItems) -> Iterable[int]:
    """The departments of which anything of this part was counted."""
    items = [case for cases in periods for case in cases.items if case.figures[0].startswith(f"{part_name}.")]
    return sorted({case.department_id for case in items if case.department_id is not None})


# Orders: their moves in the period, and each that is open at the close.


def _of_order(order: OrderReplay, period: Period, on: date) -> Iterator[CaseItem]:
    for entry in order.entries:
        if entry.at >= period.starts_at and entry.move in ORDER_MOVES:
            is_instructed = entry.move == "issue" and order.facts.get("source_kind") in INSTRUCTIONS
            instructed = ["instructed"] if is_instructed else []
            yield _order_case(order, day_of(entry.at), ORDER_MOVES[entry.move], *instructed)
    if order.is_open:
        overdue = ["overdue"] if order.is_overdue(on) else []
        yield _order_case(order, order.issued_on, "open", f"open_{order.state}", *overdue)


def _order_case(order: OrderReplay, on: date, *names: str) -> CaseItem:
    return CaseItem(
        figures=tuple(f"{ORDERS}.{name}" for name in names),
        on=on,
        department_id=order.department_id,
        project_id=order.project_id,
        ref=order.project_ref,
        project=order.project,
        code=order.code,
        catalogue_sha256=order.catalogue_sha256,
        order=order.ref,
        subject=order.facts["subject"],
    )


# Cards.


def _card_moves(tx: Connection, since: datetime, until: datetime) -> Sequence[CardMoveRow]:
    """The moves of cards in this time, with whose they are; of these nothing changes after a card was shown."""
    statement = (
        select(
            *(ENTRY.c[name] for name in ("subject_id", "move", "to_state", "at", "facts")),
            *(CARD.c[name] for name in ("colour", "rule", "shown_on", "project_id")),
            APPROVALS.c.id.label("approval_id"),
            *(APPROVALS.c.code, APPROVALS.c.department_id, PROJECT.c.catalogue_sha256, PROJECT.c.name),
            PROJECT.c.number.label("project_number"),
        )
        .join(CARD, CARD.c.id == ENTRY.c.subject_id)
        .join(APPROVALS, APPROVALS.c.id == CARD.c.approval_id)
        .join(PROJECT, PROJECT.c.id == CARD.c.project_id)
        .where(ENTRY.c.subject == "card", ENTRY.c.at.between(since, until), ENTRY.c.move.not_in(STATEMENTS))
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    return cast("Sequence[CardMoveRow]", tx.execute(statement).all())


def _of_card(entry: CardMoveRow, former: FormerUnits) -> CaseItem:
    name = entry.colour if entry.move == "show_card" else CARD_MOVES[entry.move]
    return CaseItem(
        figures=(f"{CARDS}.{name}",),
        on=day_of(entry.at),
        department_id=former.department("approval", entry.approval_id, entry.department_id),
        project_id=entry.project_id,
        ref=entry.project_number,
        project=entry.name,
        code=entry.code,
        catalogue_sha256=entry.catalogue_sha256,
    )


# Materials that an acceptance left owed.


def _owed(tx: Connection, since: datetime, until: datetime, former: FormerUnits) -> Iterator[CaseItem]:
    """The acceptances of this time that left something owed, and the moves about what was owed."""
    statement = (
        select(ENTRY.c.move, ENTRY.c.at, ENTRY.c.project_id, ENTRY.c.approval_id)
        .add_columns(APPROVALS.c.code, APPROVALS.c.department_id, PROJECT.c.name, PROJECT.c.number)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .join(PROJECT, PROJECT.c.id == ENTRY.c.project_id)
        .where(ENTRY.c.at.between(since, until), ENTRY.c.subject == "approval", ENTRY.c.move.in_(OWED_MOVES))
        .where(or_(ENTRY.c.move != "accept", ENTRY.c.facts.contains('"owed_until":')))
        .order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    for row in tx.execute(statement):
        yield CaseItem(
            figures=(f"{OWED}.{OWED_MOVES[row.move]}",),
            on=day_of(row.at),
            department_id=former.department("approval", row.approval_id, row.department_id),
            project_id=row.project_id,
            ref=row.number,
            project=row.name,
            code=row.code,
        )


# The offices' own steps.


def _of_offices(tx: Connection, period: Period, until: datetime) -> Iterator[CaseItem]:
    """The steps that the offices did in this time, and those that wait at its close."""
    limits, calendar, on = load_policy().offices, calendar_known_at(tx, until), day_of(until)
    for step in read_office_steps(tx, period.starts_at, until):
        is_late = step.is_late(limits[step.task], on, calendar)
        if step.until is None:
            names = ["open", *(["open_late"] if is_late else [])]
        else:
            names = ["done", "late" if is_late else "in_time"] if step.is_done else []
        yield CaseItem(
            figures=tuple(f"{OFFICES}.{name}" for name in names),
            on=day_of(step.until or step.since),
            project_id=step.project_id,
            ref=step.ref,
            project=step.project,
            code=step.code,
            order=step.order,
            subject=step.subject,
            office=step.line,
            days=step.days(on, calendar),
        )


# The liaisons' service: owners' questions with their first answers, and the contacts.


def _questions(tx: Connection, since: datetime, until: datetime) -> Iterator[Question]:
    """The questions that were asked, answered or went to the service centre in this time."""
    moved = select(ENTRY.c.project_id).where(ENTRY.c.subject == "request", ENTRY.c.at.between(since, until))
    ids = sorted(set(tx.execute(moved.distinct()).scalars()))
    projects: dict[int, _ProjectRow] = {
        row.id: row for row in by_id(tx, [PROJECT.c[n] for n in ("id", "number", "uid", "name")], PROJECT.c.id, ids)
    }
    columns = [ENTRY.c[name] for name in ("project_id", "subject_id", "move", "at", "facts")]
    requests: dict[int, list[EntryRow]] = {}
    for entry in by_id(tx, columns, ENTRY.c.project_id, ids, ENTRY.c.seq, subjects=["request"]):
        if entry.at <= until:
            requests.setdefault(entry.subject_id, []).append(entry)
    for moves in requests.values():
        yield from _questions_of(moves, since, projects[moves[0].project_id])


def _questions_of(moves: Sequence[EntryRow], since: datetime, project: _ProjectRow) -> Iterator[Question]:
    """A request is one question after another, each up to the next one."""
    starts = [number for number, move in enumerate(moves) if move.move in QUESTIONS]
    for start, end in zip(starts, [*starts[1:], len(moves)], strict=True):
        entry, later = moves[start], [move for move in moves[start + 1 : end] if move.at >= since]
        answer = next((move for move in later if move.move == "answer"), None)
        is_asked, is_climbed = entry.at >= since, any(move.move == "climb" for move in later)
        if is_asked or is_climbed or answer is not None:
            facts = orjson.loads(entry.facts)
            yield Question(
                project_id=project.id,
                ref=project.number or project.uid,
                project=project.name,
                liaison=facts["responsible"],
                asked_at=entry.at,
                is_asked=is_asked,
                is_climbed=is_climbed,
                minutes=int((answer.at - entry.at).total_seconds() // 60) if answer else None,
                is_in_time=answer is not None and answer.at <= read_moment(facts["due_at"]),
            )


def _of_question(question: Question) -> CaseItem:
    counts_as = {
        "asked": question.is_asked,
        "answered": question.minutes is not None,
        "in_time": question.is_in_time,
        "climbed": question.is_climbed,
    }
    return CaseItem(
        figures=tuple(f"{SERVICE}.{name}" for name, is_counted in counts_as.items() if is_counted),
        on=day_of(question.asked_at),
        officer=question.liaison,
        project_id=question.project_id,
        ref=question.ref,
        project=question.project,
    )


def _contacts(tx: Connection, since: datetime, until: datetime) -> Sequence[_ContactRow]:
    """The contacts that were recorded in this time, with their recorder and project, in their order."""
    columns = [CONTACTS.c.recorded_at, CONTACTS.c.project_id, PERSON.c.username]
    statement = (
        select(*columns, *(PROJECT.c[name] for name in ("number", "uid", "name")))
        .join(PERSON, PERSON.c.id == CONTACTS.c.recorder_id)
        .join(PROJECT, PROJECT.c.id == CONTACTS.c.project_id)
        .where(recorded_within(since, until))
        .order_by(CONTACTS.c.recorded_at, CONTACTS.c.id)
    )
    return cast("Sequence[_ContactRow]", tx.execute(statement).all())


def _of_contact(row: _ContactRow) -> CaseItem:
    return CaseItem(
        figures=(f"{SERVICE}.contacts",),
        on=day_of(row.recorded_at),
        officer=row.username,
        project_id=row.project_id,
        ref=row.number or row.uid,
        project=row.name,
    )
