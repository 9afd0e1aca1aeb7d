"""The JSON API under /api/v1, one group of routes for each thing it is about."""

from approvals.api.v1.approvals import approval_api
from approvals.api.v1.cards import card_api
from approvals.api.v1.evidence import evidence_api
from approvals.api.v1.feed import feed_api
from approvals.api.v1.orders import order_api
from approvals.api.v1.owner_requests import request_api
from approvals.api.v1.programme import programme_api
from approvals.api.v1.programme_problems import problem_api
from approvals.api.v1.projects import project_api
from approvals.api.v1.reports import report_api
from approvals.api.v1.search import search_api
from approvals.api.v1.words import word_api

APIS = (
    project_api,
    approval_api,
    card_api,
    order_api,
    word_api,
    request_api,
    programme_api,
    evidence_api,
    problem_api,
    report_api,
    search_api,
    feed_api,
)

ABOUT = """Central registration of a city's construction projects, for the systems of owners and departments.

Send an access token with each request, as `Authorization: Bearer …`; `flask token create USER` makes one. You see and
do what its person may; what that person may not see is answered 404.

Problems come as `application/problem+json` in the language of `Accept-Language` (zh, en) and say what to do. After a
409 the answer holds the state and version that stand. Wait as `Retry-After` says after a 429 or 503, and send the
request again: with an `Idempotency-Key`, or the `id` of a feed line, it has one effect however often it arrives.

Days are dates in the city's time zone, moments are in UTC. Lists have `items` and `next_cursor`."""
