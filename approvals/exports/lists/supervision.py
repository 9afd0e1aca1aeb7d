"""Columns of the lists of supervision: cards, orders, escalations, joint projects."""

from collections.abc import Callable, Mapping
from typing import Any

from approvals.base.i18n import N_, own_name, series
from approvals.base.i18n import gettext as _
from approvals.exports.lists.approvals import running
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import light, unit, word
from approvals.supervision.joint.views import JointRow
from approvals.supervision.orders.views import OrderRow
from workflows.charts.project import PROJECT

CARDS = (
    ListColumn("colour", N_("Card"), lambda row: word(row.colour_name), sort="colour"),
    ListColumn("rule", N_("Rule"), lambda row: word(row.rule), sort="rule"),
    ListColumn("number", N_("Number"), lambda row: row.approval.project),
    ListColumn("project", N_("Project"), lambda row: row.approval.project_name, sort="project", is_wide=True),
    ListColumn("code", N_("Code"), lambda row: row.approval.code, sort="code"),
    ListColumn("item", N_("Item"), lambda row: word(row.approval.item), is_wide=True),
    ListColumn("department", N_("Department"), lambda row: unit(row.department), sort="department"),
    ListColumn("shown", N_("Card issued on"), lambda row: row.shown_on, "day", sort="shown"),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("appeal", N_("Appeal by"), lambda row: row.appeal_by, "day", sort="appeal"),
)


def _about(row: OrderRow) -> str:
    return f"{row.about.code} {word(row.about.item)}".strip() if row.about else ""


ORDERS = (
    ListColumn("number", N_("Order"), lambda row: row.ref),
    ListColumn("subject", N_("Subject"), lambda row: row.subject, sort="subject", is_wide=True),
    ListColumn("demands", N_("Demands"), lambda row: row.demands, is_wide=True),
    ListColumn("name", N_("Project"), lambda row: row.about.name if row.about else "", sort="project", is_wide=True),
    ListColumn("about", N_("About"), _about),
    ListColumn("department", N_("Department"), lambda row: unit(row.department), sort="department"),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("issued", N_("Issued on"), lambda row: row.issued_on, "day", sort="issued"),
    ListColumn("due", N_("Answer by"), lambda row: row.due_on, "day", sort="due"),
    ListColumn("late", N_("Overdue"), lambda row: row.is_late, "yes_no"),
)
ESCALATIONS = (
    ListColumn("light", N_("Light"), lambda row: light(row.late.light)),
    ListColumn("number", N_("Number"), lambda row: row.late.approval.project),
    ListColumn("project", N_("Project"), lambda row: row.late.approval.project_name, sort="project", is_wide=True),
    ListColumn("code", N_("Code"), lambda row: row.late.approval.code, sort="code"),
    ListColumn("item", N_("Item"), lambda row: word(row.late.approval.item), is_wide=True),
    ListColumn("department", N_("Department"), lambda row: unit(row.late.department), sort="department"),
    ListColumn("level", N_("Level"), lambda row: row.rung.level, "whole"),
    ListColumn("state", N_("State"), lambda row: word(row.rung.state), sort="state"),
    ListColumn("raised", N_("Raised"), lambda row: row.rung.raised_on, "day", sort="raised"),
    ListColumn("due", N_("Answer by"), lambda row: row.rung.due.due_on if row.rung.due else None, "day", sort="due"),
    ListColumn("reason", N_("Reason"), lambda row: row.rung.reason, is_wide=True),
    ListColumn("promised", N_("Promised limit"), lambda row: running(row.late.approval, "promised"), "day"),
    ListColumn("legal", N_("Legal limit"), lambda row: running(row.late.approval, "legal"), "day"),
)
JOINT = (
    ListColumn("number", N_("Number"), lambda row: row.ref, sort="number"),
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("units", N_("Responsible units"), lambda row: series(map(own_name, row.units)), is_wide=True),
    ListColumn("this_month", N_("This month's statement"), lambda row: _statement(row, 0)),
    ListColumn("last_month", N_("Last month's statement"), lambda row: _statement(row, 1)),
    ListColumn("missing", N_("Missing"), lambda row: series(row.missing), is_wide=True),
    ListColumn("key", N_("Key project"), lambda row: row.is_key, "yes_no"),
    ListColumn("urgent", N_("Urgent and hard"), lambda row: row.is_urgent, "yes_no"),
    ListColumn("practical_matter", N_("Practical matter"), lambda row: row.is_practical_matter, "yes_no"),
)
JOINT_KEYS: Mapping[str, Callable[[JointRow], Any]] = {
    "number": lambda row: row.ref,
    "name": lambda row: row.name,
    "state": lambda row: PROJECT.state_names.index(row.state.name),
}


def _statement(row: JointRow, place: int) -> str:
    """The state of a month's statement, in words."""
    state = row.words[place][1]
    return word(state) if state else _("not written")
