"""Statements compiled once a test process, not once a database: thousands of tests open a database of their own."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, event


class CompiledStatements(dict[Any, Any]):
    """A cache of compiled statements that several engines of one dialect share: their keys differ in its instance."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


_shared: dict[str, CompiledStatements] = defaultdict(CompiledStatements)


def share_compiled_statements() -> None:
    """From now on all engines of this process compile into one cache for each dialect."""
    event.listen(Engine, "engine_connect", _use_shared)


def _use_shared(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_shared[connection.dialect.name])
