"""The tables of supervision orders, cards by department, monthly statements, and the days behind the speed-up."""

from itertools import groupby

from approvals.base.formatting import NOTHING, month
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.base.moments import read_month
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import labelled_columns, narrow
from approvals.reports.document.comparison_tables import beside_note, department_rows, level_name
from approvals.reports.document.oversight_tables import CARDS, card_columns
from approvals.reports.document.table_views import (
    Group,
    Table,
    TableCell,
    TableColumn,
    TableRow,
    count,
    day,
    joined,
    named,
    share,
    words,
)
from approvals.reports.figures.model import CompletedProject, Figures, ProjectSpeed
from approvals.reports.figures.oversight_model import DecisionDays, JointProject, OrderTold
from workflows.charts.order import ORDER
from workflows.charts.roles import LEVELS
from workflows.config.city import load_city
from workflows.label import Label

TIGHT = "\u00a0"  # a space at which no line ends
MOVED = ("issued", "instructed", "answered", "accepted", "sent_back", "lifted")
STOOD = ("open", "open_issued", "open_answered", "open_sent_back", "overdue")


def orders_table(figures: Figures) -> Table:
    """Orders counted, for the city and by department."""
    heads = [f"order_{name}" for name in (*MOVED, *STOOD)]
    columns = (
        TableColumn(narrow("department"), "text", 23),
        *(TableColumn(narrow(name), "number", 7) for name in heads),
    )
    groups = (Group("", 1), Group(_("In the month"), len(MOVED)), Group(_("Not accepted at the end"), len(STOOD)))
    orders, names = figures.orders, (*MOVED, *STOOD)
    rows = department_rows(orders.city, orders.city_before, orders.departments, names, "orders")
    note = _("“Instructed” orders are among the issued ones; overdue orders are among those waiting for an answer.")
    return Table("orders", _("Supervision orders by department"), columns, rows, groups, joined(note, beside_note()))


def order_list(figures: Figures) -> Table:
    """The orders that moved in the month or were open at its end, one by one."""
    columns = labelled_columns(order=28, order_about=16, order_to=13, order_dates=11, state=12, order_answer=20)
    return Table(
        "order-list",
        _("Supervision orders one by one"),
        columns,
        tuple(map(_order, figures.orders.told)),
        empty=_("No supervision order moved in the month or was open at its end."),
    )


def _order(order: OrderTold) -> TableRow:
    demands = _("Demanded: %(demands)s", demands=order.demands)
    return TableRow(
        (
            words(load_city().shown_order(order.ref), order.subject, demands, _source(order)),
            words(*_about(order)),
            words(label(order.department), _("reviewed by: %(level)s", level=label(Label(*LEVELS[order.level])))),
            TableCell(order.issued_on.isoformat(), (order.due_on.isoformat(),)),
            words(label(ORDER.state(order.state)), *_lateness(order)),
            words(*_answer(order)),
        )
    )


def _source(order: OrderTold) -> str:
    """Of which instruction or bulletin it came."""
    return order_source(order.source_kind)


def order_source(kind: str) -> str:
    """What an order follows, in words; empty for one that follows nothing."""
    if kind == "report":
        return _("From an instruction on a report")
    if kind == "bulletin":
        return _("Asked for by a bulletin")
    return _("From an instruction on an escalation") if kind else ""


def _about(order: OrderTold) -> tuple[str, ...]:
    if not order.about:
        return (_("general"),)
    return order.project, shown_ref(order.about), label(order.item) if order.item else ""


def _lateness(order: OrderTold) -> tuple[str, ...]:
    reported = _("reported to: %(level)s", level=level_name(order.lifted_to)) if order.lifted_to else ""
    return _("overdue") if order.is_overdue else "", reported


def _answer(order: OrderTold) -> tuple[str, ...]:
    """The last answer with its day, and why it was sent back."""
    returned = _("Sent back: %(reason)s", reason=order.returned) if order.returned else ""
    if order.answered_on is None:
        return _("not answered yet"), returned
    committed = _("Committed to %(day)s", day=order.commitment_on.isoformat()) if order.commitment_on else ""
    return order.answered_on.isoformat(), order.answer, committed, returned


def card_departments_table(figures: Figures) -> Table:
    """Cards of the month by department, beside those of the month before."""
    columns = (TableColumn(narrow("department"), "text", 30), *card_columns(14))
    now, before = figures.oversight.cards, figures.oversight.cards_before
    rows = department_rows(now, before, figures.card_departments, CARDS, "cards")
    return Table("card-counts", _("Cards of the month"), columns, rows, note=beside_note())


