"""One approval on its page: status, next step, clock, materials, notices, timeline."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, union_all

from approvals.accounts.actors import Actor, is_officer, may_see
from approvals.accounts.queries import UnitName, unit_names
from approvals.base.i18n import label
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force, edition_for, last_edition, limits_of, step_with
from approvals.catalogue.queries import catalogue_of
from approvals.filing.documents import DocumentView, for_project
from approvals.history.queries import EntryView, outward
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS
from approvals.history.timeline import EntryDescription, describe, since
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.windows.clocks import LimitView, dues
from approvals.windows.correction_views import correction_link
from approvals.windows.deadline_changes import DeadlineChangeView, deadline_changes
from approvals.windows.form_options import NOTICES, FormOptions, form_options
from approvals.windows.hand_in import HandIn, hand_in_form, in_hand_of
from approvals.windows.handlers import is_in_hand
from approvals.windows.materials import HAND_INS, MaterialSource, granted_documents, sources
from approvals.windows.messages import Sentence, next_step
from approvals.windows.owed.materials import owed_of
from approvals.windows.owed.promises import promise_of
from approvals.windows.queries import ApprovalView, approval, approvals_of_project
from approvals.windows.validity import Validity, validity
from workflows.charts.approval import AGREE, APPROVAL, IN_HAND
from workflows.charts.model import State
from workflows.charts.options import OPTION_LABELS
from workflows.clock.approval_clock import read
from workflows.clock.reading import Reading
from workflows.clock.time_accounting import TimeAccount, whole_time_account
from workflows.clock.timeline import CORRECT, Step
from workflows.config.catalogue import Item, Stage
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.label import Label
from workflows.rules.item_words import state_of
from workflows.rules.next_steps import waiting_for
from workflows.rules.owed_materials import OwedMaterials
from workflows.rules.promise_checks import PromiseStatus

CLOCKED = ("approval", "project")  # subjects whose entries the clock reads
_COLUMNS = [ENTRY.c[name] for name in EntryView.__dataclass_fields__]
_ENTRIES = union_all(
    select(*_COLUMNS).where(ENTRY.c.approval_id == bindparam("approval_id")),
    select(*_COLUMNS).where(ENTRY.c.project_id == bindparam("project_id"), HALTS),
).order_by("seq")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An approval before or after this one; of other departments only the name and the state are shown."""

    code: str
    item: Item
    state: State
    department: UnitName
    is_open: bool  # whether its page opens to the reader


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A material handed in: as files, or as the granted document of an approval (`source`), or else on paper."""

    name: str
    documents: tuple[DocumentView, ...]
    source: MaterialSource | None


@dataclass(frozen=True, slots=True)
class MaterialSubmission:
    """Materials handed in together; `missing` are materials of the item that had not been handed in by then."""

    told: EntryDescription
    materials: tuple[MaterialView, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwedView:
    """A material that was left owed: `state` is owed, supplied or settled, `document` the file that came."""

    name: str
    state: str
    document: DocumentView | None


@dataclass(frozen=True, slots=True)
class NoticeSummary:
    """A one-time notice with its number. `is_to_do` while the owner has not handed in again."""

    told: EntryDescription
    number: str
    items: tuple[Mapping[str, str], ...]
    is_to_do: bool


@dataclass(frozen=True, slots=True)
class AgreementView:
    """Who agreed to which decision on a project of the deciding unit, and when."""

    decision: Label
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PageView:
    """The page of one approval."""

    approval: ApprovalView
    last_edition: int  # of the holiday notices, today
    number: str
    state: State
    department: UnitName
    owner: UnitName
    stage: Stage
    next: Sentence
    reading: Reading
    dues: Mapping[str, LimitView]
    procedure: Mapping[str, Any] | None
    promise: PromiseStatus | None
    owed: tuple[OwedView, ...]
    owed_until: date | None
    is_owed_late: bool
    document: DocumentView | None  # that the grant carries
    delivery: Mapping[str, Any] | None  # how and to whom the decision was delivered
    shifts: tuple[DeadlineChangeView, ...]
    spent: TimeAccount
    validity: Validity | None
    offers: FormOptions
    hand_in: HandIn | None
    would_wait: tuple[Item, ...]  # until it is applied for again, if its application were withdrawn
    submissions: tuple[MaterialSubmission, ...]
    notices: tuple[NoticeSummary, ...]
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]
    may_see_project: bool
    shows_handler: bool  # to officers, while the window has the case
    agreement: AgreementView | None  # of the head to the decision on a project of the own unit, in this round
    correction: str  # label of the link to the corrections, a msgid; empty for readers without a move there

    @property
    def waits_for_agreement(self) -> bool:
        """Whether the head must agree before the unit decides on a project of its own."""
        since = load_policy().head_agrees_from
        return self.approval.is_own and since is not None and self.approval.state in IN_HAND and not self.agreement

    @property
    def ref(self) -> dict[str, str]:
        """How the page is addressed."""
        return {"project": self.approval.project, "code": self.approval.code}

    @property
    def light(self) -> str | None:
        """The light of a running or paused clock; a decision puts it out."""
        return self.reading.light if self.approval.open_light else None

    @property
    def earlier_notices(self) -> tuple[NoticeSummary, ...]:
        """The notices that need no action any more."""
        return tuple(notice for notice in self.notices if not notice.is_to_do)

    @property
    def is_again(self) -> bool:
        return self.approval.round > 1


def page(tx: Connection, ref: str, code: str, actor: Actor, *, today: date, looked_at: int | None = None) -> PageView:
    """The page of this approval; NotFound when the actor may not see it. `looked_at` is the version seen before."""
    view = approval(tx, ref, code, actor, today)
    entries = _entries(tx, view)
    entries = entries if is_officer(actor) else outward(entries)
    siblings = approvals_of_project(tx, view.project_id, today)
    names = {view.owner, *(sibling.department for sibling in siblings), *(entry.unit for entry in entries)}
    units = unit_names(tx, names)
    descriptions = [_anonymous(actor, description) for description in describe(tx, entries, units=units)]
    before = [sibling for sibling in siblings if sibling.code in view.requires]
    needed = [sibling for sibling in before if sibling.state != "granted"]
    documents = for_project(tx, view.project_id)
    granted, owed = granted_documents(siblings, today), owed_of(tx, view)
    submissions = tuple(reversed([*_submissions(view, entries, descriptions, documents, granted)]))
    notices = tuple(_notices(view, entries, descriptions))
    requested = [item["material"] for notice in notices for item in notice.items]
    in_hand = in_hand_of(view, entries)
    missing = submissions[0].missing if submissions else ()
    own = [entry for entry in entries if entry.subject in CLOCKED]
    steps = [step_of(entry) for entry in entries if entry.subject in CLOCKED or entry.move == CORRECT]
    last = last_edition(tx)
    calendar = calendar_in_force(tx, edition_for(tx, view, last))
    offers = form_options(tx, view, actor, requested, missing, owed=owed)
    reading = read(steps, limits_of(view), calendar, today, days=False, reminder_at=load_policy().reminder_at)
    return PageView(
        approval=view,
        last_edition=last,
        number=load_city().shown_number(view.project),
        state=state_of(view.item, view.state),
        department=units[view.department],
        owner=units[view.owner],
        stage=catalogue_of(tx, view, today).stage(view.stage),
        next=next_step(view, today, _made(view, entries), needed),
        reading=reading,
        dues=dues(reading),
        procedure=_procedure(view, entries),
        promise=promise_of(tx, view, view.item),
        owed=_owed_views(owed, documents),
        owed_until=view.owed_until,
        is_owed_late=owed is not None and owed.is_late(today),
        document=next((row for row in documents if row.uid == view.document_uid), None),
        delivery=_delivery(view, entries),
        shifts=deadline_changes(steps, own, limits_of(view), view.item.special, calendar, today),
        spent=whole_time_account(steps, calendar, today),
        validity=validity(view, today),
        offers=offers,
        hand_in=hand_in_form(tx, view, actor, offers.moves, in_hand, documents=documents, granted=granted, owed=owed),
        would_wait=_would_wait(view, siblings),
        submissions=submissions,
        notices=notices,
        before=tuple(_neighbour(sibling, units, actor) for sibling in before),
        after=tuple(_neighbour(sibling, units, actor) for sibling in siblings if view.code in sibling.requires),
        days=by_day(descriptions),
        meanwhile=since(descriptions, looked_at, view.id),
        correction=correction_link(tx, view, actor),
        agreement=_agreement(view, entries, descriptions),
        shows_handler=is_officer(actor) and is_in_hand(view),
        may_see_project=may_see(actor, replace(view.place, department_id=None)),
    )


def _agreement(
    approval: ApprovalView, entries: Sequence[EntryView], descriptions: Sequence[EntryDescription]
) -> AgreementView | None:
    """The last word of the head on this round's decision."""
    agreed = [pair for pair in _own(entries, descriptions, (AGREE,)) if pair[0].round == approval.round]
    if not agreed:
        return None
    entry, description = agreed[-1]
    return AgreementView(OPTION_LABELS[entry.facts["decision"]], description.who, entry.at)


