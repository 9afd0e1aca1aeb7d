"""What each person of a window has to do now, for its head."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, and_, func, select

from approvals.accounts.absence.queries import roster
from approvals.accounts.actors import Actor
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.due_dates import has_running_due_date
from approvals.registration.queries import APPROVALS
from approvals.windows.handlers import WindowMember, in_hand, members


@dataclass(frozen=True, slots=True)
class HandlerLoad:
    """The cases of one person, None for those that nobody has. `due` and `late` are those of running clocks.

    `is_away` today; `deputy` is the name of who stands in for them.
    """

    person: WindowMember | None
    open: int = 0
    due: int = 0
    late: int = 0
    is_away: bool = False
    deputy: str = ""


def handler_loads(tx: Connection, actor: Actor, today: date) -> list[HandlerLoad]:
    """The people of the actor's window with their cases, by user name; the cases of nobody come last."""
    counts = _counts(tx, actor, today)
    people = members(tx, actor.unit_id)
    names, absences = {person.id: person.name for person in people}, roster(tx, today)
    loads = []
    for person in people:
        on_duty = absences.on_duty(person.id, today)
        deputy = names.get(on_duty, "") if on_duty is not None and on_duty != person.id else ""
        load = replace(counts.get(person.id, HandlerLoad(None)), person=person)
        loads.append(replace(load, is_away=on_duty != person.id, deputy=deputy))
    return [*loads, counts.get(None, HandlerLoad(None))]


def _counts(tx: Connection, actor: Actor, today: date) -> dict[int | None, HandlerLoad]:
    """The numbers by the id of the handler."""
    running, due_on = has_running_due_date(), APPROVALS.c.due_on
    query = (
        select(
            APPROVALS.c.handler_id,
            func.count().label("open"),
            func.count().filter(and_(running, due_on == today)).label("due"),
            func.count().filter(and_(running, due_on < today)).label("late"),
        )
        .select_from(APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id))
        .where(APPROVALS.c.department_id.in_(actor.units), in_hand())
        .group_by(APPROVALS.c.handler_id)
        .order_by(APPROVALS.c.handler_id)
    )
    rows = tx.execute(query)
    return {row.handler_id: HandlerLoad(None, open=row.open, due=row.due, late=row.late) for row in rows}
