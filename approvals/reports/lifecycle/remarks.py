"""Remarks on a report: comments on its draft; acknowledgements and instructions after its issue."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_role
from approvals.base.errors import NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.filing.views import project
from approvals.history.commands import Command, Reference, orders_about
from approvals.history.inputs import check_input
from approvals.history.record import CITY, attest, move
from approvals.reports.figures.source_data import item_names
from approvals.reports.lifecycle.actions import case_of, on_city_chain
from approvals.reports.lifecycle.queries import IssuedReport, draft_of, remarks_of, report_in_force
from approvals.reports.periods import Period
from approvals.supervision.orders.actions import OrderSource, issue_order
from workflows.charts.report import REPORT
from workflows.config.city import load_city

CASE = re.compile(r"[0-9]{6}-[0-9]{4}-[0-9]{5}(/[A-Z][0-9]{2})?")  # a registered project, or one of its approvals
MOST_OF_NAME = 120  # characters of a project's name in the subject of an order


def comment(tx: Connection, kind: str, period: Period, inputs: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Comment on a section of the draft; NotFound when there is none."""
    role = acting_role(by, REPORT.move("comment"), CITY)
    facts = check_input(REPORT, "comment", inputs)
    with on_city_chain(tx, now) as record:
        draft = draft_of(tx, kind, period)
        if draft is None:
            raise NotFound(N_("There is no draft of this report."))
        move(record, case_of(draft), "comment", by=by, role=role, facts=facts)


def acknowledge(tx: Connection, kind: str, period: Period, by: Actor, now: datetime) -> None:
    """Record that somebody has read the report in force, once; NotFound when none was issued."""
    role = acting_role(by, REPORT.move("acknowledge"), CITY)
    with on_city_chain(tx, now) as record:
        issued = _issued(tx, kind, period)
        if any(entry.actor == by.username for entry in remarks_of(tx, issued.id, ("acknowledge",))):
            raise Refused(N_("You have already acknowledged this report."))
        attest(record, case_of(issued), "acknowledge", by=by, role=role)


def instruct(tx: Connection, kind: str, period: Period, inputs: Mapping[str, Any], by: Actor, now: datetime) -> str:
    """Write an instruction on a line of the report in force, which issues a supervision order; the order's reference.

    A line that is a project or an approval as `510400-2026-00017/A07` leads to an order about it, any other one to an
    order at large, which needs its department.
    """
    role = acting_role(by, REPORT.move("instruct"), CITY)
    facts = check_input(REPORT, "instruct", inputs)
    issued = _issued(tx, kind, period)
    try:
        command = Command("issue", _about(facts["on"]), _order(tx, inputs, by), by, now)
        order = issue_order(tx, command, OrderSource(REPORT.name, f"{kind}/{period}"))
    except NotFound:
        raise invalid("on", N_("is not a registered project or approval")) from None
    with on_city_chain(tx, now) as record:
        attest(record, case_of(issued), "instruct", by=by, role=role, facts=facts | {"order": order.label})
    return order.label


def _order(tx: Connection, inputs: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """What an instruction gives to its order."""
    order = {"subject": _subject(tx, inputs["on"], by), "demands": inputs["text"], "due_on": inputs["due_on"]}
    return order | ({"department": inputs["department"]} if inputs.get("department") else {})


def _subject(tx: Connection, line: str, by: Actor) -> str:
    """What the order is about in words, as it stands on paper: a reference alone says nothing to its reader."""
    if not CASE.fullmatch(line):
        return line
    number, _slash, code = line.partition("/")
    view = project(tx, number, by)
    words = view.name if len(view.name) <= MOST_OF_NAME else f"{view.name[:MOST_OF_NAME]}…"
    shown = load_city().shown_number(number)
    if code:
        return f"{shown}“{words}”{item_names(tx).of(view.catalogue_sha256, code).zh}办理情况"
    return f"{shown}“{words}”推进情况"


def _about(line: str) -> Reference:
    return orders_about(line if CASE.fullmatch(line) else "")


def _issued(tx: Connection, kind: str, period: Period) -> IssuedReport:
    issued = report_in_force(tx, period, kind)
    if issued is None:
        raise NotFound(N_("No report has been issued for this month yet."))
    return issued
