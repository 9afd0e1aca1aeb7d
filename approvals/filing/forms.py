"""The form of a filing: values, suggestions, and forms that a person has typed and not sent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid, Refused, invalid
from approvals.base.formatting import plain_number
from approvals.base.i18n import N_
from approvals.base.tables import table_of
from approvals.filing.programme_items import ItemChoice, item_choices
from approvals.filing.queries import TABLE
from approvals.filing.questions import Faults, answer_faults
from approvals.filing.tables import TypedForm
from approvals.filing.views import ProjectView
from approvals.history.inputs import check_input
from workflows.charts.filing_fields import FILING
from workflows.charts.project import PROJECT
from workflows.config.catalogue import Catalogue
from workflows.config.conditions import Answers

TYPED: Table = table_of(TypedForm)
LONGEST = 100_000  # bytes of one unsent form
NEW = "draft"  # the form of a new filing; the form of an edit is called edit:<uid>
ONLY_SAID = frozenset({"item_reason"})  # stands in the record, and not in the filing
WORKS_NEEDS = ("site", "works_kind", "scale")  # on the form of construction
FORM_NEEDS = ("funding", "credit_code", "contact_name", "contact_phone")  # on every form


def values_of(project: ProjectView) -> dict[str, Any]:
    """The project's fields as its form shows them."""
    values = {need.name: getattr(project, need.name) for need in FILING if need.name not in ONLY_SAID}
    scale, funding = project.scale, project.funding or {}
    return values | {
        "planned_10k_yuan": plain_number(project.planned_10k_yuan),
        "scale": {"amount": plain_number(scale.amount), "unit": scale.unit} if scale else {},
        "funding": {source: plain_number(amount) for source, amount in funding.items()},
    }


def check_filing(
    values: Mapping[str, Any], catalogue: Catalogue, before: Answers | None = None, *, asks_all: bool = True
) -> dict[str, Any]:
    """The fields of a form as checked values; Invalid names all that is wrong and all that a form must say.

    Programs may leave answers out, people answer all of them: a question passed over counts as no. What was filed
    before a form asked for all may go on without it, unless it `asks_all`, and with the answers given `before`.
    """
    needed = [name for name in needed_on_form(values) if asks_all and not values.get(name)]
    needed += [f"answers.{name}" for name in unanswered(values, catalogue) if asks_all]
    faults: Faults = answer_faults(catalogue.questions, values.get("answers") or {}, before or {})
    faults |= {name: [(N_("is required"), {})] for name in needed}
    checked: dict[str, Any] = {}
    try:
        checked = check_input(PROJECT, "draft", values)
    except Invalid as problem:
        faults |= problem.fields
    if faults:
        raise Invalid(faults)
    return checked


def needed_on_form(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What programs may leave out and people may not: the form asks for it."""
    return FORM_NEEDS if values.get("kind") == "service" else (*WORKS_NEEDS, *FORM_NEEDS)


def unanswered(values: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """The screening questions that this filing leaves open, of those that it is asked; services are asked none."""
    if values.get("kind") != "construction":
        return ()
    answers = values.get("answers") or {}
    screening = catalogue.screening(answers)
    return tuple(
        name for name in catalogue.questions if name not in answers and screening.asked(name).holds is not False
    )


def check_answered(project: ProjectView, catalogue: Catalogue) -> None:
    """Refused while any screening question of this catalogue is open."""
    if unanswered({"kind": project.kind, "answers": project.answers}, catalogue):
        raise Refused(N_("Screening questions are still open. Answer them under “Edit the filing” before you file."))


def changed_values(project: ProjectView, values: Mapping[str, Any], checked: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from the project's; an optional field left empty is emptied."""
    before = {need.name: getattr(project, need.name, None) for need in FILING}
    before["scale"] = asdict(project.scale) if project.scale else None
    changed = {need.name for need in FILING if checked.get(need.name) != before[need.name]}
    if not changed - ONLY_SAID:
        return {}
    if "external_ref" in changed and not checked.get("external_ref"):
        raise invalid("external_ref", N_("can be changed but not removed"))
    return {name: values.get(name) for name in changed}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a form offers: the items of the programme that the unit answers for, and the unit's own code."""

    items: tuple[ItemChoice, ...]
    credit_code: str | None


def suggestions_for(tx: Connection, actor: Actor, today: date) -> Suggestions:
    coded = select(TABLE.c.credit_code).where(TABLE.c.owner_unit_id == actor.unit_id, TABLE.c.credit_code.is_not(None))
    code = tx.execute(coded.order_by(TABLE.c.id.desc()).limit(1)).scalar_one_or_none()
    return Suggestions(item_choices(tx, actor.unit, today), code)


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
