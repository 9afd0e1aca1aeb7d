"""Stored catalogues are what they were, and every registered project has the one under which it was registered."""

from collections.abc import Iterator
from hashlib import sha256

import orjson
from sqlalchemy import Connection, select

from approvals.catalogue.queries import TEXT, known_catalogues
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS

RULE = "catalogue"


def catalogues_are_as_loaded(tx: Connection) -> Iterator[Violation]:
    """Every text has the checksum under which it is stored."""
    for row in tx.execute(select(TEXT).order_by(TEXT.c.sha256)):
        if sha256(row.text.encode()).hexdigest() != row.sha256:
            yield Violation(RULE, row.name, "the text has another checksum")


def projects_keep_their_edition(tx: Connection) -> Iterator[Violation]:
    """A registered project has the edition that the entry of its registration names, and all its items are in it."""
    known = known_catalogues(tx)
    columns = PROJECTS.c.id, PROJECTS.c.number, PROJECTS.c.catalogue_sha256
    registered = select(*columns).where(PROJECTS.c.number.is_not(None)).order_by(PROJECTS.c.id)
    projects = {row.id: row for row in tx.execute(registered)}
    registrations = ENTRY.c.subject == "project", ENTRY.c.move == "register"
    entries = select(ENTRY.c.project_id, ENTRY.c.facts).where(*registrations)
    for entry in tx.execute(entries.order_by(ENTRY.c.id)):
        own = projects[entry.project_id]
        named = orjson.loads(entry.facts).get("catalogue_sha256", own.catalogue_sha256)
        if own.catalogue_sha256 != named:
            yield Violation(RULE, own.number, f"has edition {own.catalogue_sha256}, was registered under {named}")
    planned = select(APPROVALS.c.project_id, APPROVALS.c.code).order_by(APPROVALS.c.project_id, APPROVALS.c.code)
    for approval in tx.execute(planned):
        own = projects[approval.project_id]
        if own.catalogue_sha256 is None or approval.code not in known[own.catalogue_sha256].items:
            yield Violation(RULE, f"{own.number}/{approval.code}", "its item is in no stored edition of its project")
