"""The supervision orders of a month: counted for the city and its departments, and told one by one."""

from collections.abc import Mapping

from approvals.reports.figures.aggregate import Closing
from approvals.reports.figures.case_items import ORDERS, CaseItems, departments_of, part
from approvals.reports.figures.case_lists import item_label
from approvals.reports.figures.order_model import OrderCounts, OrderFigures, OrderLine, OrderTold
from approvals.reports.figures.order_replay import OrderStory
from approvals.reports.figures.replay import ProjectStory
from approvals.reports.figures.source_data import SourceData


def order_figures(record: SourceData, closing: Closing, now: CaseItems, before: CaseItems) -> OrderFigures:
    """All about orders, of the month as it stood at this closing and of the month before."""
    stories = {story.record.id: story for story in closing.stories}
    moved = [one for one in now.orders if one.is_open or one.entries[-1].at >= closing.month.starts_at]
    return OrderFigures(
        city=part(OrderCounts, now.of(), ORDERS),
        city_before=part(OrderCounts, before.of(), ORDERS),
        departments=_departments(record, now, before),
        told=tuple(_told(one, closing, record, stories) for one in moved),
    )


def _departments(record: SourceData, now: CaseItems, before: CaseItems) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            str(unit),
            record.units[unit],
            *(part(OrderCounts, month.of(department_id=unit), ORDERS) for month in (now, before)),
        )
        for unit in departments_of(ORDERS, now, before)
    )


def _told(one: OrderStory, closing: Closing, record: SourceData, stories: Mapping[int, ProjectStory]) -> OrderTold:
    own = one.record
    project, name = _project(one, stories)
    return OrderTold(
        ref=own.ref,
        subject=one.facts["subject"],
        demands=one.facts["demands"],
        about=f"{project}/{own.code}" if own.code else project,
        project=name,
        item=item_label(own.code) if own.code else None,
        department=record.units[own.department_id],
        level=one.facts["level"],
        source_kind=one.facts.get("source_kind", ""),
        source_ref=one.facts.get("source_ref", ""),
        issued_on=one.issued_on,
        due_on=one.due_on,
        state=one.state,
        is_overdue=one.is_overdue(closing.on),
        lifted_to=one.lifted_to,
        answer=one.answer,
        answered_on=one.answered_on,
        commitment_on=one.commitment_on,
        returned=one.returned,
    )


def _project(one: OrderStory, stories: Mapping[int, ProjectStory]) -> tuple[str, str]:
    """Reference and name of the project as they were known at the close; what ended before keeps those of its row."""
    story = stories.get(one.record.project_id or 0)
    return (story.ref, story["name"]) if story else (one.record.project_ref, one.record.project)
