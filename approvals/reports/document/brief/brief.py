"""Builds the brief out of a period's figures."""

from approvals.calendar.lights import light_label
from approvals.reports.document.brief.findings import findings
from approvals.reports.document.brief.model import Brief
from approvals.reports.document.brief.numbers import numbers
from approvals.reports.document.brief.requests import dangerous_dates, decision_requests
from approvals.reports.document.brief.tables import brief_charts, brief_tables
from approvals.reports.figures.model import Figures
from workflows.clock.lights import LIGHTS

MOST_REQUESTS, MOST_DATES, MOST_PROJECTS = 5, 5, 12  # for which there is room; the report has all of them


def brief(figures: Figures, most_projects: int = MOST_PROJECTS) -> Brief:
    """The brief in the language of the answer; without key projects where they stand elsewhere on the same paper."""
    light = _worst_light(figures)
    requests, dates = decision_requests(figures), dangerous_dates(figures)
    return Brief(
        light=light,
        light_word=light_label(light),
        numbers=numbers(figures),
        findings=findings(figures),
        requests=requests[:MOST_REQUESTS],
        more_requests=max(0, len(requests) - MOST_REQUESTS),
        charts=brief_charts(figures),
        dates=dates[:MOST_DATES],
        more_dates=max(0, len(dates) - MOST_DATES),
        tables=brief_tables(figures, most_projects),
    )


def _worst_light(figures: Figures) -> str:
    standing = figures.city.now.standing
    return next((light for light in reversed(LIGHTS) if getattr(standing, light)), LIGHTS[0])
