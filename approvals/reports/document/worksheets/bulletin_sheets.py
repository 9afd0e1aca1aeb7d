"""Worksheets of what a bulletin asks for, and of what is objected to."""

from datetime import date

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.bulletin.chapters import objection_ground
from approvals.reports.document.bulletin.demands import Demand, demands, objection_state
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.model import Value, Worksheet
from approvals.reports.figures.bulletin_model import Objection
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import has
from workflows.config.city import load_city


def bulletin_sheets(figures: Figures, rectify_by: date | None) -> tuple[Worksheet, ...]:
    """None for figures that a bulletin could not ask by yet."""
    if not has(figures, "rectification"):
        return ()
    asked = tuple(_demand(number, demand, rectify_by) for number, demand in enumerate(demands(figures), start=1))
    objected = tuple(map(_objection, figures.objections))
    return (
        Worksheet(
            _("Rectification"),
            _("What the bulletin asks for, by unit; the day is known once it is issued."),
            columns("row unit to_do basis objection order_ref rectify_by"),
            asked,
        ),
        Worksheet(
            _("Objections"),
            _("Cards within their appeal period or under appeal at the end, and days that are to be corrected."),
            columns("ground project_ref project item department since appeal_by objection"),
            objected,
        ),
    )


def _demand(number: int, demand: Demand, rectify_by: date | None) -> tuple[Value, ...]:
    order = load_city().shown_order(demand.order) if demand.order else None
    what = demand.in_full or demand.what
    return number, label(demand.unit), what, demand.basis, demand.objection or None, order, rectify_by


def _objection(row: Objection) -> tuple[Value, ...]:
    return (
        objection_ground(row),
        shown_ref(row.ref),
        row.project,
        label(row.item),
        label(row.department),
        row.since,
        row.until,
        objection_state(row),
    )
