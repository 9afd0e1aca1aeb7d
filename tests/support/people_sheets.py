"""Sheets of people as administrators send them, as CSV and filled into the blank."""

import csv
import io
from collections.abc import Sequence

import openpyxl
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from approvals.accounts.queries import PERSON, people
from approvals.handover.people_preview import preview_people
from approvals.imports.people import read_people, take_people
from tests.support.builders import NOW, an_actor

SYSADMIN, SECADMIN = "sysadmin1", "secadmin1"
NEW = ("zhong01", "钟离", "市教育局", "业主", "0812-1234567", "zhong@example.com")
HEADS = ("用户名", "姓名", "单位", "角色", "联系电话", "电子邮箱")
Row = Sequence[str]


def people_csv(*rows: Row, heads: Row = HEADS) -> bytes:
    """The rows below the heads, as CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode()


def filled_blank(blank: bytes, *rows: Row) -> bytes:
    """The blank with these rows below its heads."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, sheet.max_row + 1):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place).value = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def preview(tx, content, by=SYSADMIN):
    return preview_people(tx, an_actor(tx, by), read_people(content).lines, NOW)


def take(tx, content, by=SYSADMIN):
    seen = preview(tx, content, by).digest
    return take_people(tx, an_actor(tx, by), read_people(content), seen, NOW)


def outcomes(view):
    return [row.status for row in view.rows]


def events(tx):
    query = select(EVENT.c.actor, EVENT.c.event, EVENT.c.subject, EVENT.c.detail).order_by(EVENT.c.id)
    return [tuple(row) for row in tx.execute(query)]


def everything(tx):
    """People and their roles, without when they signed in."""
    columns = ("id", "username", "name", "unit_id", "phone", "email", "password_hash", "is_active")
    rows = tx.execute(select(*(PERSON.c[name] for name in columns)).order_by(PERSON.c.id)).all()
    roles = {view.username: view.roles for view in people(tx)}
    return [(*row, roles[row.username]) for row in rows]
