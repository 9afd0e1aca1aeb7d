"""Has the paper of a report or bulletin set and printed: for workers and commands, never within a request."""

from contextlib import suppress

from flask_babel import force_locale

from approvals.base.jobs import Fenced
from approvals.reports.bulletins import bulletin_paper
from approvals.reports.months import MONTHLY
from approvals.reports.paper import Imprint, report_paper
from approvals.reports.printed import Printed
from approvals.reports.printing import Tell, paper_html, press
from approvals.reports.values import Figures


def print_paper(
    kind: str, text: str, figures: Figures, spoken: str, imprint: Imprint | None, told: Tell | None = None
) -> Printed:
    """The paper of this kind and period in this language; with no imprint a preview.

    `told` hears ("printing", 3, 8) when three of its eight parts are set.
    """

    def tell(_step: str, done: int, total: int) -> None:
        with suppress(Fenced):  # the press goes on; the next write says that the job was lost
            if told:
                told("printing", done, total)

    with force_locale(spoken):
        paper = report_paper(figures, imprint) if kind == MONTHLY else bulletin_paper(text, figures, imprint)
        html = paper_html(paper)
    return press(html, tell)
