"""A project's casefile on paper: what its page says to this reader on this day, and where in the record it ends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.errors import NotFound
from approvals.base.i18n import label, language
from approvals.base.templating import render
from approvals.calendar.lights import LIGHT_LABELS
from approvals.casefile.project_detail import casefile
from approvals.casefile.schedule import Schedule, ScheduleRow, schedule
from approvals.casefile.time_spent import StageClock
from approvals.casefile.views import Casefile, StageApproval
from approvals.documents.approval_documents import ChainPosition
from approvals.documents.page import PDF_LANGUAGES, system_name
from approvals.filing.documents import DocumentView, checksums
from approvals.history.record import ENTRY
from approvals.history.timeline import EntryDescription, FactView
from approvals.history.timeline_days import TimelineAct
from approvals.windows.clocks import UNIT_NAMES
from workflows.charts.filing_fields import FUNDING_SOURCES, SCALE_UNITS
from workflows.charts.options import OPTION_LABELS
from workflows.clock.time_accounting import TimeAccount
from workflows.config.catalogue import Stage
from workflows.label import Label


@dataclass(frozen=True, slots=True)
class PathRow:
    """An approval on its way: its place in the schedule, and whose working days it took; None for none yet."""

    row: StageApproval
    planned: ScheduleRow | None
    days: TimeAccount | None


@dataclass(frozen=True, slots=True)
class PathStage:
    stage: Stage
    lead: UnitName
    granted: int
    total: int
    clock: StageClock | None
    rows: tuple[PathRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    document: DocumentView
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line of the history: one entry, or several of one act that say the same of several approvals."""

    first_seq: int
    last_seq: int
    at: datetime
    entry: EntryDescription
    codes: tuple[str, ...]
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class CasefilePaper:
    """What is printed: the casefile as its reader sees it on `on`, and the last entry of the record by then."""

    html_code: str
    issuer: str
    reader: Actor
    on: date
    view: Casefile
    schedule: Schedule | None
    stages: tuple[PathStage, ...]
    documents: tuple[DocumentLine, ...]
    record: tuple[RecordLine, ...]
    end: ChainPosition


def casefile_paper(tx: Connection, ref: str, actor: Actor, today: date) -> CasefilePaper:
    """The casefile of this project for this reader; NotFound for those who may not see its page."""
    view = casefile(tx, ref, actor, today=today)
    plan = _schedule(tx, ref, actor, today) if view.stages else None
    sums = checksums(tx, view.project.id)
    return CasefilePaper(
        html_code=PDF_LANGUAGES[language()],
        issuer=system_name(),
        reader=actor,
        on=today,
        view=view,
        schedule=plan,
        stages=tuple(_stages(view, plan)),
        documents=tuple(DocumentLine(document, sums[document.uid]) for document in view.documents),
        record=tuple(_record(act for day in reversed(view.days) for act in reversed(day.acts))),
        end=_end(tx, view.project.id),
    )


def _schedule(tx: Connection, ref: str, actor: Actor, today: date) -> Schedule | None:
    try:
        return schedule(tx, ref, actor, today)
    except NotFound:  # planned, and not registered yet
        return None


def _stages(view: Casefile, plan: Schedule | None) -> Iterator[PathStage]:
    planned = {row.item.code: row for row in plan.rows} if plan else {}
    days = {share.item.code: share.days for share in view.spent.approvals}
    for part in view.stages:
        codes = [(row, row.approval.code) for row in part.approvals]
        rows = tuple(PathRow(row, planned.get(code), days.get(code)) for row, code in codes)
        yield PathStage(part.stage, part.lead, part.granted, part.planned, part.clock, rows)


def _record(acts: Iterable[TimelineAct]) -> Iterator[RecordLine]:
    """The lines in the order in which things happened; what an act said of each approval alone has its own lines."""
    for act in acts:
        entries = sorted(act.entries, key=lambda entry: entry.seq)
        if all(entry.facts == entries[0].facts for entry in entries) and act.is_merged:
            first, last = entries[0], entries[-1]
            yield RecordLine(first.seq, last.seq, first.at, first, act.codes, first.facts)
        else:
            for entry in entries:
                codes = (entry.code,) if entry.code else ()
                yield RecordLine(entry.seq, entry.seq, entry.at, entry, codes, entry.facts)


def _end(tx: Connection, project_id: int) -> ChainPosition:
    """The last entry of the project's record."""
    last = select(ENTRY.c.seq, ENTRY.c.hash).where(ENTRY.c.project_id == project_id).order_by(ENTRY.c.seq.desc())
    row = tx.execute(last.limit(1)).one()
    return ChainPosition(row.seq, row.hash)


def casefile_html(paper: CasefilePaper) -> str:
    """The casefile as a document, in the language in use."""
    words: Mapping[str, object] = {
        "sources": FUNDING_SOURCES,
        "units": SCALE_UNITS,
        "options": OPTION_LABELS,
        "lights": LIGHT_LABELS,
        "unit_names": UNIT_NAMES,
        "reader_unit": label(Label(paper.reader.unit, paper.reader.unit_en)),
    }
    return render("documents/casefile.html", paper=paper, view=paper.view, project=paper.view.project, **words)
