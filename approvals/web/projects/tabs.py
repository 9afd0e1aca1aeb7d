"""The tabs of a project's page, each with an address of its own."""

from approvals.base.i18n import N_
from approvals.web.query_parameters import query_choice

TODO, ITEMS, DOCUMENTS, RECORD = "todo", "items", "documents", "record"
TABS = {  # with their titles as msgids, what the reader can do now first
    TODO: N_("What to do"),
    ITEMS: N_("The approvals"),
    DOCUMENTS: N_("Documents"),
    RECORD: N_("Record"),
}


def asked_tab() -> str:
    """The tab that the address names, the first one when it names none; Invalid for any other."""
    return query_choice("tab", TABS) or TODO
