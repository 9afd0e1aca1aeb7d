"""The drawings of the board: who has how much by light, and the course of a month."""

from collections.abc import Sequence

from approvals.base.charts import SvgChart, curves
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.calendar.lights import light_label, lights_chart
from approvals.casefile.board.trend import CourseDay
from approvals.casefile.board.views import BoardRow
from workflows.clock.lights import LIGHTS

EVERY = 5  # days of the course from one name below to the next


def departments_chart(lines: Sequence[BoardRow]) -> SvgChart | None:
    """Open approvals by light, a bar for each department that has any; None when nothing is open."""
    rows = [(own_name(line.name), {light: line.counts[light] for light in LIGHTS}) for line in lines]
    return lights_chart("departments", _("Open approvals by light"), rows)


def course_chart(days: Sequence[CourseDay]) -> SvgChart:
    """Red, yellow, and escalations that were open, at the close of each working day; today as it stands."""
    series = (
        ("red", light_label("red"), [one.red for one in days]),
        ("yellow", light_label("yellow"), [one.yellow for one in days]),
        ("escalations", _("Open escalations"), [one.escalations for one in days]),
    )
    last = len(days) - 1
    names = [(number, f"{one.on:%m-%d}") for number, one in enumerate(days) if (last - number) % EVERY == 0]
    return curves("course", _("Trend of one month, at the close of each working day"), series, names)
