"""Writes the sheet of a unit's month."""

from approvals.base.i18n import gettext as _
from approvals.exports.sheets import write_sheet
from approvals.programme.sheets.month_form import COLUMNS, MonthBlank


def write_month(blank: MonthBlank) -> bytes:
    identity = blank.identity
    return write_sheet(
        COLUMNS,
        blank.lines,
        title=_("Monthly report %(month)s, %(unit)s", month=identity.month, unit=identity.unit),
        notes=(
            _("All figures are cumulative since the beginning of the year. An empty cell is not 0."),
            _("Where there is no figure, write why. Upload the sheet under “My month”; a preview comes first."),
        ),
        identity=identity,
    )
