"""The pictures of README and handbook: who looks at which page of the example city."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture `name` of what `username` sees at `path`; ` > ` and a part of an address: the first such link there.

    `height` is that of the picture in pixels, `top` a selector of what stands at its upper edge.
    """

    name: str
    username: str
    path: str
    height: int = 720
    top: str = ""


SHOTS = (
    Shot("home", "window-a02", "/"),
    Shot("home-owner", "owner1", "/"),
    Shot("filing", "owner1", "/projects/new"),
    Shot("project-owner", "owner1", "/projects > /projects/510400-", 860),
    Shot("month", "county-510402", "/programme/month"),
    Shot("entry", "county-510402", "/programme/month > /programme/2026/items/", 860),
    Shot("queue", "window-a02", "/windows"),
    Shot("approval", "window-a02", "/windows?state=accepted > /approvals/", 860),
    Shot("handlers", "head-a02", "/windows/handlers", 570),
    Shot("day", "liaison1", "/day"),
    Shot("registration", "centre1", "/registrations > /registrations/"),
    Shot("triage", "office1", "/triage"),
    Shot("ledger", "office1", "/ledger"),
    Shot("board", "office1", "/board", 860),
    Shot("casefile", "office1", "/casefiles?search=妇幼保健院迁建 > /casefiles/510400-", 1000),
    Shot("graph", "office1", "/casefiles?search=妇幼保健院迁建 > /casefiles/510400- > tab=items", 1000, ".page-tabs"),
    Shot("search", "office1", "/search?q=农村"),
    Shot("escalation", "leader1", "/escalations > /escalations/", 860),
    Shot("money", "finance1", "/programme/month"),
    Shot("people", "sysadmin1", "/administration/people > people/"),
    Shot("roles", "secadmin1", "/administration/people > people/"),
    Shot("events", "auditor1", "/administration/events"),
)
REPORT, REPORT_MONTH = "report", "2026-10"  # the picture of a paper's first page, and of which report
