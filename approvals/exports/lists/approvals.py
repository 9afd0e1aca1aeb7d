"""Columns of the lists of approvals: the queue of a window, the board's lists, and what acceptances left owed."""

from datetime import date

from approvals.base.i18n import N_, series
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import light, unit, word
from approvals.windows.queries import ApprovalView


def running(approval: ApprovalView, limit: str) -> date | None:
    """The last day of a limit whose clock runs."""
    due_on: date | None = getattr(approval, f"{limit}_due_on")
    return due_on if approval.has_running_clock else None


OWED = (
    ListColumn("number", N_("Number"), lambda row: row.approval.project),
    ListColumn("project", N_("Project"), lambda row: row.approval.project_name, sort="project", is_wide=True),
    ListColumn("code", N_("Code"), lambda row: row.approval.code, sort="code"),
    ListColumn("item", N_("Item"), lambda row: word(row.approval.item), is_wide=True),
    ListColumn("until", N_("Due by"), lambda row: row.until_on, "day", sort="until"),
    ListColumn("late", N_("Overdue"), lambda row: row.is_late, "yes_no"),
    ListColumn("lacking", N_("Not handed in yet"), lambda row: series(row.lacking), is_wide=True),
    ListColumn("supplied", N_("To be checked by the window"), lambda row: series(row.supplied), is_wide=True),
    ListColumn("department", N_("Department"), lambda row: row.approval.department),
)
QUEUE = (
    ListColumn("light", N_("Light"), lambda row: light(row.light), sort="light"),
    ListColumn("number", N_("Number"), lambda row: row.approval.project, sort="number"),
    ListColumn("project", N_("Project"), lambda row: row.approval.project_name, sort="project", is_wide=True),
    ListColumn("code", N_("Code"), lambda row: row.approval.code, sort="code"),
    ListColumn("item", N_("Item"), lambda row: word(row.approval.item), is_wide=True),
    ListColumn("round", N_("Round"), lambda row: row.approval.round, "whole"),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("received", N_("Received"), lambda row: row.approval.received_on, "day", sort="received"),
    ListColumn("accepted", N_("Accepted"), lambda row: row.approval.accepted_on, "day"),
    ListColumn("deemed", N_("Deemed accepted"), lambda row: row.approval.is_deemed, "yes_no"),
    ListColumn("promised", N_("Promised limit"), lambda row: running(row.approval, "promised"), "day", sort="promised"),
    ListColumn("legal", N_("Legal limit"), lambda row: running(row.approval, "legal"), "day", sort="legal"),
    ListColumn("still", N_("Clock stopped"), lambda row: not row.approval.has_running_clock, "yes_no"),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner), sort="owner", is_wide=True),
    ListColumn("department", N_("Department"), lambda row: unit(row.department), sort="department"),
    ListColumn("handler", N_("Handler"), lambda row: row.approval.handler_name or "", sort="handler"),
    ListColumn("key", N_("Key project"), lambda row: row.approval.is_key, "yes_no"),
    ListColumn("urgent", N_("Urgent and hard"), lambda row: row.approval.is_urgent, "yes_no"),
)
