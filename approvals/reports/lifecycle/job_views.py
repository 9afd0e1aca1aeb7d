"""The issue and the renditions of a report on its page: what exists, and what is being printed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_roles
from approvals.base.i18n import LANGUAGES
from approvals.base.i18n import gettext as _
from approvals.history.record import CITY
from approvals.reports.document.brief_report import BRIEF
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.job_progress import JobProgress, mark, progress_by_key
from approvals.reports.lifecycle.job_requests import ISSUE, PRINT, issue_key, print_key
from approvals.reports.lifecycle.queries import IssuedReport, ReportDraft, draft_of, last_issued, report_in_force
from approvals.reports.lifecycle.renditions import (
    ISSUED_IN,
    Rendition,
    has_rendition,
    made_of_now,
    part_made_of_now,
    renditions_of,
)
from approvals.reports.periods import MONTHLY, Period
from workflows.charts.model import Move, open_moves
from workflows.charts.report import REPORT


@dataclass(frozen=True, slots=True)
class IssuingView:
    """The issue of a report: whether the reader may request it, its progress, and what is in force meanwhile.

    `issued` is the period's own report in force; `last` the last one of this kind, whichever period it is of.
    """

    kind: str
    period: Period
    draft: ReportDraft | None
    issued: IssuedReport | None
    last: IssuedReport | None
    may_issue: bool
    making: JobProgress | None

    @property
    def move(self) -> Move:
        return REPORT.move("issue")

    @property
    def is_active(self) -> bool:
        return self.making is not None and self.making.is_active

    @property
    def mark(self) -> str:
        return mark(self.draft, self.issued, self.making)


@dataclass(frozen=True, slots=True)
class PaperView:
    """A rendition beside the issued report: the current one, and one that was printed earlier.

    `part` is BRIEF for the brief, '' for the document of the page itself.
    """

    language: str
    title: str
    current: Rendition | None
    older: Rendition | None
    making: JobProgress | None
    part: str = ""

    @property
    def is_active(self) -> bool:
        return self.making is not None and self.making.is_active


@dataclass(frozen=True, slots=True)
class PapersView:
    """The renditions of a period with its briefs, or with `part` of the extract for that department (its unit's id)."""

    kind: str
    period: Period
    issued: IssuedReport | None
    papers: tuple[PaperView, ...]
    part: str = ""

    @property
    def is_active(self) -> bool:
        return any(paper.is_active for paper in self.papers)

    @property
    def mark(self) -> str:
        return mark(self.issued, self.papers)


def issuing_view(tx: Connection, kind: str, period: Period, reader: Actor, now: datetime) -> IssuingView:
    """The issue of this period's report for this reader."""
    draft = draft_of(tx, kind, period)
    key = issue_key(kind, period, draft)
    moves = {move.name for move in open_moves(REPORT, draft.state, acting_roles(reader, CITY))} if draft else set()
    return IssuingView(
        kind=kind,
        period=period,
        draft=draft,
        issued=report_in_force(tx, period, kind),
        last=last_issued(tx, kind),
        may_issue="issue" in moves,
        making=progress_by_key(tx, ISSUE, [key], now).get(key),
    )


def papers_view(tx: Connection, kind: str, period: Period, now: datetime, figures: Figures | None = None) -> PapersView:
    """The renditions of this period. With `figures` the current one is found by its checksum, else it is the newest."""
    issued, draft = report_in_force(tx, period, kind), draft_of(tx, kind, period)
    languages = [language for language in LANGUAGES if has_rendition(language, issued, draft)]
    current_checksums = made_of_now(figures, issued, draft, languages) if figures else {}
    titles = {language: _title(language, issued, draft) for language in languages}
    view = PapersView(kind, period, issued, ())
    whole = _with_papers(tx, view, titles, current_checksums, now)
    return replace(whole, papers=(*_briefs(tx, view, now, figures), *whole.papers))


def _briefs(tx: Connection, view: PapersView, now: datetime, figures: Figures | None) -> tuple[PaperView, ...]:
    """The brief of a monthly report in each language."""
    if view.kind != MONTHLY:
        return ()
    current_checksums = part_made_of_now(figures, view.issued, LANGUAGES) if figures else {}
    titles = {language: _("Brief") if language == ISSUED_IN else _("Brief in English") for language in LANGUAGES}
    papers = _with_papers(tx, replace(view, part=BRIEF), titles, current_checksums, now).papers
    return tuple(replace(paper, part=BRIEF) for paper in papers)


def part_papers_view(
    tx: Connection, kind: str, period: Period, part: str, now: datetime, figures: Figures | None = None
) -> PapersView:
    """The renditions of the extract for this department; `figures` as above."""
    issued = report_in_force(tx, period, kind)
    current_checksums = part_made_of_now(figures, issued, LANGUAGES) if figures else {}
    titles = {language: _("Chinese") if language == ISSUED_IN else _("English") for language in LANGUAGES}
    return _with_papers(tx, PapersView(kind, period, issued, (), part), titles, current_checksums, now)


def _with_papers(
    tx: Connection, view: PapersView, titles: Mapping[str, str], current_checksums: Mapping[str, str], now: datetime
) -> PapersView:
    renditions = renditions_of(tx, view.kind, view.period, view.part)
    keys = {language: print_key(view.kind, view.period, language, view.part) for language in titles}
    jobs = progress_by_key(tx, PRINT, list(keys.values()), now)
    papers = []
    for language, title in titles.items():
        of_language = [rendition for rendition in renditions if rendition.language == language]
        checksum = current_checksums.get(language)
        current = next((rendition for rendition in of_language if checksum in (None, rendition.made_of)), None)
        older = None if current else next(iter(of_language), None)
        papers.append(PaperView(language, title, current, older, jobs.get(keys[language])))
    return replace(view, papers=tuple(papers))


def _title(language: str, issued: IssuedReport | None, draft: ReportDraft | None) -> str:
    if language != ISSUED_IN:
        return _("Translation into English") if issued else _("English preview")
    return _("Draft document") if draft else _("Preview the document")
