"""The list of people, for the administrators of accounts and of roles."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from approvals.accounts import permissions, queries
from approvals.accounts.queries import PERSON_STATES, PeopleFilter, PersonView
from approvals.base.i18n import N_, label, own_name
from approvals.base.pagination import part_of
from approvals.base.sorting import sorted_rows
from approvals.exports.lists.accounts import PEOPLE
from approvals.http.access import access
from approvals.http.application import database
from approvals.web.admin.blueprint import administration
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.query_parameters import query_choice, query_text
from workflows.charts.roles import ROLES

PEOPLE_LIST = declare(
    ListPage(
        "administration.people",
        N_("People"),
        PEOPLE,
        filters={"search": N_("Search"), "unit": N_("Unit"), "role": N_("Role"), "state": N_("State")},
    )
)
PEOPLE_KEYS: Mapping[str, Callable[[PersonView], Any]] = {
    "name": lambda person: person.name,
    "username": lambda person: person.username,
    "unit": lambda person: own_name(person.unit),
    "signed_in": lambda person: person.signed_in_at and person.signed_in_at.replace(second=0, microsecond=0),
}


@administration.get("/people")
@access(roles=permissions.SEE_ACCOUNTS)
def people() -> str | Response:
    with database().read() as tx:
        choices = {
            "unit": [(str(unit.id), own_name(unit)) for unit in queries.units(tx)],
            "role": [(role.name, label(role)) for role in ROLES.values()],
            "state": [(name, label(words)) for name, words in PERSON_STATES.items()],
        }
        filters, asked = _filters(choices), asked_list(PEOPLE_LIST)
        rows = sorted_rows(queries.people(tx, filters), PEOPLE_KEYS, asked.sorting)
        if asked.file:
            return asked.send(lambda part: part_of(rows, part.cursor, part.limit), choices)
        listing = asked.listing(tx, len(rows), choices)
    page = part_of(rows, asked.cursor, asked.part.limit)
    context = {"filters": filters, "choices": choices, "roles": ROLES, "cursor": asked.cursor}
    return render_template("admin/people.html", page=page, listing=listing, **context)


def _filters(choices: Mapping[str, list[tuple[str, str]]]) -> PeopleFilter:
    chosen = {name: query_choice(name, dict(choices[name])) for name in choices}
    unit_id = int(chosen["unit"]) if chosen["unit"] else None
    return PeopleFilter(query_text("search"), unit_id, chosen["role"], chosen["state"])
