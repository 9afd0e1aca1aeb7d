"""The brief as a paper of its own (督查专报): two pages out of the figures of a month, with room for instructions."""

from dataclasses import replace

from approvals.base.formatting import month
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.documents.page import header_size
from approvals.reports.document.brief.brief import brief
from approvals.reports.document.report import Imprint, ReportDocument, document_of, proofs_of_extract
from approvals.reports.figures.model import Figures
from workflows.config.city import load_city

MOST_PROJECTS = 8  # for which the two pages have room
BRIEF = "brief"  # the part of a report that it is, as a department's unit id is that of its extract


def brief_document(figures: Figures, imprint: Imprint | None = None) -> ReportDocument:
    """The brief in the language of the answer, as an extract of the report with this imprint or else a preview."""
    masthead = _("%(city)s: supervision brief", city=label(load_city().name))
    title = _("Supervision brief of %(month)s", month=month(figures.first_on))
    return replace(
        document_of(figures, imprint, masthead, title, ()),
        header_size=header_size(masthead),
        draft=_("Brief of the report %(number)s", number=imprint.number) if imprint else _("Preview"),
        proofs=proofs_of_extract(figures, imprint),
        verification=None,
        files=(),
        brief=brief(figures, most_projects=MOST_PROJECTS),
    )
