"""Supervision orders that an issued bulletin proposes: the office confirms or declines them one by one.

A proposal is no row of its own. It follows from the frozen figures of the bulletin in force, from the orders that have
the bulletin as their source, and from the record of those that were declined.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor, acting_role
from approvals.base.errors import NotFound, Refused
from approvals.base.formatting import long_day
from approvals.base.i18n import N_, in_language
from approvals.base.i18n import gettext as _
from approvals.history.commands import Command, orders_about
from approvals.history.inputs import check_input
from approvals.history.queries import EntryView
from approvals.history.record import CITY, attest
from approvals.history.timeline import EntryDescription, describe
from approvals.reports.document.bulletin.demands import Demand, demands
from approvals.reports.lifecycle.actions import case_of, on_city_chain
from approvals.reports.lifecycle.queries import (
    TABLE,
    IssuedReport,
    frozen_figures,
    issued_reports,
    remarks_of,
    report_in_force,
)
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.lifecycle.views import OrderName
from approvals.reports.periods import BULLETIN, Period
from approvals.reports.titles import report_title
from approvals.supervision.orders.actions import OrderSource, issue_order
from approvals.supervision.orders.queries import ORDERS, departments, ref_of_order
from workflows.charts.report import REPORT
from workflows.config.city import load_city

CONFIRM, DECLINE = "confirm_order", "decline_order"
Status = Literal["open", "ordered", "declined", "standing", "unreachable"]


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """What the bulletin demands of one unit, and what became of it.

    `standing` is what an order of before demands, `unreachable` what is asked of a unit that no order can go to.
    `words` are what a new order says at first; `decision` tells who confirmed or declined it.
    """

    demand: Demand
    status: Status
    order: OrderName | None
    reason: str
    decision: EntryDescription | None
    words: Mapping[str, str]


def proposed_orders(tx: Connection, period: Period) -> tuple[ProposedOrder, ...]:
    """Those of the bulletin in force, in its order; none while it is not issued."""
    issued = report_in_force(tx, period, BULLETIN)
    if issued is None:
        return ()
    figures = frozen_figures(tx, issued)
    with in_language(ISSUED_IN):
        words = {demand.key: _words(demand, issued) for demand in demands(figures)}
    orders, decided = _orders(tx, period), _decided(tx, period)
    decisions = dict(zip((entry.facts["on"] for entry in decided), describe(tx, decided), strict=True))
    declined = {entry.facts["on"]: entry.facts["reason"] for entry in decided if entry.move == DECLINE}
    units = {row.name for row in departments(tx)}
    return tuple(
        ProposedOrder(
            demand=demand,
            status=_status(demand, orders, declined, units),
            order=_order_name(orders.get(demand.key) or demand.order),
            reason=declined.get(demand.key, ""),
            decision=decisions.get(demand.key),
            words=words[demand.key],
        )
        for demand in demands(figures)
    )


def _status(demand: Demand, orders: Mapping[str, str], declined: Mapping[str, str], units: set[str]) -> Status:
    if demand.key in orders:
        return "ordered"
    if demand.key in declined:
        return "declined"
    if demand.order:
        return "standing"
    return "open" if demand.about or demand.unit.zh in units else "unreachable"


def _order_name(ref: str) -> OrderName | None:
    return OrderName(ref, load_city().shown_order(ref)) if ref else None


def _words(demand: Demand, issued: IssuedReport) -> dict[str, str]:
    """Subject, demands and day of the order, in the language of orders."""
    demanded = _(
        "Under the %(title)s (%(number)s): %(what)s Basis: %(basis)s. Rectify this by %(day)s and report in writing.",
        title=report_title(BULLETIN, issued.period),
        number=issued.shown_number,
        what=demand.in_full or demand.what,
        basis=demand.basis,
        day=long_day(issued.rectify_by) if issued.rectify_by else "",
    )
    due_on = issued.rectify_by.isoformat() if issued.rectify_by else ""
    return {"subject": demand.subject, "demands": demanded, "due_on": due_on}


def _orders(tx: Connection, period: Period) -> dict[str, str]:
    """The orders that follow the bulletins of this period, by the key of the demand."""
    start = source_ref(period, "")
    columns = ORDERS.c.source_ref, ORDERS.c.year, ORDERS.c.serial
    own = ORDERS.c.source_kind == BULLETIN, ORDERS.c.source_ref.startswith(start, autoescape=True)
    rows = tx.execute(select(*columns).where(*own).order_by(ORDERS.c.id))
    return {row.source_ref.removeprefix(start): ref_of_order(row) for row in rows}


def source_ref(period: Period, key: str) -> str:
    """How an order names the demand that it follows: a correction of the bulletin demands it no second time."""
    return f"{period}/{key}"


def _decided(tx: Connection, period: Period) -> list[EntryView]:
    """What was confirmed and declined on the bulletins of this period, corrected ones too."""
    reports = issued_reports(tx, period, BULLETIN)
    return [entry for report in reports for entry in remarks_of(tx, report.id, (CONFIRM, DECLINE))]


# The moves.


def confirm_order(tx: Connection, period: Period, inputs: Mapping[str, Any], by: Actor, now: datetime) -> str:
    """Issue the order that the bulletin proposes, once; the order's reference."""
    role = acting_role(by, REPORT.move(CONFIRM), CITY)
    facts = check_input(REPORT, CONFIRM, inputs)
    issued, demand = _still_open(tx, period, facts["on"])
    given = {name: inputs[name] for name in ("subject", "demands", "due_on")}
    if not demand.about:
        given["department"] = demand.unit.zh
    source = OrderSource(BULLETIN, source_ref(period, demand.key))
    order = issue_order(tx, Command("issue", orders_about(demand.about), given, by, now), source)
    with on_city_chain(tx, now) as record:
        attest(record, case_of(issued), CONFIRM, by=by, role=role, facts=facts | {"order": order.label})
    return order.label


def decline_order(tx: Connection, period: Period, inputs: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Record that no order follows from this demand, and why."""
    role = acting_role(by, REPORT.move(DECLINE), CITY)
    facts = check_input(REPORT, DECLINE, inputs)
    issued, _demand = _still_open(tx, period, facts["on"])
    with on_city_chain(tx, now) as record:
        attest(record, case_of(issued), DECLINE, by=by, role=role, facts=facts)


def _still_open(tx: Connection, period: Period, key: str) -> tuple[IssuedReport, Demand]:
    """The bulletin in force, locked until the transaction ends, and its demand on which nobody decided yet."""
    issued = report_in_force(tx, period, BULLETIN)
    if issued is None:
        raise NotFound(N_("No report has been issued for this month yet."))
    tx.execute(select(TABLE.c.id).where(TABLE.c.id == issued.id).with_for_update())
    proposed = next((row for row in proposed_orders(tx, period) if row.demand.key == key), None)
    if proposed is None:
        raise NotFound
    if proposed.status != "open":
        raise Refused(_REFUSALS[proposed.status])
    return issued, proposed.demand


_REFUSALS: Mapping[Status, str] = {
    "ordered": N_("An order has been issued for this already."),
    "declined": N_("It was decided that no order is issued for this."),
    "standing": N_("A supervision order already requires this."),
    "unreachable": N_("Supervision orders go to departments only."),
}
