"""Has the paper of a report or bulletin set and printed: for workers and commands, never within a request."""

from flask_babel import force_locale

from approvals.reports.bulletins import bulletin_paper
from approvals.reports.months import MONTHLY
from approvals.reports.paper import Imprint
from approvals.reports.printing import Printed, paper_html, press, print_report
from approvals.reports.values import Figures


def print_paper(kind: str, text: str, figures: Figures, spoken: str, imprint: Imprint | None) -> Printed:
    """The paper of this kind and period in this language; with no imprint a preview."""
    if kind == MONTHLY:
        return print_report(figures, spoken, imprint)
    with force_locale(spoken):
        html = paper_html(bulletin_paper(text, figures, imprint))
    return press(html)