def words_table(figures: Figures) -> Table:
    """The month's word on each joint project."""
    columns = labelled_columns(row=5, project=24, joint_units=18, months_word=53)
    return Table(
        "words",
        _("Monthly statements on projects under double management"),
        columns,
        tuple(_joint_project(number, project) for number, project in enumerate(figures.joint, start=1)),
        note=_("A statement counts once both responsible units have signed it by the end of the month."),
        empty=_("No project was under double management at the end of the month."),
    )


def _joint_project(number: int, project: JointProject) -> TableRow:
    since = _("since %(day)s", day=project.begun_on.isoformat())
    name, units = words(project.name, shown_ref(project.ref)), words(*project.units, since)
    return TableRow((count(number), name, units, words(*_statement_lines(project))))


def _statement_lines(project: JointProject) -> tuple[str, ...]:
    waits = (
        _("This month's statement lacks the signature of %(unit)s.", unit=project.waits_for)
        if project.waits_for
        else ""
    )
    if project.word is None:
        return waits or _("No statement was written for this month."), ""
    signed = _(
        "Statement of %(month)s, signed by %(units)s on %(day)s",
        month=month(read_month(project.word.month).first_on),
        units=_("%(first)s and %(second)s", first=project.word.units[0], second=project.word.units[1]),
        day=project.word.signed_on.isoformat(),
    )
    return project.word.text, signed, waits


def permits_table(figures: Figures) -> Table:
    """The projects of the speed-up up to the construction permit."""
    columns = labelled_columns(project=38, registered_on=12, permit_on=12, items=8, used=9, legal_days=11, speed=10)
    note = _(
        "Days used are working days after the registration up to the permit. The legal limits are those of the items "
        "below the project, in working days."
    )
    return Table(
        "permits",
        _("Projects whose construction permit was granted"),
        columns,
        tuple(map(_permit, figures.permit_projects)),
        note=note,
        empty=_("No construction permit was granted in the month."),
    )


def _permit(project: ProjectSpeed) -> TableRow:
    needed = " + ".join(f"{item.code}{TIGHT}{item.legal}" for item in project.needed)
    return TableRow(
        (
            words(project.name, shown_ref(project.ref), f"{needed} = {project.legal}" if needed else ""),
            day(project.registered_on),
            day(project.granted_on),
            count(project.items),
            count(project.days),
            count(project.legal),
            share(project.value),
        )
    )


def completions_table(figures: Figures) -> Table:
    """The projects of the speed-up up to the completion."""
    days = labelled_columns(all_days=8, works_days=8, office_days=8, legal_days=8, speed=7)
    columns = (*labelled_columns(project=32, registered_on=11, completed_on=11, items=7), *days)
    note = _(
        "Days in all are working days after the registration up to the last grant. Those of the works, from their "
        "start to their completion, are nobody's delay and are left out; no speed-up is given where the works were "
        "not reported."
    )
    return Table(
        "completions",
        _("Projects that were completed"),
        columns,
        tuple(map(_completion, figures.completed_projects)),
        note=note,
        empty=_("No project was completed in the month."),
    )


def _completion(project: CompletedProject) -> TableRow:
    works = project.works
    return TableRow(
        (
            words(project.name, shown_ref(project.ref)),
            day(project.registered_on),
            day(project.completed_on),
            count(project.items),
            count(project.days),
            words(NOTHING) if works is None else count(works),
            words(NOTHING) if works is None else count(max(0, project.days - works)),
            count(project.legal),
            share(project.value),
        )
    )


def decision_days_table(figures: Figures) -> Table:
    """All decisions of the month by their legal limit and the days that they took."""
    columns = labelled_columns(legal_days=10, decided=10, used=10, used_times=70)
    by_limit = groupby(figures.decision_days, key=lambda row: row.legal)
    rows = [_limit(legal, list(rows)) for legal, rows in by_limit]
    note = _(
        "“3 × 5” means five approvals that were decided after three working days each. The median of the speed-up is "
        "that of 1 − days used / legal limit of each approval."
    )
    return Table(
        "decision-days",
        _("Decisions of the month by legal limit and days used"),
        columns,
        tuple(rows),
        note=note,
        empty=_("Nothing was decided in the month."),
    )


def _limit(legal: int, rows: list[DecisionDays]) -> TableRow:
    """One legal limit: how many approvals had it, how long they took together, and each of them."""
    return TableRow(
        (
            count(legal),
            count(sum(row.count for row in rows)),
            count(sum(row.used * row.count for row in rows)),
            words(named([f"{row.used}{TIGHT}×{TIGHT}{row.count}" for row in rows])),
        )
    )
