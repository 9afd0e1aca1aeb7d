"""Turns views into the answers of the JSON API."""

from collections.abc import Iterable
from typing import Any

import orjson
from flask import Response

from approvals.accounts.actors import Actor
from approvals.base.errors import Problem
from approvals.casefile.forecast import Prospects
from approvals.casefile.queries import PlannedView, PlanView, Recorded
from approvals.filing.views import ProjectView, open_to
from approvals.http.errors import faults, told
from approvals.windows.queries import ApprovalView
from workflows.charts.model import Move
from workflows.clock.plan import Expected

_SAME_OF_PROJECT = (
    "ref", "number", "shown_number", "external_ref", "item_no", "name", "category", "kind", "county", "answers",
    "owner", "liaison", "liaison_name", "state", "state_since", "version", "drafted_at", "filed_at", "registered_at",
    "review_on",
)  # fmt: skip
_SAME_OF_APPROVAL = (
    "ref", "project", "project_name", "project_state", "code", "department", "owner", "liaison", "stage", "requires",
    "state", "state_since", "version", "round", "document_no", "light", "received_on", "accepted_on", "decided_on",
    "delivered_on", "notice_due_on", "promised_due_on", "legal_due_on", "delivery_due_on", "due_on", "promised_limit",
    "legal_limit", "legal_unit",
)  # fmt: skip
_SAME_OF_ENTRY = ("seq", "subject", "round", "move", "actor", "role", "unit", "at", "recorded_at", "facts", "hash")
_SAME_OF_ESCALATION = (
    "level", "round", "state", "version", "light", "raised_on", "answer_due_on", "commitment_on", "reason",
)  # fmt: skip


def json_answer(body: object, status: int = 200, **headers: str) -> Response:
    """The answer with this body; days and moments are written in ISO form."""
    return Response(orjson.dumps(body), status, headers, content_type="application/json")


def names(moves: Iterable[Move]) -> list[str]:
    return [move.name for move in moves]


def project_json(found: ProjectView, actor: Actor) -> dict[str, Any]:
    """A project, with the moves that are open to the actor."""
    return {name: getattr(found, name) for name in _SAME_OF_PROJECT} | {
        "id": found.uid,
        "planned_10k_yuan": float(found.planned_10k_yuan),
        "key": found.is_key,
        "urgent": found.is_urgent,
        "practical_matter": found.is_practical_matter,
        "moves": names(open_to(found, actor)),
    }


def entry_json(line: Recorded) -> dict[str, Any]:
    """One entry of a project's record."""
    told = {name: getattr(line.entry, name) for name in _SAME_OF_ENTRY}
    return told | {"approval": line.code, "from": line.entry.from_state, "to": line.entry.to_state}


def plan_json(plan: PlanView, found: Prospects | None) -> dict[str, Any]:
    expected = found.promised.expected if found else {}
    return {
        "ref": plan.project.ref,
        "state": plan.project.state,
        "preview": plan.is_preview,
        "approvals": [_planned_json(one, expected.get(one.item.code)) for one in plan.items],
        "ready": plan.ready,
        "critical_path": {"days": plan.critical_path.days, "codes": plan.critical_path.codes},
        "forecast": found and _forecast_json(found),
    }


def _forecast_json(found: Prospects) -> dict[str, Any]:
    return {
        "on": found.promised.today,
        "complete_on": found.promised.complete_on,
        "days": found.days,
        "chain": found.promised.chain,
        "blocked": found.promised.blocked,
        "pace_from_on": found.fast.complete_on,
        "pace_until_on": found.slow.complete_on,
        "legal_on": found.legal.complete_on,
        "provisional": found.is_provisional,
    }


def _expected_json(one: Expected) -> dict[str, Any]:
    return {"start_on": one.start_on, "accept_on": one.accept_on, "decide_on": one.decide_on, "late": one.is_late}


def _planned_json(one: PlannedView, expected: Expected | None) -> dict[str, Any]:
    item, standing = one.item, one.approval
    return {
        "ref": standing and standing.ref,
        "code": item.code,
        "name": item.zh,
        "name_en": item.en,
        "department": item.department,
        "stage": item.stage,
        "requires": one.requires,
        "state": standing and standing.state,
        "light": standing and standing.light,
        "due_on": standing and standing.due_on,
        "promised_limit": standing.promised_limit if standing else item.promised,
        "legal_limit": standing.legal_limit if standing else item.legal,
        "legal_unit": standing.legal_unit if standing else item.legal_unit,
        "expected": expected and _expected_json(expected),
    }


def approval_json(found: ApprovalView) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _SAME_OF_APPROVAL} | {
        "name": found.item.zh,
        "name_en": found.item.en,
        "key": found.is_key,
        "urgent": found.is_urgent,
        "deemed": found.is_deemed,
    }


def escalation_json(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAME_OF_ESCALATION}


def whole_json(found: ApprovalView, open_moves: Iterable[str], escalations: Iterable[Any]) -> dict[str, Any]:
    """An approval with what it takes, how far it has climbed, and the moves that are open."""
    return approval_json(found) | {
        "moves": list(open_moves),
        "materials": found.item.materials,
        "procedures": list(found.item.special),
        "escalations": [escalation_json(row) for row in escalations],
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    """Why a line of a feed was refused."""
    fields = {_printable(name): list(found) for name, found in faults(problem).items()}
    return {"status": problem.status, "detail": told(problem), "fields": fields}


def _printable(name: str) -> str:
    """The name with a question mark for each half of a character, which JSON cannot hold."""
    return name.encode("utf-8", "replace").decode()
