"""The chapters of a bulletin, the same on paper and on the screen."""

from collections.abc import Iterable
from datetime import date

from approvals.base.formatting import long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.bulletin.demands import Demand, demands, objection_state
from approvals.reports.document.bulletin.mentions import Mention, criticised, praised
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.column_labels import labelled_columns
from approvals.reports.document.printed import shortened
from approvals.reports.document.sections import Section
from approvals.reports.document.summary import bulletin_summary
from approvals.reports.document.table_views import Point, Table, TableRow, count, words
from approvals.reports.figures.bulletin_model import Objection
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import has
from workflows.charts.correction import CORRECTION
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES


def bulletin_chapters(figures: Figures, rectify_by: date | None) -> tuple[Section, ...]:
    """The period, who did well, who did not, what is to be rectified until when, and what is objected to."""
    asked = demands(figures)
    return (
        Section("overview", _("The period in brief"), bulletin_summary(figures)),
        Section("praise", _("What was done well"), _told(praised(figures), _("No unit is commended in this period."))),
        Section(
            "criticism",
            _("What was not done well"),
            _told(criticised(figures), _("No unit is criticised in this period.")),
        ),
        *((_rectification(figures, asked, rectify_by),) if has(figures, "rectification") else ()),
        *((_objections(figures),) if figures.objections else ()),
    )


def _told(mentions: Iterable[Mention], nothing: str) -> tuple[Point, ...]:
    return tuple(Point(mention.head, mention.text) for mention in mentions) or (Point("", nothing),)


def rectify_until(figures: Figures, rectify_by: date | None) -> str:
    """The day, or before the issue how many working days after it."""
    days = figures.rectification.days
    if rectify_by is None:
        return _("%(days)s working days after the issue", days=days)
    return long_day(rectify_by)


def _rectification(figures: Figures, asked: tuple[Demand, ...], rectify_by: date | None) -> Section:
    title = _("To be rectified by a day")
    if not asked:
        return Section("rectification", title, (Point("", _("Nothing is to be rectified.")),))
    text = _(
        "The units below must rectify the matters listed by the day named and report in writing to the supervision "
        "office. The office confirms line by line what is issued to departments as a supervision order. What is not "
        "done by then is reported to the city government."
    )
    return Section("rectification", title, (Point("", text),), tables=(demands_table(figures, asked, rectify_by),))


def demands_table(figures: Figures, asked: tuple[Demand, ...], rectify_by: date | None) -> Table:
    """Which unit is to do what, by which day, on which basis."""
    columns = labelled_columns(row=5, unit=16, to_do=34, basis=27, by=18)
    until = rectify_until(figures, rectify_by)
    rows = tuple(_demand(number, demand, until) for number, demand in enumerate(asked, start=1))
    return shortened(Table("demands", _("To be rectified"), columns, rows))


def _demand(number: int, demand: Demand, until: str) -> TableRow:
    order = _("ordered as %(number)s", number=load_city().shown_order(demand.order)) if demand.order else ""
    return TableRow(
        (
            count(number),
            words(label(demand.unit)),
            words(demand.what),
            words(demand.basis, demand.objection, order),
            words(until),
        )
    )


def _objections(figures: Figures) -> Section:
    text = _(
        "Matters still open to objection or under review are listed without prejudice; the outcome will be announced."
    )
    columns = labelled_columns(ground=15, project_item=41, department=18, objection=26)
    table = Table("objections", _("Objections"), columns, tuple(map(_objection, figures.objections)))
    return Section("objections", _("Objections and appeal periods"), (Point("", text),), tables=(shortened(table),))


def _objection(row: Objection) -> TableRow:
    return TableRow(
        (
            words(objection_ground(row)),
            words(_("%(project)s: %(item)s", project=row.project, item=label(row.item)), shown_ref(row.ref)),
            words(label(row.department)),
            words(objection_state(row)),
        )
    )


def objection_ground(row: Objection) -> str:
    """What is objected to: the card of its colour, or a day of the record."""
    return label(COLOUR_NAMES[row.colour]) if row.colour else label(Label(CORRECTION.zh, CORRECTION.en))
