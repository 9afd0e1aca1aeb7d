"""Has the paper of a report or bulletin rendered: for workers and commands, never within a request."""

from approvals.base.i18n import in_language
from approvals.base.templating import render
from approvals.pdf.process import render_apart
from approvals.pdf.rendered import RenderedPdf
from approvals.reports.document.bulletin import bulletin_paper
from approvals.reports.document.department_report import department_paper
from approvals.reports.document.report import Imprint, Paper, report_paper
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.renditions import RenditionRequest
from approvals.reports.periods import MONTHLY, read_period


def print_paper(kind: str, text: str, figures: Figures, spoken: str, imprint: Imprint | None) -> RenderedPdf:
    """The paper of this kind and period in this language; with no imprint a preview."""
    return print_wanted(RenditionRequest(kind, read_period(kind, text), spoken, figures, imprint))


def print_wanted(wanted: RenditionRequest) -> RenderedPdf:
    """This paper, of the whole report or of one department's page; NotFound when there is no such page."""
    with in_language(wanted.language):
        html = paper_html(_paper(wanted))
    return render_apart(html)


def paper_html(paper: Paper) -> str:
    """The document, in the language in use."""
    return render("documents/report.html", paper=paper)


def _paper(wanted: RenditionRequest) -> Paper:
    kind, figures, imprint = wanted.kind, wanted.figures, wanted.imprint
    if wanted.part:
        return department_paper(figures, wanted.part, imprint, kind)
    return report_paper(figures, imprint) if kind == MONTHLY else bulletin_paper(str(wanted.period), figures, imprint)
