"""Writes the sheet of a year's plan, a worksheet for each part."""

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.exports.sheets import WrittenSheet, write_sheets
from approvals.programme.sheets.plan_form import COLUMNS, ITEM, PARTS, PlanBlank


def write_plan(blank: PlanBlank) -> bytes:
    """All lines of the plan; for a year without items the heads alone, to be filled in."""
    notes = (
        _("The number of an item says in each worksheet which item a row is of. A new number proposes an item."),
        _("A row that is missing takes nothing away. Upload the sheet when it is filled in; a preview comes first."),
    )
    sheets = [
        WrittenSheet(COLUMNS[part], blank.parts[part], label(name), notes if part == ITEM else ())
        for part, name in PARTS.items()
    ]
    return write_sheets(sheets, title=_("Plan of %(year)s", year=blank.identity.month), identity=blank.identity)
