"""Who may open what: a set of roles for each kind of page or route that several modules open to the same people."""

Roles = frozenset[str]

WINDOWS: Roles = frozenset({"window", "window_head"})
OFFICERS: Roles = frozenset({"liaison", "service_centre", "supervision_office", "city_government"})

SEE_APPROVALS = WINDOWS | OFFICERS | {"owner"}
SEE_ORDERS = WINDOWS | OFFICERS
