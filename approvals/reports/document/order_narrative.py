"""The chapters on supervision orders and on the month's word in words."""

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.narrative import MOST_NAMED
from approvals.reports.document.table_views import Point, joined, named
from approvals.reports.figures.model import Figures
from approvals.reports.figures.oversight_model import JointProject


def orders(figures: Figures) -> tuple[Point, ...]:
    """What was ordered and answered, and what is overdue."""
    now, before = figures.orders.city, figures.orders.city_before
    issued = _(
        "%(issued)s were issued (%(before)s the month before), %(instructed)s of them on an instruction of the city "
        "government; %(answered)s answers came in, %(accepted)s were accepted and %(sent_back)s sent back.",
        issued=now.issued,
        before=before.issued,
        instructed=now.instructed,
        answered=now.answered,
        accepted=now.accepted,
        sent_back=now.sent_back,
    )
    standing = _(
        "%(open)s were open at the end of the month (%(before)s a month before), of which %(overdue)s overdue; "
        "%(lifted)s reports of silence went up.",
        open=now.open,
        before=before.open,
        overdue=now.overdue,
        lifted=now.lifted,
    )
    return (Point(_("Supervision orders"), joined(issued, standing, _overdue(figures))),)


def _overdue(figures: Figures) -> str:
    found = [(label(line.label), line.now.overdue) for line in figures.orders.departments if line.now.overdue]
    whose = [_("%(department)s %(number)s", department=name, number=number) for name, number in found]
    return _("Overdue are: %(departments)s.", departments=named(whose)) if whose else ""


def months_word(figures: Figures) -> Point:
    """On how many joint projects both units have said their word, and on which they have not."""
    found = figures.joint
    if not found:
        return Point(_("Month's word"), _("No project was under double management at the end of the month."))
    counts = _(
        "%(number)s projects were under double management at the end of the month; on %(signed)s of them both units "
        "have signed a word.",
        number=len(found),
        signed=sum(one.word is not None for one in found),
    )
    waiting = [one for one in found if one.waits_for]
    silent = [one for one in found if one.word is None and not one.waits_for]
    return Point(
        _("Month's word"),
        joined(
            counts,
            _("A signature is lacking on: %(projects)s.", projects=_names(waiting)) if waiting else "",
            _("No word was written on: %(projects)s.", projects=_names(silent)) if silent else "",
        ),
    )


def _names(found: list[JointProject]) -> str:
    names = named([one.name for one in found[:MOST_NAMED]])
    if found[MOST_NAMED:]:
        return _("%(projects)s and others, %(number)s in all", projects=names, number=len(found))
    return names
