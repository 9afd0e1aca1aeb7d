"""Columns of the lists of the programme: the items of its ledger, and its problems."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from approvals.base.i18n import N_, own_name, series
from approvals.casefile.programme.ledger import ItemRow
from approvals.casefile.programme.problem_list import ProblemRow
from approvals.exports.lists.files import ListColumn
from approvals.exports.lists.words import unit, word
from workflows.charts.item import ITEM
from workflows.config.city import load_city


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(Decimal("0.01"))


def _planned_share(row: ItemRow) -> Decimal | None:
    return _percent(row.shares[0]) if row.shares else None


def _actual_share(row: ItemRow) -> Decimal | None:
    return _percent(row.shares[1]) if row.shares else None


def _execution(row: ItemRow) -> Decimal | None:
    return _percent(row.money.execution_rate)


def _held_tasks(row: ProblemRow) -> str:
    """The tasks that a problem holds up: those of other items with their numbers."""
    return series(task.place if task.item_no == row.item_no else f"{task.item_no} {task.place}" for task in row.tasks)


LEDGER = (
    ListColumn("item_no", N_("No."), lambda row: row.item_no, sort="number"),
    ListColumn("name", N_("Name"), lambda row: row.name, sort="name", is_wide=True),
    ListColumn("lead", N_("Lead unit"), lambda row: unit(row.lead), sort="lead"),
    ListColumn("places", N_("County"), lambda row: series(row.places)),
    ListColumn("category", N_("Category"), lambda row: word(row.category), sort="category"),
    ListColumn("kind", N_("Kind"), lambda row: word(row.kind)),
    ListColumn("state", N_("State"), lambda row: word(row.state), sort="state"),
    ListColumn("planned_course", N_("Planned progress (%)"), _planned_share, "percent"),
    ListColumn("actual_course", N_("Actual progress (%)"), _actual_share, "percent", sort="course"),
    ListColumn("behind", N_("Behind the plan"), lambda row: row.is_behind, "yes_no"),
    ListColumn("planned", N_("Planned (10k yuan)"), lambda row: row.money.planned, "amount", sort="planned"),
    ListColumn("paid", N_("Paid (10k yuan)"), lambda row: row.money.paid, "amount", sort="paid"),
    ListColumn("execution", N_("Execution rate (%)"), _execution, "percent", sort="execution"),
    ListColumn("key", N_("Key project"), lambda row: row.is_key, "yes_no"),
    ListColumn("practical_matter", N_("Practical matter"), lambda row: row.is_practical_matter, "yes_no"),
)
LEDGER_KEYS: Mapping[str, Callable[[ItemRow], Any]] = {
    "number": lambda row: row.item_no,
    "name": lambda row: row.name,
    "lead": lambda row: own_name(row.lead),
    "category": lambda row: _category_order().get(row.category.zh),
    "state": lambda row: ITEM.state_names.index(row.state.name),
    "course": lambda row: row.shares[1] if row.shares else None,
    "planned": lambda row: row.money.planned,
    "paid": lambda row: row.money.paid,
    "execution": lambda row: row.money.execution_rate,
}
PROBLEMS = (
    ListColumn("item_no", N_("No."), lambda row: row.item_no, sort="item"),
    ListColumn("item", N_("Programme item"), lambda row: row.item, is_wide=True),
    ListColumn("number", N_("Problem"), lambda row: row.number, "whole"),
    ListColumn("kind", N_("Kind"), lambda row: word(row.kind), sort="kind"),
    ListColumn("text", N_("Obstacles"), lambda row: row.text, is_wide=True),
    ListColumn("tasks", N_("Task"), _held_tasks, is_wide=True),
    ListColumn("state", N_("State"), lambda row: word(row.state)),
    ListColumn("since", N_("Since"), lambda row: row.since_on, "day", sort="since"),
    ListColumn("days", N_("Days"), lambda row: row.days, "whole"),
    ListColumn("expected", N_("Expected to end on"), lambda row: row.expected_on, "day", sort="expected"),
    ListColumn("closed", N_("Settled on"), lambda row: row.closed_on, "day"),
    ListColumn("unit", N_("Unit asked"), lambda row: unit(row.asked_unit)),
    ListColumn("office", N_("Office asked"), lambda row: row.asked_office),
    ListColumn("asked", N_("Asked on"), lambda row: row.asked_on, "day"),
    ListColumn("answered", N_("Answered on"), lambda row: row.answered_on, "day"),
    ListColumn("said", N_("Last update"), lambda row: row.said_on, "day"),
    ListColumn("last_text", N_("Its text"), lambda row: row.last_text, is_wide=True),
    ListColumn("stale", N_("No update for a long time"), lambda row: row.is_stale, "yes_no"),
    ListColumn("order", N_("Order"), lambda row: row.order_ref),
)


def _category_order() -> dict[str, int]:
    return {words.zh: place for place, words in enumerate(load_city().categories.values())}
