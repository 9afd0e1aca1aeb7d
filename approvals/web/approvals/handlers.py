"""The people of a window and what each has to do, for its head."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.windows.handler_load import handler_loads
from approvals.windows.queue import EVERYBODYS, NOBODYS

handlers = Blueprint("handlers", __name__)


@handlers.get("/windows/handlers")
@access(roles=permissions.SEE_HANDLERS)
def index() -> str:
    with database().read() as tx:
        loads = handler_loads(tx, actor(), today())
    return render_template("approvals/handlers.html", loads=loads, nobodys=NOBODYS, everybodys=EVERYBODYS)
