"""Figures of the programme as JSON: amounts in 10,000 yuan as texts with two decimals, rates with four."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.base.formatting import plain_number
from approvals.casefile.programme.item_figures import IndicatorAnswer, ItemFigures, ItemSummary
from approvals.casefile.programme.plan_changes import AskedReplan
from approvals.programme.queries import task_label
from approvals.programme.years.outcomes import YearOutcome
from workflows.rules.programme_figures import Money
from workflows.rules.programme_summary import FigureGroup, ProgrammeFigures, SourceMoney

Json = dict[str, Any]


def figures_json(figures: ProgrammeFigures) -> Json:
    """The figures of a year, as the API and `guahao programme figures --json` give them."""
    return {
        "year": figures.year,
        "on": figures.on.isoformat(),
        **_group_json(figures),
        "by_category": [{"category": group.name, **_group_json(group)} for group in figures.by_category],
        "by_county": [
            {"county": group.name or None, "name": task_label(group.name), **_group_json(group)}
            for group in figures.by_county
        ],
        "by_source": [_source_json(row) for row in figures.by_source],
        "quarters": [
            {"quarter": row.quarter, "planned": rate_text(row.planned), "actual": rate_text(row.actual)}
            for row in figures.quarters
        ],
    }


def _group_json(group: FigureGroup | ProgrammeFigures) -> Json:
    """What is told of all items, and of those of a group."""
    return {
        "items": asdict(group.items),
        "practical_matters": group.practical_matters._asdict(),
        "money": money_json(group.money),
        "nodes": asdict(group.nodes),
        "entries": asdict(group.entries),
        "coverage": asdict(group.coverage),
    }


def _source_json(row: SourceMoney) -> Json:
    return {"source": row.source or None, **money_json(row.money)}


def money_json(money: Money) -> Json:
    names = ("planned", "allocated", "received", "paid", "fiscal_planned")
    amounts: Json = {name: amount_text(getattr(money, name)) for name in names}
    return amounts | {"execution_rate": rate_text(money.execution_rate)}


def outcomes_json(outcomes: Iterable[YearOutcome]) -> list[Json]:
    """What stands beside the outputs, as it was stated."""
    return [
        {
            **{name: getattr(row, name) for name in ("category", "name", "unit", "period")},
            "value": plain_number(row.value),
            "change": None if row.change is None else plain_number(row.change),
            "source": row.source,
            "stated_on": row.stated_on.isoformat(),
        }
        for row in outcomes
    ]


def amount_text(amount: Decimal) -> str:
    return f"{amount:.2f}"


def rate_text(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:.4f}"


def quantity_text(quantity: Decimal | None, decimals: int) -> str | None:
    return None if quantity is None else f"{quantity:.{decimals}f}"


# Items.


def summary_json(item: ItemSummary) -> Json:
    """An item in a list."""
    names = ("ref", "year", "item_no", "name", "category", "level", "kind", "lead_unit", "state", "will_be_late")
    return {
        **{name: getattr(item, name) for name in names},
        "practical_matter": item.is_practical_matter,
        "key": item.is_key,
        "urgent": item.is_urgent,
        "behind": item.is_behind,
        "starts_on": day_text(item.starts_on),
        "finishes_on": day_text(item.finishes_on),
        "planned_share": rate_text(item.planned_share),
        "actual_share": rate_text(item.actual_share),
        "counties": list(item.counties),
        "money": money_json(item.money),
        "node_counts": asdict(item.nodes),
        "moved": item.moved._asdict(),
    }


def item_json(item: ItemFigures) -> Json:
    """An item with its tasks, indicators, nodes, funds and entries."""
    return {
        **summary_json(item.summary),
        "on": item.sight.on.isoformat(),
        "known": item.sight.known.isoformat(),
        "leader": item.leader,
        "version": item.version,
        "moves": list(item.moves),
        "tasks": [asdict(task) | {"name": task_label(task.code)} for task in item.tasks],
        "indicators": [_indicator_json(row) for row in item.indicators],
        "nodes": [
            asdict(row)
            | {name: day_text(getattr(row, name)) for name in ("baseline", "replanned", "expected", "actual")}
            | {"moved": row.moved._asdict(), "whose_days": dict(row.whose_days)}
            for row in item.nodes
        ],
        "replans": [_replan_json(row) for row in item.replans],
        "funds": [
            {
                "source": row.source,
                "task": row.task,
                "mode": row.mode,
                "fiscal": row.is_fiscal,
                "planned": amount_text(row.money.planned),
                "replanned": amount_text(row.money.replanned),
                "allocated": amount_text(row.money.allocated),
                "received": amount_text(row.money.received),
                "paid": amount_text(row.money.paid),
                "month": row.month,
            }
            for row in item.funds
        ],
        "entries": [
            {
                "ref": row.ref,
                "task": row.task,
                "month": row.month,
                "due_on": row.due_on.isoformat(),
                "due": row.is_due,
                "state": row.state,
                "reported_on": day_text(row.reported_on),
                "on_time": row.is_on_time,
                "complete": row.is_complete,
                "confirmed_on": day_text(row.confirmed_on),
            }
            for row in item.entries
        ],
    }


def _replan_json(row: AskedReplan) -> Json:
    return {
        **{name: getattr(row, name) for name in ("state", "cause", "reason")},
        "asked_on": row.asked_on.isoformat(),
        "late": row.is_late,
        "decided_on": day_text(row.decided_on),
        "nodes": [{"task": task, "name": name, "planned_on": day.isoformat()} for task, name, day in row.nodes],
        "funds": [
            {"task": task, "source": source, "planned": amount_text(amount)} for task, source, amount in row.funds
        ],
        "days": [asdict(days) for days in row.days],
    }


def _indicator_json(row: IndicatorAnswer) -> Json:
    figures = ("target", "planned", "actual")
    return {
        **{name: getattr(row, name) for name in ("name", "unit", "decimals", "adds_up", "direction")},
        **{name: quantity_text(getattr(row, name), row.decimals) for name in figures},
        "tasks": [
            {"task": part.task, "month": part.month}
            | {name: quantity_text(getattr(part, name), row.decimals) for name in figures}
            for part in row.tasks
        ],
    }


def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None
