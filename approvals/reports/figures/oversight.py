"""What stands in the report beside the approvals' own figures: answers to escalations, cards, the liaisons' service."""

from collections.abc import Iterable, Sequence
from statistics import median

from approvals.reports.figures.aggregate import Closing
from approvals.reports.figures.cards import card_lines
from approvals.reports.figures.case_items import CARDS, SERVICE, CaseItems, departments_of, officers_of, part
from approvals.reports.figures.case_lists import item_label
from approvals.reports.figures.liaison_service import Question
from approvals.reports.figures.order_model import CardsLine
from approvals.reports.figures.oversight_model import CardCounts, EscalationLine, Oversight, ServiceCounts, ServiceLine
from approvals.reports.figures.replay import ApprovalStory, Escalated, ProjectStory
from approvals.reports.figures.source_data import SourceData
from approvals.reports.periods import Period

COUNTED = ("asked", "answered", "in_time", "climbed", "contacts")  # what has a list behind it


def oversight(record: SourceData, closing: Closing, now: CaseItems, before: CaseItems) -> Oversight:
    """All of it, of the month as it stood at this closing and of the month before."""
    return Oversight(
        escalations=escalations(closing, record),
        cards=part(CardCounts, now.of(), CARDS),
        cards_before=part(CardCounts, before.of(), CARDS),
        card_list=card_lines(now.card_moves, record),
        service=_service(now),
        service_before=_service(before),
        liaisons=_service_lines(record, now, before),
    )


# Escalations one by one.


def escalations(closing: Closing, record: SourceData) -> tuple[EscalationLine, ...]:
    """Those that were answered in the month or were open at its close, the highest level first."""
    found = [
        _escalation(story, approval, one, record)
        for story in closing.stories
        for approval in story.approvals.values()
        for one in approval.escalated.values()
        if one in approval.open_escalations() or _answered_in(one, closing.month)
    ]
    return tuple(sorted(found, key=lambda one: (-one.level, one.raised_on, one.ref)))


def _answered_in(one: Escalated, month: Period) -> bool:
    return one.answered_on is not None and month.first_on <= one.answered_on


def _escalation(story: ProjectStory, approval: ApprovalStory, one: Escalated, record: SourceData) -> EscalationLine:
    plan = approval.plan
    return EscalationLine(
        ref=f"{story.ref}/{plan.code}",
        project=story["name"],
        item=item_label(plan.code),
        department=record.units[plan.department_id],
        level=one.level,
        raised_on=one.raised_on,
        is_open=one in approval.open_escalations(),
        answered_on=one.answered_on,
        reason=one.reason,
        commitment_on=one.commitment_on,
    )


# Cards and the liaisons' service.


def card_departments(record: SourceData, now: CaseItems, before: CaseItems) -> tuple[CardsLine, ...]:
    """The cards of each department that had any, in the order of the units."""
    return tuple(
        CardsLine(
            str(unit),
            record.units[unit],
            *(part(CardCounts, month.of(department_id=unit), CARDS) for month in (now, before)),
        )
        for unit in departments_of(CARDS, now, before)
    )


def _service(month: CaseItems, officer: str | None = None) -> ServiceCounts:
    """Of all officers, or of one."""
    counted = month.of(officer=officer)
    answers = _minutes(one for one in month.questions if officer in (None, one.liaison))
    counts = {name: len(counted.get(f"{SERVICE}.{name}", ())) for name in COUNTED}
    return ServiceCounts(
        **counts,
        median_minutes=float(median(answers)) if answers else None,
        longest_minutes=max(answers, default=None),
    )


def _minutes(questions: Iterable[Question]) -> Sequence[int]:
    return [one.minutes for one in questions if one.minutes is not None]


def _service_lines(record: SourceData, now: CaseItems, before: CaseItems) -> tuple[ServiceLine, ...]:
    return tuple(
        ServiceLine(name, record.people.get(name, name), _service(now, name), _service(before, name))
        for name in officers_of(now, before)
    )
