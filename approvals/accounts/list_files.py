"""Files of long lists: asked for on a page, made by a worker, each person's own, and kept for some days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from approvals.accounts.tables import ListFile
from approvals.base.errors import NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.jobs import JobView, enqueue, progress
from approvals.base.tables import table_of

FILES: Table = table_of(ListFile)
LIST_FILE = "list_file"  # the kind of job that makes one
KEPT_FOR = timedelta(days=7)
MOST_FILES = 10  # of one person at a time


@dataclass(frozen=True, slots=True)
class ListFileView:
    """A file of a person, made or not yet; `size` is in bytes."""

    id: int
    title: str
    name: str
    asked_at: datetime
    made_at: datetime | None
    size: int
    job: JobView | None

    @property
    def is_failed(self) -> bool:
        return self.made_at is None and (self.job is None or self.job.is_over)

    @property
    def is_waited_for(self) -> bool:
        return self.made_at is None and not self.is_failed

    @property
    def kept_until(self) -> datetime:
        return self.asked_at + KEPT_FOR


@dataclass(frozen=True, slots=True)
class WantedFile:
    """Whose file it is, and the address at which the list gives it."""

    person_id: int
    address: str


@dataclass(frozen=True, slots=True)
class MadeFile:
    name: str
    media_type: str
    content: bytes


def request_file(tx: Connection, person_id: int, title: str, address: str, now: datetime) -> int:
    """Request the file that a list gives at this address; its id. One that is still waited for is not made twice."""
    own = files_of(tx, person_id)
    same = select(FILES.c.id).where(FILES.c.person_id == person_id, FILES.c.address == address)
    waited_for = [file.id for file in own if file.is_waited_for]
    if (key := tx.execute(same.where(FILES.c.id.in_(waited_for))).scalar()) is not None:
        return int(key)
    if len(own) >= MOST_FILES:
        raise Refused(N_("You have %(most)s files already. Remove one first."), most=MOST_FILES)
    row = {"person_id": person_id, "title": title, "address": address, "asked_at": now, "name": "", "media_type": ""}
    key = int(tx.execute(insert(FILES).values(row).returning(FILES.c.id)).scalar_one())
    enqueue(tx, LIST_FILE, str(key), {}, now)
    return key


def files_of(tx: Connection, person_id: int) -> list[ListFileView]:
    """A person's files without their content, the newest first."""
    names = ("id", "title", "name", "asked_at", "made_at")
    size = func.coalesce(func.length(FILES.c.content), 0).label("size")
    query = select(*(FILES.c[name] for name in names), size).where(FILES.c.person_id == person_id)
    rows = tx.execute(query.order_by(FILES.c.id.desc())).all()
    return [
        ListFileView(row.id, row.title, row.name, row.asked_at, row.made_at, row.size, _job(tx, row.id)) for row in rows
    ]


def _job(tx: Connection, file_id: int) -> JobView | None:
    return progress(tx, LIST_FILE, str(file_id))


def wanted_file(tx: Connection, file_id: int) -> WantedFile | None:
    """What the worker is to make; None when it was removed meanwhile."""
    row = tx.execute(select(FILES.c.person_id, FILES.c.address).where(FILES.c.id == file_id)).one_or_none()
    return WantedFile(*row) if row else None


def store_file(tx: Connection, file_id: int, file: MadeFile, now: datetime) -> None:
    made = {"name": file.name, "media_type": file.media_type, "content": file.content, "made_at": now}
    tx.execute(update(FILES).where(FILES.c.id == file_id).values(made))


def made_file(tx: Connection, person_id: int, file_id: int) -> MadeFile:
    """A person's own file; NotFound for any other, and for one that is not made yet."""
    columns = FILES.c.name, FILES.c.media_type, FILES.c.content
    own = FILES.c.id == file_id, FILES.c.person_id == person_id, FILES.c.made_at.is_not(None)
    row = tx.execute(select(*columns).where(*own)).one_or_none()
    if row is None:
        raise NotFound
    return MadeFile(row.name, row.media_type, bytes(row.content))


def remove_file(tx: Connection, person_id: int, file_id: int) -> None:
    """Remove a person's own file; NotFound for any other."""
    if not tx.execute(delete(FILES).where(FILES.c.id == file_id, FILES.c.person_id == person_id)).rowcount:
        raise NotFound


def delete_old_files(tx: Connection, now: datetime) -> int:
    """Delete the files that were asked for some days ago; how many."""
    return int(tx.execute(delete(FILES).where(FILES.c.asked_at < now - KEPT_FOR)).rowcount)
