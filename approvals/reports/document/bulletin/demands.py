"""What a bulletin demands of whom: late approvals, answers owed, items of the programme behind their plan.

Demands follow from the frozen figures alone, so that those of an issued bulletin stay what they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.table_views import listed, named
from approvals.reports.figures.bulletin_model import Objection
from approvals.reports.figures.model import Figures, LateApproval
from approvals.reports.figures.oversight_model import OrderTold
from approvals.reports.figures.programme_model import LaggingItem
from approvals.reports.figures.serialization import has
from workflows.charts.order import ORDER
from workflows.clock.timeline import CALENDAR_DAYS
from workflows.config.city import load_city
from workflows.label import Label

LATE, ANSWER, ORDERED, BEHIND = "late", "answer", "order", "behind"  # kinds of demands
ITEMS_SHOWN = 4  # items of the programme named in one line


@dataclass(frozen=True, slots=True)
class Demand:
    """What one unit is to do, and on which basis; `key` tells it from the others of its bulletin.

    `about` is an approval as `510400-2026-00017/A07`, empty for what is about none. `order` is the supervision order
    that demanded it before the close, `in_full` what a new order says where `what` is shortened. `objection` says that
    somebody objects to what it rests on, or still may.
    """

    key: str
    kind: str
    unit: Label
    about: str
    subject: str
    what: str
    basis: str
    objection: str = ""
    order: str = ""
    in_full: str = ""


def demands(figures: Figures) -> tuple[Demand, ...]:
    """Approvals first, the worst on top, then answers to orders, then the programme by lead unit."""
    if not has(figures, "rectification"):
        return ()
    return (*_late(figures), *_answers(figures), *_orders(figures), *_behind(figures))


def is_demanded(late: LateApproval, figures: Figures) -> bool:
    """Whether an approval is late enough to be asked for: by the days of the policy, or beyond the legal limit."""
    return late.light == "red" or late.over_promised >= figures.rectification.late_from


def _late(figures: Figures) -> Iterator[Demand]:
    silent = {answer.ref for answer in figures.owed_answers}
    for late in figures.late:
        if is_demanded(late, figures):
            unanswered = [_("an escalation was left unanswered")] if late.ref in silent else []
            yield Demand(
                key=f"{LATE}/{late.ref}",
                kind=LATE,
                unit=late.department,
                about=late.ref,
                subject=_("Decide the approval that is late"),
                what=_("Decide “%(item)s” of %(project)s (%(ref)s).", **_approval(late.project, late.item, late.ref)),
                basis=listed([_beyond(late), *_promise(late, figures), *unanswered]),
                objection=objection_to(late.ref, figures),
                order=_open_order(late.ref, figures),
            )


def _beyond(late: LateApproval) -> str:
    promised = _("%(days)s working days beyond the promised limit", days=late.over_promised)
    if late.light != "red":
        return promised
    if not late.over_legal:
        return listed([promised, _("legal limit passed")])
    if late.legal_unit == CALENDAR_DAYS:
        return listed([promised, _("%(days)s calendar days beyond the legal limit", days=late.over_legal)])
    return listed([promised, _("%(days)s working days beyond the legal limit", days=late.over_legal)])


def _promise(late: LateApproval, figures: Figures) -> list[str]:
    if late.answer is None:
        return []
    day = late.answer.commitment_on
    missed = _("committed to %(day)s and missed it", day=day.isoformat())
    return [missed if day < figures.as_of_on else _("committed to %(day)s", day=day.isoformat())]


def _answers(figures: Figures) -> Iterator[Demand]:
    asked = {late.ref for late in figures.late if is_demanded(late, figures)}
    for owed in figures.owed_answers:
        if owed.ref not in asked:
            yield Demand(
                key=f"{ANSWER}/{owed.ref}",
                kind=ANSWER,
                unit=owed.department,
                about=owed.ref,
                subject=_("Answer the escalation"),
                what=_(
                    "State the reasons and the day of the decision on “%(item)s” of %(project)s (%(ref)s).",
                    **_approval(owed.project, owed.item, owed.ref),
                ),
                basis=_("escalation of %(day)s left unanswered by the department", day=owed.raised_on.isoformat()),
                objection=objection_to(owed.ref, figures),
                order=_open_order(owed.ref, figures),
            )


def _orders(figures: Figures) -> Iterator[Demand]:
    """Orders whose answer is overdue: they go on, and no other follows."""
    for order in figures.orders.told:
        if order.is_overdue:
            number = load_city().shown_order(order.ref)
            yield Demand(
                key=f"{ORDERED}/{order.ref}",
                kind=ORDERED,
                unit=order.department,
                about=order.about,
                subject=order.subject,
                what=_("Answer the supervision order %(number)s: %(subject)s.", number=number, subject=order.subject),
                basis=_("an answer was due on %(day)s", day=order.due_on.isoformat()),
                order=order.ref,
            )


def _behind(figures: Figures) -> Iterator[Demand]:
    """One demand for each lead unit, which has all its items behind."""
    by_lead: dict[Label, list[LaggingItem]] = {}
    for item in figures.programme.behind if figures.programme else ():
        by_lead.setdefault(item.lead, []).append(item)
    for lead, items in by_lead.items():
        yield Demand(
            key=f"{BEHIND}/{lead.zh}",
            kind=BEHIND,
            unit=lead,
            about="",
            subject=_("Catch up with the plan of the year's programme"),
            what=_("Bring these items back to their plan: %(items)s.", items=_items(items)),
            in_full=_("Bring these items back to their plan: %(items)s.", items=named(_names(items))),
            basis=_gaps(items),
        )


def _items(items: list[LaggingItem]) -> str:
    names = named(_names(items[:ITEMS_SHOWN]))
    if len(items) <= ITEMS_SHOWN:
        return names
    return _("%(items)s and others, %(number)s in all", items=names, number=len(items))


def _names(items: list[LaggingItem]) -> list[str]:
    return [f"{item.item_no} {item.name}" for item in items]


def _gaps(items: list[LaggingItem]) -> str:
    gaps = sorted(float(item.gap) * 100 for item in items)
    texts = dict.fromkeys(f"{gap:.1f}" for gap in (gaps[0], gaps[-1]))
    behind = _("%(points)s points behind the plan", points="–".join(texts))
    latest = max(items, key=lambda item: item.days)
    if not latest.node:
        return behind
    return listed([behind, _("“%(node)s” late by up to %(days)s days", node=latest.node, days=latest.days)])


def _approval(project: str, item: Label, ref: str) -> dict[str, str]:
    return {"project": project, "item": label(item), "ref": shown_ref(ref)}


def _open_order(ref: str, figures: Figures) -> str:
    """The newest order about this approval that was not done at the close."""
    orders = [order.ref for order in figures.orders.told if order.about == ref and _is_open(order)]
    return orders[-1] if orders else ""


def _is_open(order: OrderTold) -> bool:
    return order.state not in ORDER.final_states


def objection_to(ref: str, figures: Figures) -> str:
    """What is objected to about an approval at the close, or still may be; empty when nothing is."""
    return listed([objection_state(row) for row in figures.objections if row.ref == ref])


def objection_state(objection: Objection) -> str:
    if objection.is_raised:
        return _("objection under review")
    day = objection.until.isoformat() if objection.until else ""
    return _("within the appeal period (until %(day)s)", day=day)
