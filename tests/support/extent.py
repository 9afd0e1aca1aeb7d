"""How far a run goes: `make quick`, `make test` or `make soak`, as the variable TESTS says."""

import os
from typing import TypeVar

EXTENT = os.environ.get("TESTS", "test")
assert EXTENT in ("quick", "test", "soak"), EXTENT
QUICK, SOAK = EXTENT == "quick", EXTENT == "soak"

ENGINES = ("sqlite",) if QUICK else ("sqlite", "postgresql")
PAGE_ENGINES = ENGINES if SOAK else ("sqlite",)  # pages ask by the queries that are tried on both

T = TypeVar("T")


def effort(usual: T, soak: T) -> T:
    """The size of a search: `usual` before every release, `soak` in `make soak`."""
    return soak if SOAK else usual
