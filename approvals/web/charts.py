"""Charts of the board: open approvals of the departments by light, and the trend of a month."""

from collections.abc import Sequence

from approvals.base.charts import SvgChart, curves
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.calendar.lights import light_label, lights_chart
from approvals.casefile.board.trend import TrendDay
from approvals.casefile.board.views import BoardRow
from workflows.clock.lights import LIGHTS

EVERY = 5  # days from one axis label to the next


def department_chart(lines: Sequence[BoardRow]) -> SvgChart | None:
    """Open approvals by light, a bar for each department that has any; None when nothing is open."""
    rows = [(own_name(line.name), {light: line.counts[light] for light in LIGHTS}) for line in lines]
    return lights_chart("departments", _("Open approvals by light"), rows)


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
