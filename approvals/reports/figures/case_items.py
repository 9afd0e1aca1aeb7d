"""What counts beside projects and approvals: orders, cards, questions to liaisons, contacts. One case, one row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row

from approvals.base.moments import day_of
from approvals.reports.figures.cards import CARD_MOVES, card_entries
from approvals.reports.figures.liaison_service import Question, asked_questions, contacts_made
from approvals.reports.figures.order_replay import OrderStory, read_orders, tell_order
from approvals.reports.periods import Period

T = TypeVar("T")
ORDERS, CARDS, SERVICE = "orders", "cards", "service"  # parts of figures' names
ORDER_MOVES = {
    "issue": "issued",
    "answer": "answered",
    "accept_answer": "accepted",
    "send_back": "sent_back",
    "lift_order": "lifted",
}


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One row: which figures count it, and where; `order` is an order's reference, `ref` a project's."""

    figures: tuple[str, ...]
    on: date
    department_id: int | None = None
    officer: str = ""
    project_id: int | None = None
    ref: str = ""
    project: str = ""
    code: str = ""
    order: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class CaseItems:
    """The cases of a period, with the orders as they stood at its close."""

    orders: tuple[OrderStory, ...]
    card_moves: tuple[Row[Any], ...]
    questions: tuple[Question, ...]
    found: tuple[CaseItem, ...]

    def of(self, *, department_id: int | None = None, officer: str | None = None) -> dict[str, list[CaseItem]]:
        """The cases by figure: all of them, or those of one department or officer."""
        counted: dict[str, list[CaseItem]] = {}
        for case in self.found:
            if (department_id is None or case.department_id == department_id) and (
                officer is None or case.officer == officer
            ):
                for name in case.figures:
                    counted.setdefault(name, []).append(case)
        return counted


def read_cases(tx: Connection, period: Period, until: datetime) -> CaseItems:
    """All cases of this period, by what happened up to `until`."""
    ends_at = min(period.ends_at, until)
    orders = tuple(
        story
        for record in read_orders(tx, period.starts_at, ends_at)
        if (story := tell_order(record, ends_at)) is not None
    )
    cards = tuple(card_entries(tx, period.starts_at, ends_at))
    questions = tuple(asked_questions(tx, period.starts_at, ends_at))
    found = (
        *(case for story in orders for case in _of_order(story, period, day_of(ends_at))),
        *map(_of_card, cards),
        *map(_of_question, questions),
        *map(_of_contact, contacts_made(tx, period.starts_at, ends_at)),
    )
    return CaseItems(orders, cards, questions, tuple(case for case in found if case.figures))


def part(kind: type[T], counted: Mapping[str, list[CaseItem]], name: str) -> T:
    """The figures of this part as a value of this kind: each the length of its list."""
    return kind(**{one.name: len(counted.get(f"{name}.{one.name}", ())) for one in fields(kind)})  # type: ignore[arg-type]


# Orders: their moves in the period, and each that is open at the close.


def _of_order(story: OrderStory, period: Period, on: date) -> Iterator[CaseItem]:
    for entry in story.entries:
        if entry.at >= period.starts_at and entry.move in ORDER_MOVES:
            instructed = ["instructed"] if entry.move == "issue" and story.facts.get("source_kind") else []
            yield _order_case(story, day_of(entry.at), ORDER_MOVES[entry.move], *instructed)
    if story.is_open:
        overdue = ["overdue"] if story.is_overdue(on) else []
        yield _order_case(story, story.issued_on, "open", f"open_{story.state}", *overdue)


def _order_case(story: OrderStory, on: date, *names: str) -> CaseItem:
    record = story.record
    return CaseItem(
        figures=tuple(f"{ORDERS}.{name}" for name in names),
        on=on,
        department_id=record.department_id,
        project_id=record.project_id,
        ref=record.project_ref,
        project=record.project,
        code=record.code,
        order=record.ref,
        subject=story.facts["subject"],
    )


def _of_card(entry: Row[Any]) -> CaseItem:
    name = entry.colour if entry.move == "show_card" else CARD_MOVES[entry.move]
    return CaseItem(
        figures=(f"{CARDS}.{name}",),
        on=day_of(entry.at),
        department_id=entry.department_id,
        project_id=entry.project_id,
        ref=entry.project_number,
        project=entry.name,
        code=entry.code,
    )


def _of_question(question: Question) -> CaseItem:
    told = {
        "asked": question.is_asked,
        "answered": question.minutes is not None,
        "in_time": question.is_in_time,
        "climbed": question.is_climbed,
    }
    return CaseItem(
        figures=tuple(f"{SERVICE}.{name}" for name, is_so in told.items() if is_so),
        on=day_of(question.asked_at),
        officer=question.liaison,
        project_id=question.project_id,
        ref=question.ref,
        project=question.project,
    )


def _of_contact(row: Row[Any]) -> CaseItem:
    return CaseItem(
        figures=(f"{SERVICE}.contacts",),
        on=day_of(row.recorded_at),
        officer=row.username,
        project_id=row.project_id,
        ref=row.number or row.uid,
        project=row.name,
    )


def officers_of(*both: CaseItems) -> list[str]:
    """By whom questions were to be answered and contacts were made, in the order of their user names."""
    return sorted({case.officer for cases in both for case in cases.found if case.officer})


def departments_of(part_name: str, *both: CaseItems) -> Iterable[int]:
    """The departments of which anything of this part was counted."""
    return sorted(
        {
            case.department_id
            for cases in both
            for case in cases.found
            if case.department_id is not None and case.figures[0].startswith(f"{part_name}.")
        }
    )
