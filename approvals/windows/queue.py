"""The queue of a window: its open approvals in the order of their due dates, with lights and counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, literal, literal_column, select, tuple_, union_all

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import WINDOWS
from approvals.accounts.queries import UnitName, unit_called, unit_names
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.base.moments import read_moment
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, ListPart
from approvals.calendar.readings import readings_of
from approvals.registration.departments import department_names, departments_on_file
from approvals.registration.lights import WITH_A_LIGHT, has_light
from approvals.registration.queries import APPROVALS
from approvals.windows.clocks import CLOCK_NAMES, LimitView, dues
from approvals.windows.handlers import WindowMember, members
from approvals.windows.lists import approvals, count, sorted_approvals
from approvals.windows.queries import ApprovalFilter, ApprovalView, HandlerFilter, filtered, in_order, with_items
from workflows.charts.approval import APPROVAL, DECIDED, IN_HAND
from workflows.charts.model import State
from workflows.charts.roles import sees
from workflows.clock.lights import LIGHTS
from workflows.clock.reading import Reading
from workflows.config.city import load_city
from workflows.rules.item_words import state_of

ALL, DELIVER, OVER = "", "deliver", "decided"  # the lists that are not those of one state
# Whose cases a list holds; no user name begins with a hyphen.
OWN_AND_NOBODYS, OWN, NOBODYS, EVERYBODYS = "-own", "-mine", "-", "-all"
WHOSE = {
    OWN_AND_NOBODYS: N_("Mine and unassigned"),
    OWN: N_("Mine"),
    NOBODYS: N_("Unassigned"),
    EVERYBODYS: N_("All of the window"),
}


@dataclass(frozen=True, slots=True)
class QueueTab:
    """One list of the queue. `title` is a msgid, `state` the state whose word it has instead."""

    name: str
    states: tuple[str, ...]
    title: str = ""
    state: State | None = None

    @property
    def words(self) -> str:
        """What it is called, in the language in use."""
        return label(self.state) if self.state else _(self.title)


TABS = {
    tab.name: tab
    for tab in (
        QueueTab(ALL, ("received", *WITH_A_LIGHT, *DECIDED), N_("In progress")),
        *(QueueTab(name, (name,), state=APPROVAL.state(name)) for name in ("received", *WITH_A_LIGHT, "correcting")),
        QueueTab(DELIVER, DECIDED, N_("To deliver")),
        QueueTab(OVER, (*DECIDED, "not_accepted"), N_("Decisions")),
    )
}
YES = "yes"  # of the choice of own projects
_BEGUN = LIGHTS[1:]  # those that begin on a stored day


@dataclass(frozen=True, slots=True)
class QueueFilter:
    department: str | None = None
    tab: str = ALL
    light: str | None = None
    search: str = ""
    county: str | None = None
    stage: int | None = None
    is_own: bool = False  # projects of the unit that decides
    handler: str = ""  # a user name, or one of WHOSE; the actor's own default when empty
    handlers: HandlerFilter | None = None  # what that comes to; found by the queue


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An approval in the queue with its limits; `first` is the limit that presses: promised, notice or delivery.

    Before the acceptance there are no days of the promised and the legal limit yet.
    """

    approval: ApprovalView
    number: str
    owner: UnitName
    department: UnitName
    state: State
    light: str | None
    first: LimitView | None
    promised: LimitView | None
    legal: LimitView | None
    is_provisional: bool

    @property
    def first_name(self) -> str:
        """What limit presses, as a msgid."""
        return CLOCK_NAMES[self.first.name] if self.first else ""

    @property
    def is_promised_first(self) -> bool:
        return self.first is not None and self.first == self.promised

    @property
    def is_again(self) -> bool:
        return self.approval.round > 1


@dataclass(frozen=True, slots=True)
class QueueView:
    """One page of the queue, with the counts of its lists and lights; `departments` is empty for a window."""

    asked: QueueFilter
    page: Page[QueueRow]
    total: int
    tabs: tuple[tuple[QueueTab, int | None], ...]
    lights: tuple[tuple[str, int], ...]
    departments: tuple[UnitName, ...]
    handler: str  # the choice that holds, one of WHOSE or a user name
    handlers: tuple[WindowMember, ...]  # people of the window, where the list is of one
    default_handler: str

    @property
    def is_narrowed(self) -> bool:
        filter_, is_other = self.asked, self.handler != self.default_handler
        narrows = (
            filter_.light,
            filter_.search,
            filter_.department,
            filter_.county,
            filter_.stage,
            filter_.is_own,
            is_other,
        )
        return any(narrows)

    @property
    def has_handlers(self) -> bool:
        """Whether the list can be narrowed by handler: it is of one window."""
        return bool(self.handlers)

    def to(self, **changes: str | None) -> dict[str, str]:
        """The query string of this list with these parts changed."""
        filter_ = self.asked
        names = ("light", "department", "search", "county", "handler")
        parts = {"state": filter_.tab} | {name: getattr(filter_, name) for name in names}
        parts |= {"stage": str(filter_.stage) if filter_.stage else "", "own": YES if filter_.is_own else ""}
        return {name: value for name, value in (parts | changes).items() if value}


