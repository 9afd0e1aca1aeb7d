"""Columns of a person's worklist."""

from approvals.base.i18n import N_, label
from approvals.exports.lists.files import ListColumn

WORKLIST = (
    ListColumn("kind", N_("Kind"), lambda row: label(row.duty.kind.title)),
    ListColumn("subject", N_("Matter"), lambda row: row.subject, is_wide=True),
    ListColumn("about", N_("Concerning"), lambda row: row.about, is_wide=True),
    ListColumn("origin", N_("From whom"), lambda row: row.origin, is_wide=True),
    ListColumn("standing", N_("Urgency"), lambda row: label(row.standing)),
    ListColumn("due", N_("Due"), lambda row: row.duty.due_on, "day"),
    ListColumn("due_at", N_("Due at"), lambda row: row.duty.due_at, "moment"),
    ListColumn("since", N_("Since"), lambda row: row.duty.since, "moment"),
    ListColumn("action", N_("Action"), lambda row: row.action),
)
