"""Columns of the lists of administration: people, without what is shown on request alone."""

from approvals.base.i18n import N_, label, series
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import unit
from workflows.charts.roles import ROLES

PEOPLE = (
    ListColumn("name", N_("Full name"), lambda row: row.name, sort="name"),
    ListColumn("username", N_("User name"), lambda row: row.username, sort="username"),
    ListColumn("unit", N_("Unit"), lambda row: unit(row.unit), sort="unit", is_wide=True),
    ListColumn("roles", N_("Roles"), lambda row: series(label(ROLES[role]) for role in row.roles), is_wide=True),
    ListColumn("active", N_("Active"), lambda row: row.is_active, "yes_no"),
    ListColumn("signed_in", N_("Last sign-in"), lambda row: row.signed_in_at, "moment", sort="signed_in"),
)