def queue(
    tx: Connection,
    actor: Actor,
    filter_: QueueFilter,
    *,
    today: date,
    part: ListPart = FIRST_PART,
) -> QueueView:
    """The queue of the actor's windows; NotFound for unknown lists and lights and for foreign departments."""
    whose = _whose(tx, actor, filter_)
    page = _queue_page(tx, actor, filter_, whose, today, part)
    filter_ = replace(filter_, handlers=whose.filter)
    tab, counts = TABS[filter_.tab], _counts(tx, actor, filter_, today)
    has_lights = not set(WITH_A_LIGHT).isdisjoint(tab.states) and tab.name != OVER
    return QueueView(
        filter_,
        page,
        _total(tx, actor, filter_, tab, counts, today),
        tuple((listed, _count_of(listed, counts)) for listed in TABS.values()),
        tuple((light, _lit(counts, tab, light)) for light in reversed(LIGHTS)) if has_lights else (),
        departments_on_file(tx, today) if "city" in sees(actor.roles) else (),
        handler=whose.choice,
        handlers=whose.people,
        default_handler=default_handler(actor, filter_.search),
    )


def queue_page(
    tx: Connection,
    actor: Actor,
    filter_: QueueFilter,
    *,
    today: date,
    part: ListPart = FIRST_PART,
) -> Page[QueueRow]:
    """A page of the same queue."""
    return _queue_page(tx, actor, filter_, _whose(tx, actor, filter_), today, part)


def _queue_page(
    tx: Connection, actor: Actor, filter_: QueueFilter, whose: "_Whose", today: date, part: ListPart
) -> Page[QueueRow]:
    tab, name = TABS.get(filter_.tab), filter_.department
    is_foreign = name is not None and not ("city" in sees(actor.roles) and name in department_names(tx))
    if tab is None or is_foreign or filter_.light not in (None, *LIGHTS):
        raise NotFound
    filter_ = replace(filter_, handlers=whose.filter)
    page = _page(tx, actor, filter_, tab, today, part)
    return queue_rows(tx, page, today, is_over=tab.name == OVER)


@dataclass(frozen=True, slots=True)
class _Whose:
    choice: str
    filter: HandlerFilter | None
    people: tuple[WindowMember, ...]


def default_handler(actor: Actor, search: str = "") -> str:
    """Whose cases the queue lists at first: a window person's own and those that nobody has; else everybody's.

    What is searched for is found whoever handles it: somebody asks at the counter.
    """
    is_one_of_window = actor.has("window") and not actor.has("window_head") and "city" not in sees(actor.roles)
    return OWN_AND_NOBODYS if is_one_of_window and not search else EVERYBODYS


def _whose(tx: Connection, actor: Actor, filter_: QueueFilter) -> _Whose:
    """The choice of handler; NotFound for somebody who does not work at the window that is listed."""
    choice = filter_.handler or default_handler(actor, filter_.search)
    people = tuple(members(tx, unit_id)) if (unit_id := _unit_id(tx, actor, filter_)) else ()
    if choice in WHOSE:
        ids = actor.handles_as if choice in (OWN, OWN_AND_NOBODYS) else ()
        with_nobodys = choice in (NOBODYS, OWN_AND_NOBODYS)
        return _Whose(choice, None if choice == EVERYBODYS else HandlerFilter(ids, with_nobodys), people)
    ids = tuple(member.id for member in people if member.username == choice)
    if not ids:
        raise NotFound
    return _Whose(choice, HandlerFilter(ids), people)


def _unit_id(tx: Connection, actor: Actor, filter_: QueueFilter) -> int | None:
    """The window that the list is of; None where it is of several."""
    if filter_.department:
        return tx.execute(select(unit_called(filter_.department))).scalar_one_or_none()
    return actor.unit_id if actor.has(*WINDOWS) and "city" not in sees(actor.roles) else None


def queue_rows(tx: Connection, page: Page[ApprovalView], today: date, *, is_over: bool = False) -> Page[QueueRow]:
    """A page of approvals with their limits; `is_over` when it lists decisions."""
    readings = readings_of(tx, page.rows, today)
    units = unit_names(tx, (name for approval in page.rows for name in (approval.owner, approval.department)))
    rows = [_row(approval, readings[approval.id], units, is_over=is_over) for approval in page.rows]
    return page.shown(rows)


