"""Reads a sheet of people, and takes it as one act: all of its rows, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from approvals.accounts.actions import add_person, change_person
from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.people_form import COLUMNS, KIND
from approvals.accounts.queries import PERSON
from approvals.base.errors import Problem, Stale, invalid
from approvals.base.i18n import N_
from approvals.base.sheet_lines import SentLine
from approvals.base.sheets import SheetPlace
from approvals.handover.people_preview import PeoplePreview, PersonRow, preview_people
from approvals.handover.second_administrator import act_or_ask
from approvals.imports.sent_lines import sent_lines
from approvals.imports.sheet_rows import Remark
from approvals.imports.sheets import read_parts

OTHER_KIND = N_("This is a different sheet of this service. Download the right one and fill it in.")
MOVED = N_("Accounts were changed since the preview, so that nothing was taken. This is what the sheet would do now.")
_PART = "people"


@dataclass(frozen=True, slots=True)
class PeopleSheet:
    """A sheet that could be read: its lines, where reasons go, and what was passed over."""

    lines: tuple[SentLine, ...]
    places: Mapping[str, SheetPlace]  # by the name of the worksheet
    remarks: tuple[Remark, ...]


def read_people(content: bytes) -> PeopleSheet:
    """The lines of the sheet; Invalid, at `file`, for what cannot be read or is another of our sheets."""
    sheet = read_parts(content, {_PART: COLUMNS})[_PART]
    if sheet.identity is not None and sheet.identity.kind != KIND:
        raise invalid("file", OTHER_KIND)
    lines = sent_lines(sheet.rows, [column.key for column in COLUMNS], sheet.name)
    return PeopleSheet(lines, {sheet.name: sheet.place}, sheet.remarks)


def take_people(tx: Connection, actor: Actor, sheet: PeopleSheet, seen: str, now: datetime) -> PeoplePreview:
    """Do what the preview with the digest `seen` has shown, and tell it; Stale when it would be something else now."""
    names = sorted({line.text("username") for line in sheet.lines})
    tx.execute(select(PERSON.c.id).where(PERSON.c.username.in_(names)).order_by(PERSON.c.id).with_for_update())
    preview = preview_people(tx, actor, sheet.lines, now)
    if preview.digest != seen or not preview.has_something_to_take:
        raise Stale(MOVED)
    try:
        for row in preview.rows:
            _take(tx, row, actor, now)
    except Problem:  # somebody else was quicker between the look and the write
        raise Stale(MOVED) from None
    detail = f"+{preview.count('new')} ~{preview.count('changed')}"
    note(tx, "people_imported", by=actor.username, subject=actor.username, detail=detail, now=now)
    return preview


def _take(tx: Connection, row: PersonRow, actor: Actor, now: datetime) -> None:
    if row.new is not None and row.unit_id is not None:
        add_person(tx, row.unit_id, row.new, by=actor, now=now)
        return
    if row.details is not None:
        change_person(tx, row.username, row.details, by=actor, now=now)
    if row.unit_id is not None:
        act_or_ask(tx, "move", row.username, {"unit_id": row.unit_id}, by=actor, now=now)
    if row.roles is not None:
        act_or_ask(tx, "roles", row.username, {"roles": sorted(row.roles)}, by=actor, now=now)
