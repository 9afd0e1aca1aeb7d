"""The tables about supervision orders, about cards by department, and about the month's word on joint projects."""

from approvals.base.formatting import month
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.base.moments import read_month
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import head, narrow
from approvals.reports.document.comparison_tables import CITY, beside_note, level_name
from approvals.reports.document.table_views import (
    Group,
    Table,
    TableCell,
    TableColumn,
    TableRow,
    beside,
    count,
    joined,
    words,
)
from approvals.reports.figures.model import Figures
from approvals.reports.figures.oversight_model import JointProject, OrderCounts, OrderTold
from workflows.charts.order import ORDER
from workflows.charts.roles import LEVELS
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES

MOVED = ("issued", "instructed", "answered", "accepted", "sent_back", "lifted")
STOOD = ("open", "open_issued", "open_answered", "open_sent_back", "overdue")
CARDS = ("yellow", "red", "appealed", "upheld", "withdrawn")


def orders_table(figures: Figures) -> Table:
    """Orders counted, for the city and by department."""
    heads = [f"order_{name}" for name in (*MOVED, *STOOD)]
    columns = (
        TableColumn(narrow("department"), "text", 23),
        *(TableColumn(narrow(name), "number", 7) for name in heads),
    )
    groups = (Group("", 1), Group(_("In the month"), len(MOVED)), Group(_("Not accepted at the end"), len(STOOD)))
    told = figures.orders
    total = TableRow((words(head("city")), *_orders(told.city, told.city_before)), is_total=True, line=CITY)
    rows = tuple(
        TableRow((words(label(line.label)), *_orders(line.now, line.before)), line=("departments", line.key))
        for line in told.departments
    )
    note = _("“Instructed” are among the issued ones; the overdue ones are among those that wait for an answer.")
    return Table(
        "orders", _("Supervision orders by department"), columns, (total, *rows), groups, joined(note, beside_note())
    )


def _orders(now: OrderCounts, before: OrderCounts) -> tuple[TableCell, ...]:
    return tuple(beside(getattr(now, name), getattr(before, name), f"orders.{name}") for name in (*MOVED, *STOOD))


def order_list(figures: Figures) -> Table:
    """The orders that moved in the month or were open at its end, one by one."""
    columns = (
        TableColumn(narrow("order"), "text", 28),
        TableColumn(narrow("order_about"), "text", 16),
        TableColumn(narrow("order_to"), "text", 13),
        TableColumn(narrow("order_dates"), "day", 11),
        TableColumn(narrow("state"), "text", 12),
        TableColumn(narrow("order_answer"), "text", 20),
    )
    return Table(
        "order-list",
        _("Supervision orders one by one"),
        columns,
        tuple(map(_order, figures.orders.told)),
        empty=_("No supervision order moved in the month or was open at its end."),
    )


def _order(one: OrderTold) -> TableRow:
    demands = _("Demanded: %(demands)s", demands=one.demands)
    return TableRow(
        (
            words(load_city().shown_order(one.ref), one.subject, demands, _source(one)),
            words(*_about(one)),
            words(label(one.department), _("looked at by: %(level)s", level=label(Label(*LEVELS[one.level])))),
            TableCell(one.issued_on.isoformat(), (one.due_on.isoformat(),)),
            words(label(ORDER.state(one.state)), *_lateness(one)),
            words(*_answer(one)),
        )
    )


def _source(one: OrderTold) -> str:
    """Of which instruction it came."""
    if one.source_kind == "report":
        return _("From an instruction on a report")
    return _("From an instruction on an escalation") if one.source_kind else ""


def _about(one: OrderTold) -> tuple[str, ...]:
    if not one.about:
        return (_("at large"),)
    return one.project, shown_ref(one.about), label(one.item) if one.item else ""


def _lateness(one: OrderTold) -> tuple[str, ...]:
    reported = _("reported to: %(level)s", level=level_name(one.lifted_to)) if one.lifted_to else ""
    return _("overdue") if one.is_overdue else "", reported


def _answer(one: OrderTold) -> tuple[str, ...]:
    """The last answer with its day, and why it was sent back."""
    returned = _("Sent back: %(reason)s", reason=one.returned) if one.returned else ""
    if one.answered_on is None:
        return _("not answered yet"), returned
    committed = _("Committed to %(day)s", day=one.commitment_on.isoformat()) if one.commitment_on else ""
    return one.answered_on.isoformat(), one.answer, committed, returned


def card_departments_table(figures: Figures) -> Table:
    """Cards of the month by department, beside those of the month before."""
    names = {name: label(COLOUR_NAMES[name]) for name in ("yellow", "red")}
    names |= {"appealed": _("Appeals"), "upheld": _("Upheld"), "withdrawn": _("Withdrawn cards")}
    columns = (
        TableColumn(narrow("department"), "text", 30),
        *(TableColumn(names[name], "number", 14) for name in CARDS),
    )
    now, before = figures.oversight.cards, figures.oversight.cards_before
    total = TableRow((words(head("city")), *_cards(now, before)), is_total=True, line=CITY)
    rows = tuple(
        TableRow((words(label(line.label)), *_cards(line.now, line.before)), line=("departments", line.key))
        for line in figures.card_departments
    )
    return Table("card-counts", _("Cards of the month"), columns, (total, *rows), note=beside_note())


def _cards(now: object, before: object) -> tuple[TableCell, ...]:
    return tuple(beside(getattr(now, name), getattr(before, name), f"cards.{name}") for name in CARDS)


def words_table(figures: Figures) -> Table:
    """The month's word on each joint project."""
    columns = (
        TableColumn(narrow("row"), "number", 5),
        TableColumn(narrow("project"), "text", 24),
        TableColumn(narrow("joint_units"), "text", 18),
        TableColumn(narrow("months_word"), "text", 53),
    )
    return Table(
        "words",
        _("The month's word on projects under double management"),
        columns,
        tuple(_word(number, one) for number, one in enumerate(figures.joint, start=1)),
        note=_("A word counts once both responsible units have signed it by the end of the month."),
        empty=_("No project was under double management at the end of the month."),
    )


def _word(number: int, one: JointProject) -> TableRow:
    since = _("since %(day)s", day=one.begun_on.isoformat())
    return TableRow((count(number), words(one.name, shown_ref(one.ref)), words(*one.units, since), words(*_said(one))))


def _said(one: JointProject) -> tuple[str, ...]:
    waits = _("This month's word lacks the signature of %(unit)s.", unit=one.waits_for) if one.waits_for else ""
    if one.word is None:
        return waits or _("No word was written for this month."), ""
    signed = _(
        "Word of %(month)s, signed by %(units)s on %(day)s",
        month=month(read_month(one.word.month).first_on),
        units=_("%(first)s and %(second)s", first=one.word.units[0], second=one.word.units[1]),
        day=one.word.signed_on.isoformat(),
    )
    return one.word.text, signed, waits
