"""Columns of the log of messages."""

from approvals.base.i18n import N_, label, own_name
from approvals.exports.lists.files import ListColumn
from approvals.notifications.inbox import InboxNotice
from approvals.notifications.links import title_of


def _sender(notice: InboxNotice) -> str:
    """The role that made the move, and its unit."""
    return " · ".join(filter(None, (label(notice.role), own_name(notice.unit))))


NOTICES = (
    ListColumn("at", N_("Time"), lambda row: row.at, "moment"),
    ListColumn("title", N_("Message"), title_of, is_wide=True),
    ListColumn("about", N_("Project"), lambda row: row.project, is_wide=True),
    ListColumn("number", N_("Number"), lambda row: row.ref),
    ListColumn("sender", N_("From"), _sender, is_wide=True),
    ListColumn("new", N_("Not read yet"), lambda row: row.is_new, "yes_no"),
)
