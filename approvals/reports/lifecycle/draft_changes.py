"""What changed since a draft was compiled: against the figures of now, or on the way to its issue."""

from dataclasses import dataclass

from sqlalchemy import Connection

from approvals.reports.document.figure_changes import FigureChange, changed_figures, in_words
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.queries import IssuedReport, ReportDraft, frozen_figures, remarks_of

SHOWN = 20  # changes in the list


@dataclass(frozen=True, slots=True)
class DraftChanges:
    """The first changes, and how many more there are."""

    changes: tuple[FigureChange, ...]
    more: int


def changes_since_draft(
    tx: Connection, draft: ReportDraft | None, issued: IssuedReport | None, figures: Figures
) -> DraftChanges:
    """Of a draft what `figures` of now say otherwise, of a correction what it says otherwise than the report in force.

    Of an issued report what was compiled again before its issue.
    """
    if draft and not issued:
        changes = changed_figures(frozen_figures(tx, draft), figures)
    elif draft:
        changes = changed_figures(figures, frozen_figures(tx, draft))
    else:
        changes = _until_issue(tx, issued) if issued else []
    named = in_words(changes, figures)
    return DraftChanges(named[:SHOWN], max(0, len(named) - SHOWN))


def _until_issue(tx: Connection, issued: IssuedReport) -> list[list[str | int]]:
    """From the first draft to the issue, whatever came between."""
    first: dict[tuple[str, str, str], tuple[int, int]] = {}
    for entry in remarks_of(tx, issued.id, ("compile_again",)):
        for split, key, figure, before, after in entry.facts.get("changed", ()):
            place = str(split), str(key), str(figure)
            first[place] = first.get(place, (before, after))[0], after
    return [[*place, before, after] for place, (before, after) in first.items() if before != after]
