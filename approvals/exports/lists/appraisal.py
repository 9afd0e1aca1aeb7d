"""Columns of the list of deductions."""

from approvals.base.i18n import N_
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import unit, word

DEDUCTIONS = (
    ListColumn("ref", N_("Number"), lambda row: row.ref),
    ListColumn("unit", N_("Unit"), lambda row: unit(row.unit), sort="unit"),
    ListColumn("regime", N_("Regime"), lambda row: word(row.regime)),
    ListColumn("event", N_("Event"), lambda row: word(row.event), sort="event"),
    ListColumn("matter", N_("Matter"), lambda row: row.matter, is_wide=True),
    ListColumn("happened", N_("Day"), lambda row: row.happened_on, "day", sort="happened"),
    ListColumn("points", N_("Points"), lambda row: row.points, "whole", sort="points"),
    ListColumn("rules", N_("Rule book"), lambda row: row.rules),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("object_by", N_("Object by"), lambda row: row.object_by, "day"),
)
