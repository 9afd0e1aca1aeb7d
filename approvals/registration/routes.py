"""What waits for its registration. The page that registers one stands in liaisons, whose load it shows."""

from flask import Blueprint, render_template

from approvals.accounts.access import access, actor
from approvals.base.asking import asked_choice, asked_cursor, asked_text
from approvals.base.web import database, today
from approvals.registration.preview import WITH_A_PLAN
from approvals.triage.queries import inbox as waiting_list
from approvals.triage.views import Wanted
from workflows.config.city import load_city

registration = Blueprint("registration", __name__, url_prefix="/registrations")

CENTRE = {"service_centre"}


@registration.get("")
@access(roles=CENTRE)
def inbox() -> str:
    wanted = Wanted(
        state="classified",
        search=asked_text("search"),
        category=asked_choice("category", load_city().categories),
        county=asked_choice("county", load_city().counties),
        kind=WITH_A_PLAN,
    )
    cursor = asked_cursor()
    with database().read() as tx:
        view = waiting_list(tx, actor(), wanted, today=today(), cursor=cursor)
    narrowing = {name: value for name, value in view.narrowing.items() if name not in ("list", "kind")}
    counties = [(county, county) for county in load_city().counties]
    return render_template("registration/inbox.html", view=view, narrowing=narrowing, cursor=cursor, counties=counties)
