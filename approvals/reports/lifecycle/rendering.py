"""Has the paper of a report or bulletin set and printed: for workers and commands, never within a request."""

from contextlib import suppress

from approvals.base.i18n import in_language
from approvals.base.jobs import Fenced
from approvals.reports.document.bulletin import bulletin_paper
from approvals.reports.document.department_report import department_paper
from approvals.reports.document.report import Imprint, Paper, report_paper
from approvals.reports.figures.model import Figures
from approvals.reports.lifecycle.renditions import Wanted
from approvals.reports.periods import MONTHLY, read_period
from approvals.reports.printed import Printed
from approvals.reports.printing import Tell, paper_html, press


def print_paper(
    kind: str, text: str, figures: Figures, spoken: str, imprint: Imprint | None, told: Tell | None = None
) -> Printed:
    """The paper of this kind and period in this language; with no imprint a preview.

    `told` hears ("printing", 3, 8) when three of its eight parts are set.
    """
    return print_wanted(Wanted(kind, read_period(kind, text), spoken, figures, imprint), told)


def print_wanted(wanted: Wanted, told: Tell | None = None) -> Printed:
    """This paper, of the whole report or of one department's page; NotFound when there is no such page."""

    def tell(_step: str, done: int, total: int) -> None:
        with suppress(Fenced):  # the press goes on; the next write says that the job was lost
            if told:
                told("printing", done, total)

    with in_language(wanted.language):
        html = paper_html(_paper(wanted))
    return press(html, tell)


def _paper(wanted: Wanted) -> Paper:
    kind, figures, imprint = wanted.kind, wanted.figures, wanted.imprint
    if wanted.part:
        return department_paper(figures, wanted.part, imprint, kind)
    return report_paper(figures, imprint) if kind == MONTHLY else bulletin_paper(str(wanted.period), figures, imprint)
