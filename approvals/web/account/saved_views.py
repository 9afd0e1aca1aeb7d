"""Saved views of lists: what a person has, a new one, and removing one."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts.inputs import NewView
from approvals.accounts.saved_views import remove_view, save_view, saved_views
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.text_validation import NAME_LIMIT, read_fields
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, now
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.lists import LISTS, ListPage, list_address
from approvals.web.submissions import flash_message, process_once, writing_once

views = Blueprint("saved_views", __name__)


@views.get("/views")
@access("signed_in")
def index(form: Form = EMPTY) -> str:
    page, query = _page(), _query(_page())
    with database().read() as tx:
        saved = saved_views(tx, actor().id, page.endpoint)
    addresses = {view.id: list_address(page, view.query) for view in saved}
    back = list_address(page, query)
    context = {"page": page, "query": query, "views": saved, "addresses": addresses, "back": back}
    return render_template("account/saved_views.html", form=form, **context)


@views.post("/views")
@access("signed_in")
@redisplay(index, "view")
def save() -> Response:
    page, query = _page(), _query(_page())
    new_view = read_fields(NewView, remember_input(form_fields("name")))
    with writing_once(list_address(page, query)) as once:
        if once.is_new:
            save_view(once.tx, actor().id, page.endpoint, new_view, query, now())
    flash_message(_("The view “%(name)s” is saved.", name=new_view.name))
    return once.answer()


@views.post("/views/<int(max=999999999):view_id>/remove")
@access("signed_in")
def remove(view_id: int) -> Response:
    return process_once(
        url_for("saved_views.index", of=_page().endpoint),
        lambda tx: remove_view(tx, actor().id, view_id),
        _("The view is removed."),
    )


def _page() -> ListPage:
    """The list of the address; NotFound for none, and for one that the reader may not open."""
    page = LISTS.get(request.values.get("of", ""))
    if page is None or not page.has_views or not may_open(actor(), page.endpoint):
        raise NotFound
    return page


def _query(page: ListPage) -> str:
    """What the list is filtered and sorted by, as far as it knows it."""
    parts = parse_qsl(request.values.get("with", "")[: 20 * NAME_LIMIT])
    return urlencode([(name, value[:NAME_LIMIT]) for name, value in parts if name in page.parameters])
