"""All reading of a request in one transaction, and what is found once in it."""

import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from approvals.base.database import Transactions

T = TypeVar("T")
_FOUND = "guahao_found"  # an execution option of a shared reading: what was found in it, by key


class SharedReading:
    """Transactions of one thread whose readings are one snapshot, from the first of them to `close()`.

    After a write, or an error within a reading, the next reading is of a new snapshot.
    """

    def __init__(self, database: Transactions) -> None:
        self._database = database
        self._open = ExitStack()
        self._tx: Connection | None = None
        self._readers = 0
        self._is_over = False

    @property
    def is_sqlite(self) -> bool:
        return self._database.is_sqlite

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if self._is_over and self._readers:  # somebody around us still reads the former snapshot
            with self._database.read() as tx:
                yield tx
            return
        tx = self._shared()
        self._readers += 1
        try:
            yield tx
        except BaseException:
            self._is_over = True
            if self._readers == 1:
                self._open.__exit__(*sys.exc_info())
            raise
        finally:
            self._readers -= 1

    def write(self) -> AbstractContextManager[Connection]:
        if self._readers:
            self._is_over = True
        else:
            self.close()  # nobody holds one connection while waiting for another
        return self._database.write()

    def close(self) -> None:
        """End the transaction, if there is one; a lost connection has nothing to be rolled back."""
        self._tx, self._is_over = None, False
        with suppress(DBAPIError):
            self._open.close()

    def _shared(self) -> Connection:
        if self._is_over:
            self.close()
        if self._tx is None:
            tx = self._open.enter_context(self._database.read())
            self._tx = tx.execution_options(**{_FOUND: {}})
        return self._tx


def found_once(tx: Connection, key: Hashable, find: Callable[[], T]) -> T:
    """What `find` gives, which is asked once for each key within a shared reading, and each time in any other."""
    found = tx.get_execution_options().get(_FOUND)
    if found is None:
        return find()
    if key not in found:
        found[key] = find()
    return cast(T, found[key])
