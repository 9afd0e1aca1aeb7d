"""Reads the forms of the programme: the cells of an entry, and the plan of an item."""

from collections.abc import Mapping
from typing import Any

from flask import request

from approvals.base.text_validation import whole_number
from approvals.web.forms import FormInput, form_input, form_rows
from workflows.charts.item import ITEM
from workflows.charts.monthly_entry import ENTRY
from workflows.rules.programme_facts import KINDS_OF_MONEY

OF_ROWS = ("spent_funds", "reached_nodes", "forecast", "problem_words")  # kinds that are read row by row
_YES_NO = {"yes": True, "no": False}


def entry_input(move: str) -> FormInput:
    """The input of a report or an amendment; a row of which nothing was typed is no row."""
    needs = [need for need in ENTRY.move(move).needs if need.kind not in OF_ROWS]
    values = form_input(needs)
    values["funds"] = [row for row in form_rows("funds") if any(row.get(kind) for kind in KINDS_OF_MONEY)]
    values["nodes"] = [row for row in form_rows("nodes") if row.get("reached_on")]
    values["evidence"] = request.form.getlist("evidence")  # none is an answer too: nothing is kept
    expected = [row for row in form_rows("expected") if row.get("expected_on")]
    if expected:
        values["forecast"] = {"nodes": expected}
    if not values.get("problems"):
        values.pop("problems", None)
    words = [word for row in form_rows("problem_words") if (word := _problem_word(row))]
    return values | ({"problem_words": words} if words else {})


def _problem_word(row: Mapping[str, str]) -> dict[str, Any]:
    """A word on an open problem, or that nothing has changed; nothing where neither was said."""
    number = whole_number(row.get("problem", ""), digits=6)
    if number is None or not (row.get("text") or row.get("no_change")):
        return {}
    return {"problem": number} | ({"text": row["text"]} if row.get("text") else {})


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
