"""The supervision bulletin: the same figures over the months that it covers, in a shorter document."""

from approvals.base.formatting import long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.report import (
    Imprint,
    ReportDocument,
    ReportPage,
    document_of,
    proofs,
    read_up_to,
    report_page,
)
from approvals.reports.document.sections import Section, numbered, sections
from approvals.reports.document.table_views import Point, percent
from approvals.reports.figures.model import Figures
from approvals.reports.periods import BULLETIN, MONTHLY
from approvals.reports.titles import report_title
from workflows.config.city import load_city

SECTIONS = (
    "lights",
    "in-time",
    "escalations",
    "late",
    "cards",
)  # sections of the report that a bulletin has too


def page_of(kind: str, text: str, figures: Figures) -> ReportPage:
    """The report or bulletin of this period on the screen."""
    if kind == MONTHLY:
        return report_page(figures)
    parts = numbered(_sections(figures))
    return ReportPage(report_title(kind, text), read_up_to(figures), figures.is_whole, parts, proofs(figures))


def bulletin_paper(text: str, figures: Figures, imprint: Imprint | None) -> ReportDocument:
    """The bulletin in the language of the answer; without an imprint it is a preview."""
    return document_of(figures, imprint, bulletin_header(), report_title(BULLETIN, text), _sections(figures))


def bulletin_header() -> str:
    """The red header."""
    return _("%(city)s: supervision bulletin on key projects' approvals", city=label(load_city().name))


def _sections(figures: Figures) -> tuple[Section, ...]:
    report_sections = [section for section in sections(figures) if section.key in SECTIONS]
    return (Section("overview", _("The period in brief"), _summary(figures)), *report_sections)


def _summary(figures: Figures) -> tuple[Point, ...]:
    """The period in a few sentences with their numbers."""
    projects, now = figures.projects.now, figures.city.now
    first = _(
        "From %(first)s to %(last)s %(filed)s projects were filed, %(registered)s registered and %(completed)s "
        "completed; %(open)s were open at the end.",
        first=long_day(figures.first_on),
        last=long_day(figures.as_of_on),
        filed=projects.filed,
        registered=projects.registered,
        completed=projects.completed,
        open=projects.open,
    )
    second = _(
        "%(accepted)s approvals were accepted and %(decided)s decided, %(late)s of them after the legal limit; "
        "%(yellow)s were yellow and %(red)s red at the end.",
        accepted=now.moves.accepted,
        decided=now.decisions.decided,
        late=now.decisions.late,
        yellow=now.standing.yellow,
        red=now.standing.red,
    )
    third = _(
        "%(raised)s escalations were raised and %(answered)s answered; the approvals decided took %(speed)s less time "
        "than the law allows.",
        raised=sum(level.raised for level in now.levels),
        answered=sum(level.answered for level in now.levels),
        speed=percent(now.speed.value),
    )
    return Point(_("Projects"), first), Point(_("Approvals"), second), Point(_("Escalations"), third)
