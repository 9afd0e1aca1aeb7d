"""Writes the blank of a sheet of people, with the names of units and roles to copy from."""

from itertools import zip_longest

from sqlalchemy import Connection

from approvals.accounts.people_form import COLUMNS, EDITION, KIND, ROLES, UNIT
from approvals.accounts.queries import units
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.base.sheets import SheetIdentity
from approvals.exports.sheets import WrittenSheet, write_sheets
from workflows.charts.roles import ROLES as ALL_ROLES


def write_people_blank(tx: Connection) -> bytes:
    """The heads alone, to be filled in, and beside them a worksheet of the names that can stand there."""
    title = _("Sheet of people")
    notes = (
        _("A row for each person. An empty cell changes nothing; several roles are separated by commas."),
        _("A preview comes first, and nothing is taken while a row is refused."),
    )
    names = [own_name(unit) for unit in units(tx) if unit.successor_id is None]
    pairs = zip_longest(names, map(label, ALL_ROLES.values()))
    rows = [{UNIT.key: unit, ROLES.key: role} for unit, role in pairs]
    sheets = [
        WrittenSheet(COLUMNS, (), title, notes),
        WrittenSheet((UNIT, ROLES), rows, _("Units and roles")),
    ]
    return write_sheets(sheets, title=title, identity=SheetIdentity(KIND, edition=EDITION))
