"""What a move of an item or of an entry does beside changing its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.history.commands import MoveWarning


@dataclass(frozen=True, slots=True)
class Effect:
    """The columns that a move changes, the facts beside its input, and what of it looks like a mistake."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[MoveWarning, ...] = ()
