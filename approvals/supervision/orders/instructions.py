"""What an instruction of the city government becomes: words that go down, or a supervision order."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid
from approvals.history.record import OpenChain, Subject
from approvals.supervision.orders.actions import OrderSource, issue_in
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

DAY = "order_due_on"  # names the day of the order; without one the words alone go down


def order_of(
    record: OpenChain, approval: Row[Any], case: Subject, facts: Mapping[str, Any], by: Actor, role: str
) -> dict[str, str]:
    """Issue the order that an instruction asks for, in the same transaction; how it is addressed, for the record."""
    if not facts.get(DAY):
        return {}
    number = load_city().shown_number(approval.number)
    subject = f"{number}“{load_catalogue().items[approval.code].zh}”逾期办理"
    given = {"subject": subject, "demands": facts["words"], "due_on": facts[DAY]}
    source = OrderSource("escalation", f"{case.label}/{case.level}")
    try:
        order = issue_in(record, approval, given, by=by, role=role, source=source)
    except Invalid as refused:
        raise Invalid({DAY if name == "due_on" else name: why for name, why in refused.fields.items()}) from None
    return {"order": order.label}
