"""Charts of pages for the offices: approvals by light, the trend of a month, the street, the counties, the ledgers."""

from collections.abc import Sequence

from approvals.base.charts import SvgChart, curves, stacked_bars, step_bars, tiles
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.calendar.lights import light_label, lights_chart
from approvals.casefile.board.street import CountyStatus, StreetStep
from approvals.casefile.board.trend import TrendDay
from approvals.casefile.time_accounting import DepartmentTime
from approvals.reports.document.figure_lines import LinePage
from workflows.config.city import load_city

EVERY = 5  # days from one axis label to the next
MANY, MOST = 0.1, 0.25  # shares of late approvals from which a county has the next tone


def trend_chart(days: Sequence[TrendDay]) -> SvgChart:
    """Red, yellow, and open escalations at the close of each working day; today as of now."""
    series = (
        ("red", light_label("red"), [day.red for day in days]),
        ("yellow", light_label("yellow"), [day.yellow for day in days]),
        ("escalations", _("Open escalations"), [day.escalations for day in days]),
    )
    last = len(days) - 1
    names = [(number, f"{day.on:%m-%d}") for number, day in enumerate(days) if (last - number) % EVERY == 0]
    return curves("course", _("Trend of one month, at the close of each working day"), series, names)


def street_chart(steps: Sequence[StreetStep]) -> SvgChart | None:
    """How many filings reached each step, with the median of the working days since the one before."""
    rows = [(label(step.name), step.reached, _days(step.days)) for step in steps]
    return step_bars("street", _("How far the filings of the year have come"), rows)


def _days(days: int | None) -> str:
    if days is None:
        return ""
    return _("median %(days)s working days", days=days)


def county_chart(rows: Sequence[CountyStatus]) -> SvgChart:
    """Late approvals by county, each a tile at its place, the darker the larger their share."""
    places = load_city().county_tiles
    free = max((row for _, row in places.values()), default=-1) + 1
    cells = []
    for number, row in enumerate(rows):
        column, line = places.get(row.name, (number, free))
        note = _("of %(open)s in progress", open=row.open)
        cells.append((column, line, row.name, str(row.late), note, _strength(row)))
    return tiles("counties", _("Late approvals by county"), cells)


def _strength(row: CountyStatus) -> int:
    share = row.late / row.open if row.open else 0
    return (share > 0) + (share > MANY) + (share > MOST)


def line_chart(page: LinePage) -> SvgChart | None:
    """The running approvals of a line of the report by light, beside those of the period before."""
    rows = [(_("This period"), page.lights()), (_("Previous period"), page.lights(before=True))]
    return lights_chart("lights", _("Approvals in progress at the end of the period, by light"), rows)


def ledger_chart(rows: Sequence[DepartmentTime]) -> SvgChart | None:
    """Whose working days they were, a bar for each department."""
    tones = [("department", _("Department")), ("owner", _("Owner")), ("special", _("Clock paused"))]
    stacks = [(own_name(row.department), {name: getattr(row.days, name) for name, _word in tones}) for row in rows]
    return stacked_bars("ledgers", _("Whose working days they were"), stacks, tones)
