"""What a brief asks its reader to decide, and the dates to look out for."""

from datetime import date

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, series
from approvals.calendar.lights import light_label
from approvals.reports.document.brief.findings import is_broken
from approvals.reports.document.brief.model import DangerousDate, DecisionRequest
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.figures.model import DueApproval, Figures, LateApproval
from workflows.charts.roles import LEVELS

CITY_LEVEL = max(LEVELS)
CALM = "green"


def decision_requests(figures: Figures) -> tuple[DecisionRequest, ...]:
    """Late approvals that reached the city government or broke a promise, the worst first."""
    asked = (late for late in figures.late if late.level == CITY_LEVEL or is_broken(late, figures))
    return tuple(_request(late, is_broken=is_broken(late, figures)) for late in asked)


def _request(late: LateApproval, *, is_broken: bool) -> DecisionRequest:
    return DecisionRequest(
        ref=shown_ref(late.ref),
        project=late.project,
        item=label(late.item),
        who=series(part for part in (label(late.department), late.handler) if part),
        lateness=_lateness(late),
        reason=late.answer.reason if late.answer else _("no answer yet"),
        asked=_asked(late, is_broken=is_broken),
    )


def _lateness(late: LateApproval) -> str:
    if not late.over_promised:
        return _("promised limit passed")
    return _("%(days)s working days beyond the promised limit", days=late.over_promised)


def _asked(late: LateApproval, *, is_broken: bool) -> str:
    """A broken promise asks for an order; what no level answered asks for an instruction."""
    if is_broken and late.answer:
        return _(
            "Promised for %(day)s and not kept: set a deadline for the decision by supervision order.",
            day=late.answer.commitment_on.isoformat(),
        )
    return _("Reached the city government: instruct the department.")


def dangerous_dates(figures: Figures) -> tuple[DangerousDate, ...]:
    """Legal limits that end next month first, then the other limits, each in the order of the days."""
    legal: list[DangerousDate] = []
    others: list[DangerousDate] = []
    for due in figures.due:
        if due.legal_due_on and due.legal_due_on.replace(day=1) == due.first_due_on.replace(day=1):
            legal.append(_date(due, due.legal_due_on, _("legal limit")))
        else:
            promised = due.first_due_on == due.promised_due_on
            others.append(_date(due, due.first_due_on, _("promised limit") if promised else _("notice")))
    return tuple(each for dates in (legal, others) for each in sorted(dates, key=lambda due: (due.on, due.project)))


def _date(due: DueApproval, on: date, limit: str) -> DangerousDate:
    light = due.light if due.light and due.light != CALM else ""
    word = light_label(light) if light else ""
    return DangerousDate(on, limit, due.project, label(due.item), label(due.department), light, word)
