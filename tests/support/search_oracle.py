"""What a search must find, worked out from all rows with rules of its own: the oracle of the search."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import GRANT, PERSON, UNIT
from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.receipts import RECEIPTS
from approvals.history.record import ENTRY, NOTICE
from approvals.programme.queries import ITEMS, TASKS
from approvals.registration.queries import APPROVALS
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from approvals.supervision.orders.queries import ORDERS
from workflows.charts.registry import CHARTS
from workflows.config.catalogue import load_catalogue

TABLES = {
    table.name: table
    for table in (
        *(PERSON, UNIT, GRANT, PROJECTS, RECEIPTS, APPROVALS, ITEMS, TASKS, ORDERS, DOCUMENTS, REPORTS),
        *(NOTICE, ENTRY),
    )
}
CITY = {"liaison", "service_centre", "supervision_office", "city_government", "integration"}
OFFICERS = CITY - {"integration"}
MANAGERS = OFFICERS - {"liaison"}
DESKS = {"window", "window_head"}
HAND_INS = {"submit", "resubmit", "supplement", "supply_owed"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


@cache
def plain(text: str | None) -> str:
    """A text as a reader sees it, without what makes no difference."""
    kinds = {"Ps": "(", "Pe": ")", "Pd": "-"}
    letters = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(kinds.get(unicodedata.category(letter), letter) for letter in letters if not letter.isspace())


def has_all(search: str, *texts: str | None) -> bool:
    words = [plain(word) for word in unicodedata.normalize("NFKC", search).split()]
    return all(any(word in plain(text) for text in texts if text) for word in words)


def written(search: str, *forms: str) -> bool:
    return plain(search) in {plain(form) for form in forms}


def numbers(word: str, year: int, serial: int) -> Iterator[str]:
    """The ways to write a number of which all kinds have one, and those with the word."""
    for head in (word, word[1:], word[2:], ""):
        yield f"{head}〔{year}〕{serial}号"
    padded = [f"{year}-{serial:0{width}}" for width in range(1, 6)]
    for plain_number in (*padded, f"{year}){serial}", f"{year}){serial}号"):
        yield from (plain_number, f"-{plain_number}", f"({plain_number}")
    yield from (f"{serial}号", f"第{serial}号")


@dataclass
class World:
    """All rows, by the name of their table."""

    rows: dict[str, list[Any]]

    @classmethod
    def read(cls, tx: Connection) -> "World":
        return cls({name: list(tx.execute(select(table))) for name, table in TABLES.items()})

    def person(self, username: str) -> "Reader":
        person = next(row for row in self.rows["people"] if row.username == username)
        roles = {row.role for row in self.rows["role_grants"] if row.person_id == person.id}
        return Reader(self, person, roles)

    def by_id(self, table: str) -> dict[int, Any]:
        return {row.id: row for row in self.rows[table]}

    def texts(self) -> list[str]:
        """Every text that somebody might search for."""
        names = {
            "projects": ("name", "external_ref", "number", "project_code"),
            "approvals": ("document_no",),
            **{"units": ("name",), "people": ("name", "username"), "programme_items": ("name", "item_no")},
            **{"orders": ("subject",), "documents": ("name",)},
        }
        texts = [getattr(row, name) for table, columns in names.items() for row in self.rows[table] for name in columns]
        return sorted({text for text in texts if text})


@dataclass
class Reader:
    """Somebody with the roles they hold, and what they find: by kind, the references of all hits."""

    world: World
    person: Any
    roles: set[str]

    def finds(self, search: str) -> dict[str, set[str]]:
        kinds = ("project", "approval", "item", "order", "unit", "person", "document", "report", "notice")
        found = {kind: set(getattr(self, f"{kind}s")(search)) for kind in kinds}
        return {kind: refs for kind, refs in found.items() if refs}

    def is_(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))

    def owns(self, project: Any) -> bool:
        return self.is_("owner") and project.owner_unit_id == self.person.unit_id

    def is_joint(self, project: Any) -> bool:
        units = (project.joint_first_id, project.joint_second_id)
        return self.is_("window_head") and self.person.unit_id in units

    def sees_project(self, project: Any) -> bool:
        return self.owns(project) or (bool(project.filed_at) and (self.is_(*CITY) or self.is_joint(project)))

    def sees_approval(self, approval: Any, project: Any) -> bool:
        own = self.is_(*DESKS) and approval.department_id == self.person.unit_id
        return own or self.is_(*CITY) or self.owns(project) or self.is_joint(project)

    def projects(self, search: str) -> Iterator[str]:
        units = self.world.by_id("units")
        for row in self.world.rows["projects"]:
            owner = units[row.owner_unit_id]
            by_owner = self.is_("window_head", *OFFICERS) and has_all(search, owner.name, owner.name_en)
            if self.sees_project(row) and (by_owner or self.is_called(row, search)):
                yield ref(row)

    def is_called(self, project: Any, search: str) -> bool:
        """Whether the search is of this project, by what is written on it."""
        if written(search, project.uid) or has_all(
            search, project.name, project.external_ref, project.number, project.project_code
        ):
            return True
        filed = [row for row in self.world.rows["filing_receipts"] if row.project_id == project.id]
        if written(search, *(f"攀备〔{row.year}〕{row.serial}号" for row in filed)):
            return True
        return bool(project.number) and written(search, *numbers("攀挂", project.year, project.serial), project.number)

    def approvals(self, search: str) -> Iterator[str]:
        projects = self.world.by_id("projects")
        *before, last = search.replace("/", " ").replace("／", " ").split() or [""]
        for row in self.world.rows["approvals"]:
            project = projects[row.project_id]
            if not self.sees_approval(row, project):
                continue
            item = load_catalogue().items[row.code]
            is_item = bool(before) and has_all(last, item.code, item.zh, item.en)
            if (
                (row.document_no and has_all(search, row.document_no))
                or (is_item and self.is_called(project, " ".join(before)))
                or (self.is_(*DESKS) and self.is_called(project, search))
            ):
                yield f"{project.number}/{row.code}"

    def items(self, search: str) -> Iterator[str]:
        units = self.world.by_id("units")
        for row in self.world.rows["programme_items"]:
            tasks = [task.unit_id for task in self.world.rows["programme_tasks"] if task.item_id == row.id]
            is_own = self.is_("owner") and self.person.unit_id in (row.lead_unit_id, *tasks)
            if (is_own or self.is_("finance", *CITY)) and has_all(
                search, row.name, row.item_no, units[row.lead_unit_id].name
            ):
                yield f"programme/{row.year}/{row.item_no}"

    def orders(self, search: str) -> Iterator[str]:
        for row in self.world.rows["orders"]:
            is_own = self.is_(*DESKS) and row.department_id == self.person.unit_id
            number = f"攀督〔{row.year}〕{row.serial}号"
            forms = numbers("攀督", row.year, row.serial)
            is_found = has_all(search, row.subject, number, f"{row.year}-{row.serial}") or written(search, *forms)
            if (is_own or self.is_(*CITY)) and is_found:
                yield f"{row.year}-{row.serial}"

    def units(self, search: str) -> Iterator[str]:
        for row in self.world.rows["units"]:
            is_seen = self.is_("sysadmin") or (self.is_(*OFFICERS) and row.kind in ("owner", "county"))
            if is_seen and has_all(search, row.name, row.name_en):
                yield row.name

    def sees_person(self, row: Any) -> bool:
        is_liaison = any(
            grant.person_id == row.id and grant.role == "liaison" for grant in self.world.rows["role_grants"]
        )
        return self.is_("sysadmin", "secadmin") or (self.is_(*OFFICERS) and is_liaison)

    def persons(self, search: str) -> Iterator[str]:
        for row in self.world.rows["people"]:
            if self.sees_person(row) and has_all(search, row.name, row.username):
                yield row.username

    def documents(self, search: str) -> Iterator[str]:
        projects = self.world.by_id("projects")
        for row in self.world.rows["documents"]:
            project = projects[row.project_id]
            is_seen = self.sees_project(project) or row.uid in self.handed_to_desk(project)
            if is_seen and has_all(search, row.name):
                yield row.uid

    def handed_to_desk(self, project: Any) -> set[str]:
        """The documents of applications to the reader's window, of its grants, and of those that its items build on."""
        if not self.is_(*DESKS):
            return set()
        of_project = [row for row in self.world.rows["approvals"] if row.project_id == project.id]
        own = {row.id: row for row in of_project if row.department_id == self.person.unit_id}
        uids: set[str] = set()
        for entry in self.world.rows["history_entries"]:
            if entry.approval_id in own and entry.subject == "approval" and entry.move in HAND_INS:
                materials = orjson.loads(entry.facts).get("materials", [])
                uids |= {piece["document"] for piece in materials if isinstance(piece, dict) and "document" in piece}
        needed = {code for row in own.values() for code in load_catalogue().items[row.code].satisfied_by.values()}
        needed |= {row.code for row in own.values()}
        return uids | {row.document_uid for row in of_project if row.document_uid and row.code in needed}

    def reports(self, search: str) -> Iterator[str]:
        words = {"monthly": "攀挂报", "bulletin": "攀督通"}
        for row in self.world.rows["reports"] if self.is_("integration", *MANAGERS) else ():
            forms = list(numbers(words[row.kind], row.year, row.number))
            if has_all(search, *titles(row), *forms[:1], f"{row.year}-{row.number}", row.period) or written(
                search, *forms
            ):
                yield f"{row.kind}/{row.period}"

    def notices(self, search: str) -> Iterator[str]:
        projects, items = self.world.by_id("projects"), self.world.by_id("programme_items")
        events: dict[tuple[int, int], int] = {}
        for row in sorted(self.world.rows["notices"], key=lambda row: -row.id):
            if not self.is_addressed(row):
                continue
            chart, _, move = row.move.partition(".")
            labels = CHARTS[chart].move(move)
            project, item = projects.get(row.project_id), items.get(-row.project_id)
            order = numbers("攀督", *map(int, row.label.split("-"))) if chart == "order" else ()
            if (
                has_all(search, labels.zh)
                or has_all(search, labels.zh, labels.en)
                or (project and self.is_called(project, search))
                or (item and has_all(search, item.name, item.item_no))
                or written(search, *order)
            ):
                events[row.project_id, row.seq] = row.id
        yield from map(str, events.values())

    def is_addressed(self, notice: Any) -> bool:
        to_unit = {"owner": {"owner"}, "window": DESKS, "window_head": {"window_head"}}
        if notice.audience in to_unit:
            return self.is_(*to_unit[notice.audience]) and notice.unit_id == self.person.unit_id
        if notice.audience == "officer":
            return notice.unit_id == self.person.id
        at = self.person.id if notice.audience == "liaison" else 0
        return self.is_(notice.audience) and notice.unit_id == at


def ref(project: Any) -> str:
    return str(project.number or project.external_ref or project.uid)


def titles(report: Any) -> Iterable[str]:
    year, month = map(int, report.period.split("-"))
    yield f"{year}年{month}月"
    if report.kind == "monthly":
        yield f"{year}年{month}月审批挂号月度升级报告"
        yield f"Monthly escalation report of {MONTHS[month - 1]} {year}"
    else:  # the one of June covers three months
        yield f"{year}年{month - 2}月至{year}年{month}月督查通报"
        yield f"Supervision bulletin, {MONTHS[month - 3]} {year} to {MONTHS[month - 1]} {year}"
