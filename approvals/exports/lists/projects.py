"""Columns of the lists of projects: all projects, those of an owner, and those that wait for triage or registration."""

from approvals.base.i18n import N_, label, series
from approvals.base.i18n import gettext as _
from approvals.casefile.owner.list import OwnRow
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import light, unit, word

CASEFILES = (
    ListColumn("number", N_("Number"), lambda row: row.ref if row.shown_number else "", sort="number"),
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner), sort="owner", is_wide=True),
    ListColumn("county", N_("County"), lambda row: row.county, sort="county"),
    ListColumn("category", N_("Category"), lambda row: word(row.category), sort="category"),
    ListColumn("planned", N_("Planned (10k yuan)"), lambda row: row.planned_10k_yuan, "amount", sort="planned"),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("granted", N_("Granted"), lambda row: row.progress.granted, "whole", sort="granted"),
    ListColumn("approvals", N_("Approvals"), lambda row: row.progress.planned, "whole"),
    ListColumn("late", N_("Late"), lambda row: row.progress.late, "whole"),
    ListColumn("light", N_("Worst status"), lambda row: light(row.progress.light), sort="light"),
    ListColumn("liaison", N_("Liaison"), lambda row: row.liaison or "", sort="liaison"),
    ListColumn("filed", N_("Filed"), lambda row: row.filed_at, "moment", sort="filed"),
    ListColumn("key", N_("Key project"), lambda row: row.is_key, "yes_no"),
    ListColumn("urgent", N_("Urgent and hard"), lambda row: row.is_urgent, "yes_no"),
    ListColumn("practical_matter", N_("Practical matter"), lambda row: row.is_practical_matter, "yes_no"),
)


def _next_steps(row: OwnRow) -> str:
    return " ".join(_(todo.words, codes=series(todo.codes)) for todo in row.todo)


def _held_by(row: OwnRow) -> str:
    return "" if row.state.is_final else series(label(holder) for holder in row.holders)


WAITING_FILINGS = (
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner), sort="owner", is_wide=True),
    ListColumn("category", N_("Category"), lambda row: word(row.category), sort="category"),
    ListColumn("county", N_("County"), lambda row: row.county, sort="county"),
    ListColumn("kind", N_("Kind"), lambda row: word(row.kind)),
    ListColumn("planned", N_("Planned (10k yuan)"), lambda row: row.planned_10k_yuan, "amount", sort="planned"),
    ListColumn("since", N_("State since"), lambda row: row.since, "moment", sort="since"),
    ListColumn("waited", N_("Working days waited"), lambda row: row.waited, "whole"),
    ListColumn("due", N_("Due on"), lambda row: row.deadline.due_on if row.deadline else None, "day"),
    ListColumn("light", N_("Light"), lambda row: light(row.deadline.light) if row.deadline else ""),
    ListColumn("returns", N_("Returned before"), lambda row: row.returns, "whole"),
    ListColumn("review", N_("Next review"), lambda row: row.review_on, "day", sort="review"),
    ListColumn("key", N_("Key project"), lambda row: row.is_key, "yes_no"),
    ListColumn("urgent", N_("Urgent and hard"), lambda row: row.is_urgent, "yes_no"),
)


OWN_PROJECTS = (
    ListColumn("number", N_("Number"), lambda row: row.ref if row.shown_number else "", sort="number"),
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("since", N_("State since"), lambda row: row.since, "moment", sort="since"),
    ListColumn("next", N_("Next steps"), _next_steps, is_wide=True),
    ListColumn("holder", N_("Held by"), _held_by),
    ListColumn("granted", N_("Granted"), lambda row: row.granted, "whole"),
    ListColumn("approvals", N_("Approvals"), lambda row: row.planned, "whole"),
    ListColumn("late", N_("Late"), lambda row: row.late, "whole"),
)
AMENDMENTS = (
    ListColumn("number", N_("Number"), lambda row: row.ref),
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner), sort="owner", is_wide=True),
    ListColumn("fields", N_("Fields"), lambda row: series(label(need) for need in row.fields), is_wide=True),
    ListColumn("since", N_("Proposed"), lambda row: row.since, "moment", sort="since"),
)
ORPHANS = (
    ListColumn("number", N_("Number"), lambda row: row.ref),
    ListColumn("name", N_("Project"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("owner", N_("Owner"), lambda row: unit(row.owner), sort="owner", is_wide=True),
    ListColumn("since", N_("Registered at"), lambda row: row.since, "moment", sort="since"),
    ListColumn("questions", N_("Open requests"), lambda row: row.questions, "whole", sort="questions"),
)
