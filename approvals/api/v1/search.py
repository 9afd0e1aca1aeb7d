"""The search over JSON: the same as on the page, by kind."""

from typing import Annotated

from flask import Response
from pydantic import Field

from approvals.accounts import permissions
from approvals.api.v1.declaration import json_response, new_api, reads
from approvals.api.v1.derived import AnswerSchema, OneOf, ViewSchema, fill, from_view
from approvals.api.v1.derived import path as attribute
from approvals.api.v1.exchange import json_answer
from approvals.api.v1.inputs import Query, left_out
from approvals.base.errors import Invalid
from approvals.casefile.search.hits import SearchHit
from approvals.casefile.search.search import FEW, KINDS, LONGEST, MOST, search, search_fault
from approvals.http.access import actor
from approvals.http.application import database

KindName = Annotated[str, OneOf(tuple(KINDS))]
search_api = new_api("api_search", "One search over all that you may see.", "search")


@from_view(SearchHit)
class SearchHitSchema(ViewSchema):
    """Something found. `title` and `about` are words in the language of `Accept-Language`."""

    ref: str = Field(description="How it is addressed here: a number, an approval's `<project>/<code>`, a name.")
    path: str | None = Field(description="Of its page, if you may open it.")
    exact: bool = attribute("is_exact", description="Its number or its whole name is what was searched.")


class KindHitsSchema(ViewSchema):
    """What was found of one kind: how many, and the first of them, exact ones before others."""

    kind: KindName = attribute("kind", "name")
    total: int = attribute("found", "total")
    items: list[SearchHitSchema] = attribute("found", "hits")
    list_path: str | None = attribute("found", "list_path", description="Of the list of all, if there is one.")


class SearchResults(AnswerSchema):
    """By kind, those with an exact hit first; kinds of which nothing was found are left out."""

    kinds: list[KindHitsSchema]


class SearchParameters(Query):
    q: str = Field(
        min_length=1,
        max_length=LONGEST,
        description="Words, each of which must occur, or a number. Width, case and brackets make no difference.",
    )
    kind: KindName = Field(default_factory=left_out, description="Only this kind.")
    limit: Annotated[int, Field(ge=1, le=MOST, description="Hits of each kind.")] = FEW


@reads(search_api, "/search", json_response(search_api, SearchResults), roles=permissions.CALL_API)
def search_all(query: SearchParameters) -> Response:
    """Search projects, approvals, items, orders, units, people, documents, reports and messages. 检索"""
    if fault := search_fault(query.q):
        raise Invalid({"q": [fault]})
    with database().read() as tx:
        results = search(tx, actor(), query.q, kind=query.kind or "", limit=query.limit)
        return json_answer({"kinds": [fill(KindHitsSchema, result) for result in results]})
