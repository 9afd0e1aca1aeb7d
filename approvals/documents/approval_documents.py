"""The official documents of one approval: its one-time notices, and the evidence of its deadlines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import N_, language
from approvals.base.moments import day_of, end_of
from approvals.base.templating import render
from approvals.calendar.queries import limits_of
from approvals.documents.page import PDF_LANGUAGES, full_name, header_size
from approvals.history.queries import EntryView, entries_of_approval
from approvals.history.record import ENTRY
from approvals.pdf.qr import Qr
from approvals.windows.clocks import CLOCK_NAMES, UNIT_NAMES
from approvals.windows.deadline_explanation import BEGINNINGS, TITLES, ClockView, explain_deadline
from approvals.windows.form_options import NOTICES
from approvals.windows.messages import Sentence, next_step
from approvals.windows.queries import AGAIN, ApprovalView, approval
from approvals.windows.views import notice_number
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Move
from workflows.config.city import load_city
from workflows.rules.cards import RECEIPTS

# The rules of the clock by number: text, and article of the law; none where the city has set the rule.
LAW_RULES: Mapping[int, tuple[str, str]] = {
    2: (N_("Limits count working days: Monday to Friday, as the State Council's notice of the year changes it."), "82"),
    3: (N_("The day of the event does not count; the next working day is the first."), ""),
    4: (
        N_(
            "A day counts if the clock is running at its close: the day of a pause does not count, the day of the "
            "resumption does."
        ),
        "",
    ),
    5: (N_("The due date is the day on which the last counted day falls; a decision on it is in time."), ""),
    6: (
        N_(
            "A limit in calendar days counts every day; if the last day is not a working day, the limit moves to the "
            "next one."
        ),
        "",
    ),
    7: (N_("While the project is suspended its clocks stand still; pauses that overlap count once."), ""),
    8: (
        N_(
            "List everything that is missing in a single notice within five working days. Without a "
            "response, the application counts as accepted from receipt."
        ),
        "32",
    ),
    14: (N_("Days of special procedures do not count; the applicant is notified of them in writing."), "45"),
    15: (N_("A decision is delivered within ten working days."), "44"),
}
_RULES_OF_CLOCK = {"decision": 5, "notice": 8, "delivery": 15}


@dataclass(frozen=True, slots=True)
class OneTimeNotice:
    """A one-time notice. `is_to_do` while nothing happened since; `next` is the next step of the approval today."""

    approval: ApprovalView
    project_number: str
    number: str
    move: Move
    is_again: bool
    seq: int
    hash: str
    told_at: datetime
    received_on: date
    items: tuple[Mapping[str, str], ...]
    justification: str
    answer_days: int
    department: UnitName
    owner: UnitName
    is_to_do: bool
    next: Sentence

    @property
    def ref(self) -> dict[str, str]:
        """How the approval is addressed."""
        return {"project": self.approval.project, "code": self.approval.code}

    @property
    def address(self) -> dict[str, Any]:
        """How the notice is addressed."""
        return {**self.ref, "seq": self.seq}


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A notice to be printed; only the Chinese text is the notice itself."""

    html_code: str
    is_translation: bool
    header: str
    header_size: int
    addressee: str
    notice: OneTimeNotice
    address: str
    qr: Qr


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """An entry's place in its project's chain."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class LawRule:
    number: int
    words: str
    article: str


@dataclass(frozen=True, slots=True)
class ClockDocument:
    """The days behind a due date, with the last entry that they can rest on and the head of the chain that day."""

    html_code: str
    clock: ClockView
    rules: tuple[LawRule, ...]
    last: ChainPosition | None
    head: ChainPosition | None
    printed_at: datetime


def notice_of(tx: Connection, ref: str, code: str, seq: int, actor: Actor, today: date) -> OneTimeNotice:
    """The notice that stands at this place of the record; NotFound when there is none that the actor may see."""
    view = approval(tx, ref, code, actor, today)
    entries = [entry for entry in entries_of_approval(tx, view.id) if entry.subject == APPROVAL.name]
    notice = next((entry for entry in entries if entry.seq == seq and entry.move in NOTICES), None)
    if notice is None:
        raise NotFound
    units = unit_names(tx, [notice.unit, view.owner])  # the department as it was called then
    return OneTimeNotice(
        approval=view,
        project_number=load_city().shown_number(view.project),
        number=notice_number(notice.facts),
        move=APPROVAL.move(notice.move),
        is_again=notice.move == AGAIN,
        seq=notice.seq,
        hash=notice.hash,
        told_at=notice.at,
        received_on=_received_on(entries, notice),
        items=tuple(notice.facts["items"]),
        justification=notice.facts.get("justification", ""),
        answer_days=limits_of(view).notice,
        department=units[notice.unit],
        owner=units[view.owner],
        is_to_do=all(entry.seq <= seq or entry.move == "change_unit" for entry in entries),
        next=next_step(view, today, {entry.move for entry in entries if entry.round == view.round}),
    )


def _received_on(entries: Sequence[EntryView], notice: EntryView) -> date:
    """The day on which that was handed in which the notice answers."""
    return max(day_of(entry.at) for entry in entries if entry.seq < notice.seq and entry.move in RECEIPTS)


def notice_document(notice: OneTimeNotice, address: str, qr: Qr) -> NoticeDocument:
    """The notice in the language of the answer, with the address of its page."""
    header = full_name(notice.department)
    return NoticeDocument(
        html_code=PDF_LANGUAGES[language()],
        is_translation=language() == "en",
        header=header,
        header_size=header_size(header),
        addressee=full_name(notice.owner),
        notice=notice,
        address=address,
        qr=qr,
    )


def clock_document(
    tx: Connection, ref: str, code: str, actor: Actor, *, on: date, clock: str, today: date, printed_at: datetime
) -> ClockDocument:
    """The evidence of a clock at the close of `on`; NotFound for those who may not see its page."""
    view = explain_deadline(tx, ref, code, actor, on=on, clock=clock, today=today)
    return ClockDocument(
        html_code=PDF_LANGUAGES[language()],
        clock=view,
        rules=tuple(_rules(view)),
        last=_last(tx, view.approval, on, is_own=True),
        head=_last(tx, view.approval, on, is_own=False),
        printed_at=printed_at,
    )


def _rules(view: ClockView) -> Iterable[LawRule]:
    """The rules that decided about these days, in the order of their numbers."""
    numbers = {2, 3, 4, 5, _RULES_OF_CLOCK[view.clock]}
    numbers |= {day.law_rule for month in view.months for day in month.days}
    numbers |= {6} if view.has_calendar_days else set()
    return (LawRule(number, *LAW_RULES[number]) for number in sorted(numbers))


def _last(tx: Connection, view: ApprovalView, on: date, *, is_own: bool) -> ChainPosition | None:
    """The last entry up to the close of `on`, of the approval itself or of its whole project."""
    in_scope = ENTRY.c.approval_id == view.id if is_own else ENTRY.c.project_id == view.project_id
    entries = select(ENTRY.c.seq, ENTRY.c.hash).where(in_scope, ENTRY.c.at <= end_of(on))
    row = tx.execute(entries.order_by(ENTRY.c.seq.desc()).limit(1)).one_or_none()
    return ChainPosition(row.seq, row.hash) if row else None


def notice_html(document: NoticeDocument) -> str:
    """The notice as a document, in the language in use."""
    return render("documents/notice.html", document=document, view=document.notice)


def clock_html(document: ClockDocument) -> str:
    """The evidence of a clock as a document, in the language in use."""
    words = {"names": CLOCK_NAMES, "units": UNIT_NAMES, "titles": TITLES, "beginnings": BEGINNINGS}
    return render("documents/clock.html", document=document, view=document.clock, **words)
