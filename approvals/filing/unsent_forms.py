"""What a person is still typing: kept as it stands, complete or not, until it is sent or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.tables import table_of
from approvals.filing.tables import TypedForm

TYPED: Table = table_of(TypedForm)
LONGEST = 100_000  # bytes of one kept form
NEW = "draft"  # the form of a new filing; one that is edited is called edit:<uid>


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, when it was kept, and the version of the project that the person looked at."""

    values: Mapping[str, Any]
    at: datetime
    version: int | None = None


def form_of(uid: str) -> str:
    """The name of the form that edits this project."""
    return f"edit:{uid}"


def typed(tx: Connection, person_id: int, form: str) -> Typed | None:
    """What this person has typed into the form and not sent."""
    row = tx.execute(
        select(TYPED.c.content, TYPED.c.at).where(TYPED.c.person_id == person_id, TYPED.c.form == form)
    ).one_or_none()
    if row is None:
        return None
    content = orjson.loads(row.content)
    return Typed(content["values"], row.at, content["version"])


def keep_typed(
    tx: Connection, person_id: int, form: str, values: Mapping[str, Any], *, version: int | None = None, now: datetime
) -> None:
    """Keep what was typed in place of what was kept before; a form left empty is not kept."""
    if not any(values.values()):
        drop_typed(tx, person_id, form)
        return
    packed = orjson.dumps({"values": values, "version": version})
    if len(packed) > LONGEST:
        raise Refused(N_("This is too long to be kept."))
    content = packed.decode()
    insert = sqlite.insert(TYPED) if tx.dialect.name == "sqlite" else postgresql.insert(TYPED)
    row = {"person_id": person_id, "form": form, "content": content, "at": now}
    changed = {"content": content, "at": now}
    tx.execute(insert.values(row).on_conflict_do_update(index_elements=["person_id", "form"], set_=changed))


def drop_typed(tx: Connection, person_id: int, form: str) -> None:
    """Forget what was typed: it has been sent, or is not wanted any more."""
    tx.execute(delete(TYPED).where(TYPED.c.person_id == person_id, TYPED.c.form == form))
