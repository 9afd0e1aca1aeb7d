"""Named sets of roles, where the pages of several modules ask for the same one."""

WINDOWS = frozenset({"window", "window_head"})
OFFICERS = frozenset({"liaison", "service_centre", "supervision_office", "city_government"})
APPROVAL_READERS = WINDOWS | OFFICERS | {"owner"}
ORDER_READERS = WINDOWS | OFFICERS
