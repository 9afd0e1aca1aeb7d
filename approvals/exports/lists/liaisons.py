"""Columns of the lists of liaisons: requests of owners."""

from approvals.base.i18n import N_
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import unit, word

REQUESTS = (
    ListColumn("number", N_("Number"), lambda row: row.ref),
    ListColumn("project", N_("Project"), lambda row: row.project, sort="project", is_wide=True),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner)),
    ListColumn("request", N_("Request"), lambda row: row.text, is_wide=True),
    ListColumn("state", N_("State"), lambda row: word(row.state)),
    ListColumn("asked", N_("Raised"), lambda row: row.asked_at, "moment", sort="asked"),
    ListColumn("due", N_("Reply by"), lambda row: row.due_at, "moment", sort="due"),
    ListColumn("answered", N_("Replied"), lambda row: row.answered_at, "moment", sort="answered"),
    ListColumn("responsible", N_("Responsible"), lambda row: row.responsible_name, sort="responsible"),
)
