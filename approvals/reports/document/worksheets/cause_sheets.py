"""Worksheets of late approvals by cause, and of the programme's money by month."""

from collections.abc import Iterable
from dataclasses import fields

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.line_sheets import counts, three
from approvals.reports.document.worksheets.model import Value, Worksheet
from approvals.reports.figures.causes_model import CauseCounts, CauseLine
from approvals.reports.figures.programme_model import ProgrammeMonth


def cause_sheet(name: str, note: str, lines: Iterable[CauseLine]) -> Worksheet:
    """A row for each cause; each late approval counts in one of them."""
    names = [field.name for field in fields(CauseCounts)]
    words = (_("Late approvals"), _("Of these red"), _("Working days beyond promised"), _("Longest"))
    heads = [own for word in words for own in three(word, "whole")]
    rows = tuple((label(line.label), *_values(line, names)) for line in lines)
    return Worksheet(name, note, (*columns("cause"), *heads), rows)


def _values(line: CauseLine, names: Iterable[str]) -> tuple[Value, ...]:
    return tuple(value for name in names for value in counts(getattr(line.now, name), getattr(line.before, name)))


def programme_months_sheet(months: Iterable[ProgrammeMonth]) -> Worksheet:
    rows = (
        (
            month.month,
            float(month.planned),
            float(month.paid),
            None if month.execution_rate is None else float(month.execution_rate),
            float(month.time_share),
        )
        for month in months
    )
    note = _("The programme's money at the end of each month, as known then; paid is since January.")
    heads = columns("month money_planned money_paid execution_rate time_share")
    return Worksheet(_("Programme, months"), note, heads, tuple(rows))