def _made(approval: ApprovalView, entries: Iterable[EntryView]) -> frozenset[str]:
    """The moves of the present round."""
    own = (entry for entry in entries if entry.subject == APPROVAL.name and entry.round == approval.round)
    return frozenset(entry.move for entry in own)


def _would_wait(approval: ApprovalView, siblings: Iterable[ApprovalView]) -> tuple[Item, ...]:
    """The items that cannot begin without this approval, directly or through one another."""
    waiting = {sibling.code: sibling for sibling in siblings if sibling.state == "waiting"}
    return tuple(waiting[code].item for code in waiting_for({approval.code}, waiting.values()))


def _entries(tx: Connection, approval: ApprovalView) -> list[EntryView]:
    """The record of this approval and its escalations, and what stopped its project."""
    rows = tx.execute(_ENTRIES, {"approval_id": approval.id, "project_id": approval.project_id})
    return [EntryView(**row._asdict() | {"facts": orjson.loads(row.facts)}) for row in rows]


def step_of(entry: EntryView) -> Step:
    """The entry as the clock sees it."""
    return step_with(Step(entry.move, day_of(entry.at), seq=entry.seq), entry.facts)


def _anonymous(actor: Actor, description: EntryDescription) -> EntryDescription:
    """Owners see the role of the city's officers, not their names."""
    is_named = is_officer(actor) or description.unit.name == actor.unit or not description.who
    return description if is_named else replace(description, who=label(description.role), away="")


