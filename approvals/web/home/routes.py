"""The home page."""

from flask import Blueprint, render_template

from approvals.accounts.absence.queries import cover_status
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.web.navigation import home_links, home_warnings
from workflows.charts.roles import ROLES

home = Blueprint("home", __name__)


@home.get("/")
@access("signed_in")
def index() -> str:
    with database().read() as tx:
        links, warnings = home_links(tx, actor(), now()), home_warnings(tx, actor())
        absence = cover_status(tx, actor(), today())
    words = {"actor": actor(), "absence": absence, "roles": ROLES}
    return render_template("home/index.html", links=links, warnings=warnings, **words)
