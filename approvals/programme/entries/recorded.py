"""What stands among the facts of a report beside what was reported."""

from collections.abc import Mapping
from typing import Any

from approvals.history.record import FOR

IN_THE_NAME_OF = "responsible"  # who is responsible for the task on that day
ENTRY_OF = "entry"  # task and month, as 510402/2026-05
RECORDED = frozenset({IN_THE_NAME_OF, ENTRY_OF, FOR})


def without_recorded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was reported."""
    return {name: value for name, value in facts.items() if name not in RECORDED}
