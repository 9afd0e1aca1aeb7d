"""Failed deliveries with recipient and reason; the system administrator retries them."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import address_number
from approvals.exports.lists.administration import DELIVERIES
from approvals.http.access import access, actor
from approvals.http.application import database, now, settings
from approvals.notifications.actions import try_again
from approvals.notifications.preferences import CHANNEL_LABELS
from approvals.notifications.queries import dead_letters, health
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.submissions import flash_message, writing_once

deliveries = Blueprint("deliveries", __name__, url_prefix="/administration/deliveries")
ALL = "all"
DELIVERY_LIST = declare(ListPage("deliveries.index", N_("Deliveries"), DELIVERIES, has_views=False))


@deliveries.get("")
@access(roles=permissions.OPERATE)
def index() -> str | Response:
    asked = asked_list(DELIVERY_LIST)
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: dead_letters(tx, part))
        page, state = dead_letters(tx, asked.part), health(tx)
        listing = asked.listing(tx, state.dead)
    words = {"channels": CHANNEL_LABELS, "has_mail": settings().mail is not None}
    return render_template(
        "admin/deliveries.html", page=page, health=state, listing=listing, cursor=asked.cursor, **words
    )


@deliveries.post("/again")
@access(roles=permissions.OPERATE)
def again() -> Response:
    with writing_once(url_for("deliveries.index")) as once:
        if once.is_new:
            count = try_again(once.tx, _delivery_id(request.form.get("which", "")), by=actor(), now=now())
            flash_message(_("%(count)s deliveries are queued for another attempt.", count=count))
    return once.answer()


def _delivery_id(which: str) -> int | None:
    return None if which == ALL else address_number(which)
