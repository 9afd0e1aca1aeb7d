"""One search over all kinds of things: of each only what the reader may see, bounded, what is exact first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.i18n import N_
from approvals.base.text_folding import fold
from approvals.base.text_validation import text_fault
from approvals.casefile.search.approvals import find_approvals
from approvals.casefile.search.documents import find_documents
from approvals.casefile.search.hits import SearchHits, SearchQuery
from approvals.casefile.search.items import find_items
from approvals.casefile.search.notices import find_notices
from approvals.casefile.search.orders import find_orders
from approvals.casefile.search.people import find_people, find_units
from approvals.casefile.search.projects import find_projects
from approvals.casefile.search.reports import find_reports
from workflows.label import Label

LONGEST = 100  # characters of a search; names have 200 at most, and nobody types a whole one
FEW, MOST = 5, 50  # hits of each kind beside others, and of one kind alone
Find = Callable[[Connection, Actor, SearchQuery], SearchHits]


@dataclass(frozen=True, slots=True)
class SearchKind:
    """A kind of things, for the roles that find any."""

    name: str
    label: Label
    roles: frozenset[str]
    find: Find


@dataclass(frozen=True, slots=True)
class KindHits:
    """What was found of one kind."""

    kind: SearchKind
    found: SearchHits

    @property
    def is_exact(self) -> bool:
        return any(hit.is_exact for hit in self.found.hits)

    @property
    def has_more(self) -> bool:
        return self.found.total > len(self.found.hits)


KINDS: Mapping[str, SearchKind] = {
    kind.name: kind
    for kind in (
        SearchKind("project", Label("项目", "Projects"), permissions.FIND_PROJECTS, find_projects),
        SearchKind("approval", Label("审批事项", "Approvals"), permissions.FIND_APPROVALS, find_approvals),
        SearchKind("item", Label("民生工程分项", "Items of the programme"), permissions.FIND_ITEMS, find_items),
        SearchKind("order", Label("督办单", "Supervision orders"), permissions.FIND_ORDERS, find_orders),
        SearchKind("unit", Label("单位", "Units"), permissions.FIND_UNITS, find_units),
        SearchKind("person", Label("人员", "People"), permissions.FIND_PEOPLE, find_people),
        SearchKind("document", Label("文件", "Documents"), permissions.FIND_DOCUMENTS, find_documents),
        SearchKind("report", Label("报告通报", "Reports and bulletins"), permissions.FIND_REPORTS, find_reports),
        SearchKind("notice", Label("我的消息", "My messages"), permissions.HAVE_NOTICES, find_notices),
    )
}


def kinds_of(actor: Actor) -> tuple[SearchKind, ...]:
    """The kinds of which the actor may find any."""
    return tuple(kind for kind in KINDS.values() if actor.has(*kind.roles))


def search_fault(text: str) -> tuple[str, dict[str, object]] | None:
    """Why this text cannot be searched, as msgid and parameters, or None."""
    fault = text_fault(text, limit=LONGEST, lines=False)
    return fault or (None if fold(text) else (N_("is required"), {}))


def search(tx: Connection, actor: Actor, text: str, *, kind: str = "", limit: int = FEW) -> list[KindHits]:
    """What the actor finds by this text, which has no fault: of one kind or of each, those with an exact hit first."""
    query = SearchQuery(text, limit)
    found = [KindHits(each, each.find(tx, actor, query)) for each in kinds_of(actor) if kind in ("", each.name)]
    return sorted((hits for hits in found if hits.found.total), key=lambda hits: not hits.is_exact)