def _own(
    entries: Sequence[EntryView], descriptions: Sequence[EntryDescription], moves: tuple[str, ...]
) -> list[tuple[EntryView, EntryDescription]]:
    pairs = zip(entries, descriptions, strict=True)
    return [pair for pair in pairs if pair[0].subject == APPROVAL.name and pair[0].move in moves]


def _submissions(
    approval: ApprovalView,
    entries: Sequence[EntryView],
    descriptions: Sequence[EntryDescription],
    documents: Iterable[DocumentView],
    granted: Mapping[str, MaterialSource],
) -> Iterable[MaterialSubmission]:
    """What was handed in, in order; what was handed in earlier in a round need not come again."""
    materials_in_system = sources(approval.item, approval.item.materials, granted, ())
    by_uid = {document.uid: document for document in documents}
    in_hand: dict[int, set[str]] = defaultdict(set)  # by round
    for entry, description in _own(entries, descriptions, HAND_INS):
        files = _files_by_material(entry.facts["materials"], by_uid)
        in_hand[entry.round] |= set(files)
        yield MaterialSubmission(
            description,
            tuple(MaterialView(name, found, materials_in_system.get(name)) for name, found in files.items()),
            tuple(name for name in approval.item.materials if name not in in_hand[entry.round]),
        )


def _files_by_material(
    materials: Iterable[Mapping[str, str]], by_uid: Mapping[str, DocumentView]
) -> dict[str, tuple[DocumentView, ...]]:
    """The materials of a submission in their order, each with its files."""
    files: dict[str, tuple[DocumentView, ...]] = {}
    for row in materials:
        document = by_uid.get(row.get("document", ""))
        files[row["name"]] = files.get(row["name"], ()) + ((document,) if document else ())
    return files


def _notices(
    approval: ApprovalView, entries: Sequence[EntryView], descriptions: Sequence[EntryDescription]
) -> Iterable[NoticeSummary]:
    """The notices of the current round, the latest first."""
    is_open = approval.state == "correcting"
    for entry, description in reversed(_own(entries, descriptions, NOTICES)):
        if entry.round == approval.round:
            yield NoticeSummary(description, notice_number(entry.facts), tuple(entry.facts["items"]), is_open)
            is_open = False


def notice_number(facts: Mapping[str, Any]) -> str:
    """The number of an official notice; empty for those older than the numbering."""
    return load_city().shown_notice(facts["notice_year"], facts["notice_no"]) if "notice_no" in facts else ""


def _procedure(approval: ApprovalView, entries: Sequence[EntryView]) -> Mapping[str, Any] | None:
    """The facts of the special procedure that runs."""
    started = [entry for entry in entries if entry.move == "start_special" and entry.round == approval.round]
    return started[-1].facts | {"from_on": day_of(started[-1].at)} if approval.state == "paused" and started else None


def _owed_views(owed: OwedMaterials | None, documents: Iterable[DocumentView]) -> tuple[OwedView, ...]:
    by_uid = {document.uid: document for document in documents}
    states = owed.states.items() if owed else ()
    return tuple(
        OwedView(name, state, by_uid.get(owed.documents.get(name, "")) if owed else None) for name, state in states
    )


def _delivery(approval: ApprovalView, entries: Sequence[EntryView]) -> Mapping[str, Any] | None:
    """The facts of the delivery in the current round."""
    delivered = [entry for entry in entries if entry.move == "deliver" and entry.round == approval.round]
    return delivered[-1].facts if delivered else None


def _neighbour(approval: ApprovalView, units: Mapping[str, UnitName], actor: Actor) -> Neighbour:
    state = state_of(approval.item, approval.state)
    return Neighbour(approval.code, approval.item, state, units[approval.department], may_see(actor, approval.place))
