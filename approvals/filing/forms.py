"""The form of a filing: values, suggestions, and forms that a person has typed and not sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.tables import table_of
from approvals.filing.tables import TypedForm
from approvals.filing.views import ProjectView
from approvals.history.inputs import check_input
from approvals.programme.tables import ProgrammeItem
from workflows.charts.project import FILING, PROJECT
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

ITEMS: Table = table_of(ProgrammeItem)
TYPED: Table = table_of(TypedForm)
LONGEST = 100_000  # bytes of one unsent form
NEW = "draft"  # the form of a new filing; the form of an edit is called edit:<uid>


def values_of(project: ProjectView) -> dict[str, Any]:
    values = {need.name: getattr(project, need.name) for need in FILING}
    return values | {"planned_10k_yuan": f"{project.planned_10k_yuan.normalize():f}"}


def check_filing(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as checked values; Invalid when something is missing that a filing on a page needs.

    Programs may leave answers out, people answer all of them: a question passed over counts as no.
    """
    fields = {f"answers.{name}": [(N_("is required"), dict[str, object]())] for name in unanswered(values)}
    try:
        checked = check_input(PROJECT, "draft", values)
    except Invalid as fault:
        raise Invalid(fault.fields | fields) from None
    if fields:
        raise Invalid(fields)
    return checked


def unanswered(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The screening questions that this filing leaves open; services are asked none."""
    if values.get("kind") != "construction":
        return ()
    return tuple(name for name in load_catalogue().questions if name not in values.get("answers", {}))


def check_answered(project: ProjectView) -> None:
    """Refused while screening questions are open."""
    if unanswered({"kind": project.kind, "answers": project.answers}):
        raise Refused(N_("Screening questions are still open. Answer them under “Edit the filing” before you file."))


def changed_values(project: ProjectView, values: Mapping[str, Any], checked: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from the project's; an optional field left empty is emptied."""
    changed = {need.name for need in FILING if checked.get(need.name) != getattr(project, need.name)}
    if "external_ref" in changed and not checked.get("external_ref"):
        raise invalid("external_ref", N_("can be changed but not removed"))
    return {name: values.get(name) for name in changed}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The city's counties, and the items of the programme that the unit answers for, as (number, name) pairs."""

    counties: tuple[str, ...]
    items: tuple[tuple[str, str], ...]


def suggestions_for(tx: Connection, actor: Actor) -> Suggestions:
    this_year = select(func.max(ITEMS.c.year)).scalar_subquery()
    own = select(ITEMS.c.item_no, ITEMS.c.name).where(ITEMS.c.owner_unit == actor.unit, ITEMS.c.year == this_year)
    items = tuple((row.item_no, row.name) for row in tx.execute(own.order_by(ITEMS.c.item_no)))
    return Suggestions(load_city().counties, items)


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """An unsent form: its values, when it was saved, and the version of the project that the person looked at."""

    values: Mapping[str, Any]
    at: datetime
    version: int | None = None


def form_of(uid: str) -> str:
    return f"edit:{uid}"


def unsent_form(tx: Connection, person_id: int, form: str) -> UnsentForm | None:
    """This person's unsent form of this name."""
    row = tx.execute(
        select(TYPED.c.content, TYPED.c.at).where(TYPED.c.person_id == person_id, TYPED.c.form == form)
    ).one_or_none()
    if row is None:
        return None
    content = orjson.loads(row.content)
    return UnsentForm(content["values"], row.at, content["version"])


def save_unsent_form(
    tx: Connection, person_id: int, form: str, values: Mapping[str, Any], *, version: int | None = None, now: datetime
) -> None:
    """Save the form in place of its former state; an empty form is deleted."""
    if not any(values.values()):
        delete_unsent_form(tx, person_id, form)
        return
    content = orjson.dumps({"values": values, "version": version})
    if len(content) > LONGEST:
        raise Refused(N_("The text is too long to be saved."))
    insert = sqlite.insert(TYPED) if tx.dialect.name == "sqlite" else postgresql.insert(TYPED)
    key, values_now = {"person_id": person_id, "form": form}, {"content": content.decode(), "at": now}
    tx.execute(insert.values(key | values_now).on_conflict_do_update(index_elements=list(key), set_=values_now))


def delete_unsent_form(tx: Connection, person_id: int, form: str) -> None:
    """Delete the unsent form: it was sent or discarded."""
    tx.execute(delete(TYPED).where(TYPED.c.person_id == person_id, TYPED.c.form == form))
