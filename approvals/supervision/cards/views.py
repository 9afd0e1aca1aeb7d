"""Cards as pages show them: the list, and one card with its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, tuple_

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UNIT, UnitName, unit_called, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, looked_up, shown_name, sorted_page
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import entries_of_approval
from approvals.history.timeline import EntryDescription, describe
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.registration.queries import APPROVALS, visible_approvals
from approvals.supervision.queries import (
    CARDS,
    FilteredList,
    card_at,
    cards_of,
    cursor_day,
    units_among,
    with_approvals,
)
from approvals.windows.queries import ApprovalView, approval, in_order
from workflows.charts.card import CARD
from workflows.charts.model import Move, State, open_moves
from workflows.charts.roles import sees
from workflows.config.city import load_city
from workflows.config.policy import COLOURS
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES, CardRule

_UNIT = UNIT.alias("sorted_unit")
APPEALABLE = N_("The head of the window may appeal until %(day)s, stating reasons.")
STANDS = {
    "shown": N_("No appeal was made; the appeal period ended on %(day)s."),
    "appealed": N_("The appeal is pending with the supervision office."),
    "upheld": N_("The supervision office has upheld it; see the history below."),
    "withdrawn": N_("Withdrawn; see the history below."),
}


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Filters of a list of cards; an empty one does not narrow it. `may_appeal`: cards not appealed yet."""

    colour: str = ""
    rule: str = ""
    department: str = ""
    state: str = ""
    may_appeal: bool = False


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card with its approval. `key` is how it is addressed, `appeal_by` the last day of an appeal."""

    id: int
    key: str
    rule: CardRule
    colour: str
    colour_name: Label
    state: State
    version: int
    round: int
    shown_on: date
    appeal_by: date
    is_appealable: bool
    approval: ApprovalView
    number: str
    department: UnitName

    @property
    def ref(self) -> dict[str, str]:
        return self.above | {"key": self.key}

    @property
    def above(self) -> dict[str, str]:
        """The address of its approval."""
        return {"project": self.approval.project, "code": self.approval.code}


@dataclass(frozen=True, slots=True)
class CardView:
    """One card; `about` is its status (a msgid), `moves` are open to the reader, `others` are its approval's."""

    card: CardRow
    about: str
    moves: tuple[Move, ...]
    others: tuple[CardRow, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def cards(
    tx: Connection, actor: Actor, filters: CardFilter, *, today: date, part: ListPart = FIRST_PART
) -> FilteredList[CardRow]:
    """The cards that the actor may see, the newest first."""
    page = card_page(tx, actor, filters, today=today, part=part)
    counted = _of(actor, select(func.count())).where(*_narrowed(filters, today))
    departments = units_among(tx, _DEPARTMENTS) if "city" in sees(actor.roles) else ()
    return FilteredList(page, int(tx.execute(counted).scalar_one()), departments, _narrowing(filters))


def card_page(
    tx: Connection, actor: Actor, filters: CardFilter, *, today: date, part: ListPart = FIRST_PART
) -> Page[CardRow]:
    """A page of the same cards, in the order that was asked for."""
    statement = _of(actor, select(CARDS)).where(*_narrowed(filters, today))
    if part.is_sorted:
        page = sorted_page(tx, statement, _sort_keys(), CARDS.c.id, part)
        return page.shown(_rows(tx, page.rows, today))
    if part.cursor:
        day, key = read_cursor(part.cursor, (str, int))
        statement = statement.where(tuple_(CARDS.c.shown_on, CARDS.c.id) < tuple_(cursor_day(day), key))
    rows = tx.execute(statement.order_by(CARDS.c.shown_on.desc(), CARDS.c.id.desc()).limit(part.limit + 1)).all()
    page = page_of(rows, part.limit, "shown_on", "id")
    return page.shown(_rows(tx, page.rows, today))


def _sort_keys() -> Keys:
    return {
        "colour": in_order_of(CARDS.c.colour, COLOURS),
        "rule": in_order_of(CARDS.c.rule, RULES),
        "project": PROJECTS.c.name,
        "code": APPROVALS.c.code,
        "department": looked_up(_UNIT, APPROVALS.c.department_id, shown_name(_UNIT)),
        "shown": CARDS.c.shown_on,
        "state": in_order_of(CARDS.c.state, CARD.state_names),
        "appeal": CARDS.c.appeal_by,
    }


def open_cards(tx: Connection, actor: Actor, today: date) -> dict[tuple[str, str], int]:
    """The number of appealable cards and of waiting appeals, by (colour, state)."""
    is_open = or_(CARDS.c.state == "appealed", and_(CARDS.c.state == "shown", CARDS.c.appeal_by >= today))
    keys = CARDS.c.colour, CARDS.c.state
    statement = _of(actor, select(*keys, func.count().label("number"))).where(is_open).group_by(*keys)
    zeros = {(colour, state): 0 for colour in COLOURS for state in ("shown", "appealed")}
    return zeros | {(row.colour, row.state): row.number for row in tx.execute(statement.order_by(*keys))}


def _of(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """The statement about cards, left with those of approvals that the actor may see."""
    return statement.select_from(with_approvals(CARDS)).where(visible_approvals(actor))


def _narrowed(filters: CardFilter, today: date) -> Iterable[ColumnElement[bool]]:
    for name, choices in (("colour", COLOURS), ("rule", RULES), ("state", CARD.state_names)):
        if getattr(filters, name) in choices:
            yield CARDS.c[name] == getattr(filters, name)
    if filters.department:
        yield APPROVALS.c.department_id == unit_called(filters.department)
    if filters.may_appeal:
        yield and_(CARDS.c.state == "shown", CARDS.c.appeal_by >= today)


def _narrowing(filters: CardFilter) -> dict[str, str]:
    """The parts of the address that lead to this list again."""
    texts = {name: getattr(filters, name) for name in ("colour", "rule", "department", "state")}
    query = {name: value for name, value in texts.items() if value}
    return query | ({"may_appeal": "yes"} if filters.may_appeal else {})


# Departments that were ever shown a card.
_DEPARTMENTS = select(APPROVALS.c.department_id).join(CARDS, CARDS.c.approval_id == APPROVALS.c.id)


def _rows(tx: Connection, rows: Sequence[Any], today: date) -> list[CardRow]:
    views = {view.id: view for view in in_order(tx, sorted({row.approval_id for row in rows}), today)}
    units = unit_names(tx, {view.department for view in views.values()})
    return [_row(row, views[row.approval_id], units, today) for row in rows]


def _row(row: Any, approval: ApprovalView, units: Mapping[str, UnitName], today: date) -> CardRow:
    columns = ("id", "colour", "version", "round", "shown_on", "appeal_by")
    return CardRow(
        **{name: getattr(row, name) for name in columns},
        key=f"{row.rule}-{row.round}",
        rule=RULES[row.rule],
        colour_name=COLOUR_NAMES[row.colour],
        state=CARD.state(row.state),
        is_appealable=row.state == "shown" and today <= row.appeal_by,
        approval=approval,
        number=load_city().shown_number(approval.project),
        department=units[approval.department],
    )


def cards_of_approval(tx: Connection, approval: ApprovalView, today: date) -> tuple[CardRow, ...]:
    """All cards of an approval that the caller has seen, the newest first."""
    units = unit_names(tx, [approval.department])
    return tuple(_row(row, approval, units, today) for row in reversed(cards_of(tx, approval.id)))


def cards_of_approvals(tx: Connection, approvals: Iterable[ApprovalView], today: date) -> tuple[CardRow, ...]:
    """All cards of approvals that the caller has seen, the newest first."""
    by_id = {view.id: view for view in approvals}
    rows = tx.execute(select(CARDS).where(CARDS.c.approval_id.in_(by_id)).order_by(CARDS.c.id.desc())).all()
    units = unit_names(tx, {view.department for view in by_id.values()}) if rows else {}
    return tuple(_row(row, by_id[row.approval_id], units, today) for row in rows)


def card(
    tx: Connection, ref: str, code: str, key: str, actor: Actor, *, today: date, looked_at: int | None = None
) -> CardView:
    """One card; NotFound without one, or when the actor may not see the approval."""
    view = approval(tx, ref, code, actor, today)
    row = card_at(tx, view.id, key)
    if row is None:
        raise NotFound
    cards = cards_of_approval(tx, view, today)
    own = next(card for card in cards if card.id == row.id)
    entries = [entry for entry in entries_of_approval(tx, view.id) if entry.subject == CARD.name]
    timeline = describe(tx, [entry for entry in entries if entry.subject_id == row.id])
    return CardView(
        card=own,
        about=APPEALABLE if own.is_appealable else STANDS[row.state],
        moves=open_moves(CARD, row.state, acting_roles(actor, view.place)),
        others=tuple(card for card in cards if card.id != row.id),
        days=by_day(timeline),
        meanwhile=tuple(timeline[looked_at:]) if looked_at else (),
    )
