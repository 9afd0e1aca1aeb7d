"""What an item's chain says of new plans and divided days: the rows that were asked for, and those that count."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from approvals.base.hashing import canonical
from approvals.programme.items.divisions import asked_days
from approvals.programme.items.replans import asked_plan

Rows = list[tuple[Any, ...]]
Asked = dict[str, Any]


def asked_replan(at: datetime, facts: Mapping[str, Any]) -> Asked:
    reasons = {"cause": facts["cause"], "reason": facts["reason"]}
    return _asked(at, reasons, asked_plan(facts))


def asked_division(at: datetime, facts: Mapping[str, Any]) -> Asked:
    return _asked(at, {"note": facts["note"]}, asked_days(facts))


def _asked(at: datetime, words: Mapping[str, Any], asked_for: Mapping[str, Any]) -> Asked:
    return {"state": "asked", **words, "asked_for": canonical(asked_for), "asked_at": at, "decided_at": None}


def plan_change_rows(replans: Sequence[Asked], divisions: Sequence[Asked]) -> dict[str, Rows]:
    """The rows of each table as they should stand."""
    confirmed, divided = list(_confirmed(replans)), list(_confirmed(divisions))
    return {
        "programme_replans": [tuple(row.values()) for row in replans],
        "programme_day_divisions": [tuple(row.values()) for row in divisions],
        "programme_replanned_nodes": [
            (row["task"], row["name"], date.fromisoformat(row["planned_on"]), at)
            for plan, at in confirmed
            for row in plan.get("nodes", ())
        ],
        "programme_replanned_funds": [
            (row["task"], row["source"], Decimal(row["planned_10k_yuan"]), at)
            for plan, at in confirmed
            for row in plan.get("funds", ())
        ],
        "programme_party_days": [*_party_days(confirmed, False), *_party_days(divided, True)],
    }


def _confirmed(rows: Sequence[Asked]) -> Iterator[tuple[Any, datetime]]:
    return ((orjson.loads(row["asked_for"]), row["decided_at"]) for row in rows if row["state"] == "confirmed")


def _party_days(asked: Sequence[tuple[Any, datetime]], is_division: bool) -> Rows:
    return [
        (row["task"], row["name"], row["party"], row["days"], at, is_division)
        for plan, at in asked
        for row in plan.get("days", ())
    ]
