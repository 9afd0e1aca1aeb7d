"""Reads the forms of the programme: the cells of an entry, and the plan of an item."""

from collections.abc import Mapping
from typing import Any

from flask import request

from approvals.web.forms import FormInput, form_input, form_rows
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY

MONEY = ("allocated", "received", "paid")
_YES_NO = {"yes": True, "no": False}


def entry_input(move: str) -> FormInput:
    """The input of a report or an amendment; a row of which nothing was typed is no row."""
    needs = [need for need in ENTRY.move(move).needs if need.kind not in ("spent_funds", "reached_nodes", "forecast")]
    values = form_input(needs)
    values["funds"] = [row for row in form_rows("funds") if any(row.get(kind) for kind in MONEY)]
    values["nodes"] = [row for row in form_rows("nodes") if row.get("reached_on")]
    values["evidence"] = request.form.getlist("evidence")  # none is an answer too: nothing is kept
    expected = [row for row in form_rows("expected") if row.get("expected_on")]
    if expected:
        values["forecast"] = {"nodes": expected}
    if not values.get("problems"):
        values.pop("problems", None)
    return values


def plan_input() -> FormInput:
    """The input of `assign`, with the targets of each indicator by task."""
    values = form_input(need for need in ITEM.move("assign").needs if need.name != "indicators")
    values["indicators"] = [_indicator(row) for row in form_rows("indicators")]
    values["nodes"] = [_with_flag(row, "needs_evidence") for row in values.get("nodes", ())]
    values["funds"] = [_with_flag(row, "fiscal") for row in values.get("funds", ())]
    return values


def _indicator(row: Mapping[str, str]) -> dict[str, Any]:
    targets = {name.removeprefix("targets."): text for name, text in row.items() if name.startswith("targets.")}
    own: dict[str, Any] = {name: text for name, text in row.items() if not name.startswith("targets.")}
    if "decimals" in own and own["decimals"].isascii() and own["decimals"].isdigit():
        own["decimals"] = int(own["decimals"])
    return own | {"targets": targets}


def _with_flag(row: Mapping[str, str], name: str) -> dict[str, Any]:
    return {key: _YES_NO.get(value, value) if key == name else value for key, value in row.items()}
