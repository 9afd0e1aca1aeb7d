"""Writes finance's sheet of a month."""

from approvals.base.i18n import gettext as _
from approvals.exports.sheets import write_sheet
from approvals.programme.sheets.money_form import COLUMNS, MoneyBlank


def write_money(blank: MoneyBlank) -> bytes:
    return write_sheet(
        COLUMNS,
        blank.lines,
        title=_("Money of %(month)s, finance", month=blank.identity.month),
        notes=(
            _("Fill in the figures from finance's own books, cumulative since the beginning of the year."),
            _("Tasks whose figures all agree are confirmed; any that differ are returned with both figures."),
        ),
        identity=blank.identity,
    )