def _page(
    tx: Connection,
    actor: Actor,
    filter_: QueueFilter,
    tab: QueueTab,
    today: date,
    part: ListPart,
) -> Page[ApprovalView]:
    if part.is_sorted:
        return sorted_approvals(tx, actor, _wanted(filter_, tab), part, today=today)
    if tab.name == OVER:
        return _decisions(tx, actor, filter_, today, part.cursor, part.limit)
    return approvals(tx, actor, _wanted(filter_, tab), today=today, cursor=part.cursor, limit=part.limit)


def _wanted(filter_: QueueFilter, tab: QueueTab) -> ApprovalFilter:
    """A filter by light means running or paused clocks; a decided approval keeps its light for ever."""
    if tab.name == OVER:
        return ApprovalFilter(states=tab.states, **_narrowed(filter_))
    states = tuple(state for state in tab.states if state in WITH_A_LIGHT) if filter_.light else tab.states
    return ApprovalFilter(states=states, light=filter_.light, due_only=frozenset(DECIDED), **_narrowed(filter_))


def _narrowed(filter_: QueueFilter) -> dict[str, Any]:
    """What narrows every list of the queue alike."""
    return {name: getattr(filter_, name) for name in ("department", "search", "county", "stage", "handlers", "is_own")}


def _narrowing(tx: Connection, filter_: QueueFilter) -> ApprovalFilter:
    return with_items(tx, ApprovalFilter(**_narrowed(filter_)))


def _decisions(
    tx: Connection, actor: Actor, filter_: QueueFilter, today: date, cursor: str, limit: int
) -> Page[ApprovalView]:
    """What was decided, the newest first, read along the index of decisions."""
    narrowing = _narrowing(tx, filter_)
    keys = APPROVALS.c.state_since, APPROVALS.c.id
    rows = (
        filtered(select(*keys), actor, narrowing, (), today)
        .where(APPROVALS.c.state.in_([literal_column(f"'{state}'") for state in TABS[OVER].states]))
        .order_by(*(key.desc() for key in keys))
        .limit(limit + 1)
    )
    if cursor:
        at, key = read_cursor(cursor, (str, int))
        try:
            rows = rows.where(tuple_(*keys) < tuple_(literal(read_moment(str(at)), keys[0].type), key))
        except ValueError:
            raise invalid("cursor", N_("is not a cursor of this list")) from None
    page = page_of(tx.execute(rows).all(), limit, "state_since", "id")
    return page.shown(in_order(tx, [row.id for row in page.rows], today))


def _row(approval: ApprovalView, reading: Reading, units: Mapping[str, UnitName], *, is_over: bool) -> QueueRow:
    limits = dues(reading)
    first = limits.get("delivery") if not is_over else None
    return QueueRow(
        approval,
        load_city().shown_number(approval.project),
        units[approval.owner],
        units[approval.department],
        state_of(approval.item, approval.state),
        approval.open_light,
        first or limits.get("promised") or limits.get("notice"),
        limits.get("promised"),
        limits.get("legal"),
        reading.provisional,
    )


def _counts(tx: Connection, actor: Actor, filter_: QueueFilter, today: date) -> dict[tuple[str, str], int]:
    """How many approvals there are by state and light; decided ones count until their delivery.

    Both are read off an index: delivered decisions of all the years are not scanned.
    """
    narrowing = _narrowing(tx, filter_)
    numbers_lit = [func.count().filter(has_light(light, today)).label(light) for light in _BEGUN]
    statement = select(APPROVALS.c.state.label("state"), func.count().label("number"), *numbers_lit).group_by(
        APPROVALS.c.state
    )
    undecided = filtered(statement, actor, narrowing, IN_HAND, today)
    to_deliver = filtered(statement, actor, narrowing, DECIDED, today).where(APPROVALS.c.due_on.is_not(None))
    counts: dict[tuple[str, str], int] = {}
    for state, number, *begun in tx.execute(union_all(undecided, to_deliver).order_by("state")):
        counts |= {(state, light): number_lit for light, number_lit in zip(_BEGUN, begun, strict=True)}
        counts[state, LIGHTS[0]] = number - sum(begun)
    return counts


def _total(
    tx: Connection,
    actor: Actor,
    filter_: QueueFilter,
    tab: QueueTab,
    counts: Mapping[tuple[str, str], int],
    today: date,
) -> int:
    """The length of the list; decisions are counted by themselves."""
    if tab.name == OVER:
        return count(tx, actor, _wanted(filter_, tab), today=today)
    return _lit(counts, tab, filter_.light) if filter_.light else _count_of(tab, counts) or 0


def _count_of(tab: QueueTab, counts: Mapping[tuple[str, str], int]) -> int | None:
    """None for decisions: that list only grows, and no work waits in it."""
    return None if tab.name == OVER else sum(n for (state, _light), n in counts.items() if state in tab.states)


def _lit(counts: Mapping[tuple[str, str], int], tab: QueueTab, light: str) -> int:
    return sum(counts.get((state, light), 0) for state in WITH_A_LIGHT if state in tab.states)
