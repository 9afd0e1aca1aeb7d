"""The two pictures of the report."""

from collections.abc import Iterable, Sequence

from approvals.base.charts import EDGE, FOOT, HEIGHT, TOP, WIDTH, Bar, ChartText, SvgChart, axis, legend, round_up
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.calendar.lights import lights_chart as chart_by_light
from approvals.reports.document.column_labels import head
from approvals.reports.figures.model import CourseMonth, FigureLine
from workflows.clock.lights import LIGHTS

PAIR = 13  # width of one bar of a pair


def lights_chart(lines: Iterable[FigureLine]) -> SvgChart | None:
    """Open approvals by light, a bar for each department that has any; None when nothing is open."""
    rows = [(label(line.label), {one: getattr(line.now.standing, one) for one in LIGHTS}) for line in lines]
    return chart_by_light("lights", _("Open approvals by light at the end of the month"), rows)


def course_chart(course: Sequence[CourseMonth]) -> SvgChart:
    """Accepted and granted approvals of the last twelve months, in pairs."""
    top = round_up(max(max(one.accepted, one.granted) for one in course))
    bars, marks = legend([("accepted", head("accepted")), ("granted", head("granted"))], EDGE)
    step = (WIDTH - EDGE) / len(course)
    for number, one in enumerate(course):
        left = EDGE + number * step + (step - 2 * PAIR - 1) / 2
        bars += [
            _pillar(left, one.accepted, top, "accepted"),
            _pillar(left + PAIR + 1, one.granted, top, "granted"),
        ]
        marks.append(
            ChartText(round(left + PAIR, 2), TOP + HEIGHT + 12, one.month[2:].replace("-", "/"), "middle", "small")
        )
        for x, value in ((left, one.accepted), (left + PAIR + 1, one.granted)):
            if value:
                height = value / top * HEIGHT
                marks.append(
                    ChartText(round(x + PAIR / 2, 2), round(TOP + HEIGHT - height - 2, 2), str(value), "middle", "tiny")
                )
    rules, ticks = axis(top)
    title = _("Approvals accepted and granted in twelve months")
    height = TOP + HEIGHT + FOOT
    return SvgChart("course", title, title, WIDTH, height, tuple(bars), (*marks, *ticks), rules)


def _pillar(x: float, value: int, top: int, tone: str) -> Bar:
    height = round(value / top * HEIGHT, 2)
    return Bar(round(x, 2), round(TOP + HEIGHT - height, 2), PAIR, height, tone)
