"""What people say about a report: comments on its draft, and acknowledgements and instructions once it is issued."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_role
from approvals.base.errors import NotFound, Refused
from approvals.base.texts import N_
from approvals.history.actions import attest, move
from approvals.history.city import CITY
from approvals.history.inputs import check_input
from approvals.reports.actions import case_of, on_city_chain
from approvals.reports.months import Period
from approvals.reports.queries import draft_of, remarks_of, report_in_force
from workflows.report import REPORT


def comment(tx: Connection, kind: str, period: Period, given: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Comment on a section of the draft; NotFound when there is none."""
    role = acting_role(by, REPORT.move("comment"), CITY)
    facts = check_input(REPORT, "comment", given)
    with on_city_chain(tx, now) as record:
        draft = draft_of(tx, kind, period)
        if draft is None:
            raise NotFound(N_("There is no draft of this report."))
        move(record, case_of(draft), "comment", by=by, role=role, facts=facts)


def answer_report(
    tx: Connection, kind: str, period: Period, name: str, given: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Acknowledge the report in force, once, or write an instruction on it; NotFound when none was issued."""
    role = acting_role(by, REPORT.move(name), CITY)
    facts = check_input(REPORT, name, given)
    with on_city_chain(tx, now) as record:
        issued = report_in_force(tx, period, kind)
        if issued is None:
            raise NotFound(N_("No report was issued for this month yet."))
        if name == "acknowledge" and any(one.actor == by.username for one in remarks_of(tx, issued.id, (name,))):
            raise Refused(N_("You have acknowledged this report already."))
        attest(record, case_of(issued), name, by=by, role=role, facts=facts)
