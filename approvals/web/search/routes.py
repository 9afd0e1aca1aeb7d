"""One search over all that the reader may see; its field stands in the head of every page."""

from flask import Blueprint, render_template, request

from approvals.accounts import permissions
from approvals.base.i18n import translated
from approvals.casefile.search.search import FEW, KINDS, LONGEST, MOST, kinds_of, search, search_fault
from approvals.http.access import access, actor
from approvals.http.application import database
from approvals.web.query_parameters import query_choice

searching = Blueprint("search", __name__)


@searching.get("/search")
@access(roles=permissions.SEARCH)
def index() -> str:
    text, kind = request.args.get("q", "").strip(), query_choice("kind", KINDS)
    fault = search_fault(text) if text else None
    results = []
    if text and not fault:
        with database().read() as tx:
            results = search(tx, actor(), text, kind=kind, limit=MOST if kind else FEW)
    return render_template(
        "search/index.html",
        text=text,
        kind=KINDS.get(kind),
        fault=translated(*fault) if fault else "",
        results=results,
        kinds=kinds_of(actor()),
        longest=LONGEST,
    )
