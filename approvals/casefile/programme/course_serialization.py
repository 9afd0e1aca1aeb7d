"""The course of a programme, and what changed between two days, as JSON."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from approvals.base.formatting import plain_number
from approvals.base.pagination import MOST
from approvals.casefile.programme.course import CourseView
from approvals.casefile.programme.serialization import Json, amount_text, day_text, quantity_text, rate_text
from approvals.programme.queries import task_label
from workflows.rules.programme_changes import Changes, ToldChange, Value
from workflows.rules.programme_course import Course, MonthOfCourse, QuarterEnd
from workflows.rules.programme_last_year import Change, ChangeOnLastYear
from workflows.rules.programme_late_nodes import LateNode, late_count
from workflows.rules.programme_quantities import QuantityCourse

QUARTER_SHARES = ("nodes_planned", "nodes_actual", "money_planned", "money_actual")


def course_json(view: CourseView) -> Json:
    """The course with last year's beside it."""
    last_year = _course(view.last_year) if view.last_year else None
    return _course(view.course) | {"last_year": last_year, "change": _change_on_last_year(view.change)}


def _change_on_last_year(change: ChangeOnLastYear | None) -> Json | None:
    if change is None:
        return None
    paid = _change_of_amount(change.executed) if change.executed else None
    amounts = {"planned": _change_of_amount(change.planned), "fiscal": _change_of_amount(change.fiscal), "paid": paid}
    return amounts | {"source": change.source}


def _change_of_amount(change: Change) -> Json:
    amounts = {name: amount_text(getattr(change, name)) for name in ("this_year", "last_year", "amount")}
    return amounts | {"rate": rate_text(change.rate)}


def _course(course: Course) -> Json:
    rhythm = course.rhythm
    return {
        "year": course.year,
        "on": course.sight.on.isoformat(),
        "known": course.sight.known.isoformat(),
        "nodes": course.nodes,
        "planned": amount_text(course.money),
        "time_share": rate_text(course.time_share),
        "execution_rate": rate_text(course.execution_rate),
        "planned_rate": rate_text(course.planned_rate),
        "gap_to_time": rate_text(course.gap_to_time),
        "gap_to_plan": rate_text(course.gap_to_plan),
        "months": [_month(month) for month in course.months],
        "quantities": [_quantity(row) for row in course.quantities],
        "quarters": [_quarter(row) for row in rhythm.quarters],
        "last_quarter": {
            "planned": rate_text(rhythm.last_quarter_planned),
            "nodes": rate_text(rhythm.last_quarter_nodes),
            "money": rate_text(rhythm.last_quarter_money),
        },
        "permits": {
            "all": rhythm.permits,
            "by_june": rhythm.permits_by_june,
            "share": rate_text(rhythm.permit_share),
        },
        "counties": [
            {
                "county": row.county,
                "name": task_label(row.county),
                "nodes": rate_text(row.nodes),
                "money": rate_text(row.money),
            }
            for row in course.counties
        ],
        "spread": rate_text(course.spread),
        "late": _late(course.late),
    }


def _late(nodes: Sequence[LateNode]) -> Json:
    count = late_count(nodes)
    return {
        "nodes": count.nodes,
        "days": sum(node.days for node in nodes),
        "open": count.open,
        "unforeseen": count.unforeseen,
        "longest": [_late_node(node) for node in nodes[:MOST]],
    }


def _late_node(node: LateNode) -> Json:
    return {
        "item_no": node.item_no,
        "task": node.code,
        "name": node.name,
        "baseline": node.planned_on.isoformat(),
        "replanned": day_text(node.replanned_on),
        "actual": day_text(node.reached_on),
        "days_late": node.days,
        "foreseen": node.was_foreseen,
    }


def _month(month: MonthOfCourse) -> Json:
    money = month.money_actual
    return {
        "month": month.month,
        "time_share": rate_text(month.time_share),
        "nodes_planned": month.nodes_planned,
        "nodes_actual": month.nodes_actual,
        "weighted_planned": rate_text(month.weighted_planned),
        "weighted_actual": rate_text(month.weighted_actual),
        "money_planned": amount_text(month.money_planned),
        "money_actual": None if money is None else amount_text(money),
    }


def _quantity(row: QuantityCourse) -> Json:
    def texts(values: Sequence[Decimal | None]) -> list[str | None]:
        return [quantity_text(value, row.decimals) for value in values]

    about = {"indicator": row.indicator, "unit": row.unit, "target": quantity_text(row.target, row.decimals)}
    return about | {"planned": texts(row.planned), "actual": texts(row.actual)}


def _quarter(row: QuarterEnd) -> Json:
    return {"quarter": row.quarter, **{name: rate_text(getattr(row, name)) for name in QUARTER_SHARES}}


def changes_json(changes: Changes) -> Json:
    return {
        "since": changes.earlier.on.isoformat(),
        "on": changes.later.on.isoformat(),
        "known": changes.later.known.isoformat(),
        "joined": list(changes.joined),
        "left": list(changes.left),
        "changed": [_change(change) for change in changes.changed],
    }


def _change(change: ToldChange) -> Json:
    return {
        "item_no": change.item_no,
        "what": change.what,
        "task": change.task or None,
        "name": change.name or None,
        "before": _value(change.before, change.what),
        "after": _value(change.after, change.what),
        "kind": change.kind,
    }


def _value(value: Value, what: str) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_number(value) if what == "quantity" else amount_text(value)
    return value
