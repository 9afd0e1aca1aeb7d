"""The figures of the offices' own steps, by kind and by the level that owes them."""

from approvals.reports.figures.case_items import OFFICES, CaseItems
from approvals.reports.figures.office_steps import LINES, line_key
from approvals.reports.figures.oversight_model import OfficeCounts, OfficeFigures, OfficeLine
from workflows.charts.roles import LEVELS
from workflows.config.policy import load_policy
from workflows.label import Label
from workflows.rules.office_tasks import office_label


def office_figures(now: CaseItems, before: CaseItems) -> OfficeFigures:
    """What the offices did in time themselves, in the order of their steps."""
    limits = load_policy().offices
    lines = [(line_key(task, level), task, level) for task, level in LINES if task in limits]
    return OfficeFigures(
        _office_counts(now),
        _office_counts(before),
        tuple(
            OfficeLine(
                key,
                office_label(task),
                Label(*LEVELS[level]),
                limits[task],
                _office_counts(now, key),
                _office_counts(before, key),
            )
            for key, task, level in lines
        ),
    )


def _office_counts(month: CaseItems, line: str | None = None) -> OfficeCounts:
    """Of all their steps, or of one line."""
    counted = month.of(office=line)
    days = [case.days for name in ("done", "open") for case in counted.get(f"{OFFICES}.{name}", ()) if case.days]
    names = ("done", "in_time", "late", "open", "open_late")
    counts = {name: len(counted.get(f"{OFFICES}.{name}", ())) for name in names}
    has_any = counts["done"] or counts["open"]
    return OfficeCounts(**counts, longest=max(days, default=0) if has_any else None)
