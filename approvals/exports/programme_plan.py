"""Writes the sheet of a year's plan, a worksheet for each part."""

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.exports.sheets import WrittenSheet, write_sheets
from approvals.programme.sheets.plan_form import COLUMNS, ITEM, PARTS, PlanBlank


def write_plan(blank: PlanBlank) -> bytes:
    """All lines of the plan; for a year without items the heads alone, to be filled in."""
    notes = (
        _("In each worksheet, the item number says which item a row belongs to. A new number proposes an item."),
        _("Missing rows delete nothing. Upload the completed sheet; you will see a preview first."),
    )
    sheets = [
        WrittenSheet(COLUMNS[part], blank.parts[part], label(name), notes if part == ITEM else ())
        for part, name in PARTS.items()
    ]
    return write_sheets(sheets, title=_("Plan of %(year)s", year=blank.identity.month), identity=blank.identity)
