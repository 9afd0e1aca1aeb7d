"""Renditions beside the issued reports: previews, drafts, translations, briefs and departments' extracts."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from approvals import PACKAGE, folder
from approvals.base.errors import NotFound
from approvals.base.hashing import canonical, sha256
from approvals.base.moments import day_of
from approvals.base.service import settings_in_use
from approvals.base.tables import insert_once, table_of
from approvals.reports.document.report import Imprint
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import checksum
from approvals.reports.lifecycle.queries import (
    IssuedReport,
    ReportDraft,
    draft_of,
    figures_of,
    frozen_figures,
    report_in_force,
    shown_number,
)
from approvals.reports.periods import Period
from approvals.reports.tables import ReportPrint

PRINT: Table = table_of(ReportPrint)
ISSUED_IN = "zh_Hans"  # the language of issued reports
KEPT_FOR = timedelta(days=7)  # after which a rendition is deleted
# What a rendition depends on beside its figures.
SOURCES = (
    (PACKAGE, "pdf/*.py"),
    (PACKAGE, "reports/**/*.py"),
    (PACKAGE, "static/report.css"),
    (PACKAGE, "translations/*/LC_MESSAGES/messages.mo"),
    (folder("templates"), "parts/*"),
    (folder("templates"), "documents/*"),
    (PACKAGE.parent, "workflows/data/*.yaml"),
)


@dataclass(frozen=True, slots=True)
class RenditionRequest:
    """A document to be printed; without an imprint a preview or draft.

    `part` is the department whose page alone it is (its unit's id), BRIEF for the brief, '' for the whole paper.
    """

    kind: str
    period: Period
    language: str
    figures: Figures
    imprint: Imprint | None
    part: str = ""

    @property
    def made_of(self) -> str:
        return made_of(self.language, checksum(self.figures), self.imprint)


@dataclass(frozen=True, slots=True)
class Rendition:
    """A printed document without its bytes."""

    id: int
    kind: str
    period: str
    part: str
    language: str
    made_of: str
    pages: int
    made_at: datetime


@cache
def source_checksum() -> str:
    """The checksum of the programs and templates that print documents."""
    digest = hashlib.sha256()
    for path in (path for base, files in SOURCES for path in sorted(base.glob(files)) if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def made_of(language: str, figures_sha256: str, imprint: Imprint | None) -> str:
    """The checksum of everything that the bytes of a document depend on."""
    bears = {name: str(value) for name, value in asdict(imprint).items()} if imprint else None
    return sha256(canonical([language, figures_sha256, bears, settings_in_use().public_url, source_checksum()]))


def rendition_request(
    tx: Connection, kind: str, period: Period, language: str, today: date, part: str = ""
) -> RenditionRequest:
    """The document of this period in this language, or with `part` the brief or the page of that department.

    The whole one in the language of the issued reports is the draft, else a preview; in others it is the translation
    of the report in force. A part is taken from the report in force, else it is a preview.
    """
    issued, draft = report_in_force(tx, period, kind), draft_of(tx, kind, period)
    if issued and draft and language == ISSUED_IN and not part:
        return RenditionRequest(kind, period, language, frozen_figures(tx, draft), None)
    figures = figures_of(tx, str(period), kind=kind, today=today)
    imprint = extract(language, issued) if part else translation(language, issued)
    return RenditionRequest(kind, period, language, figures, imprint, part)


def part_made_of_now(figures: Figures, issued: IssuedReport | None, languages: Iterable[str]) -> dict[str, str]:
    """The checksum of a part by language, for the figures in force or of a preview."""
    shown_checksum = issued.figures_sha256 if issued else checksum(figures)
    return {language: made_of(language, shown_checksum, extract(language, issued)) for language in languages}


def made_of_now(
    figures: Figures, issued: IssuedReport | None, draft: ReportDraft | None, languages: Iterable[str]
) -> dict[str, str]:
    """The checksum of `wanted_now` by language, for the figures in force or of a preview."""
    shown_checksum = issued.figures_sha256 if issued else checksum(figures)
    draft_checksum = draft.figures_sha256 if issued and draft else shown_checksum
    checksums = {language: draft_checksum if language == ISSUED_IN else shown_checksum for language in languages}
    return {
        language: made_of(language, digest, translation(language, issued)) for language, digest in checksums.items()
    }


def translation(language: str, issued: IssuedReport | None) -> Imprint | None:
    """The imprint of the translation of this report."""
    return None if language == ISSUED_IN else extract(language, issued)


def extract(language: str, issued: IssuedReport | None) -> Imprint | None:
    """The imprint of an extract from this report."""
    if issued is None:
        return None
    corrects = shown_number(issued.cites, issued.kind) if issued.cites else ""
    is_translation, on = language != ISSUED_IN, day_of(issued.issued_at)
    return Imprint(issued.shown_number, on, corrects, is_translation, issued.rectify_by)


def has_rendition(language: str, issued: IssuedReport | None, draft: ReportDraft | None) -> bool:
    """Whether a rendition exists beside the issued report: none in Chinese unless it is being corrected."""
    return language != ISSUED_IN or issued is None or draft is not None


def renditions_of(tx: Connection, kind: str, period: Period, part: str = "") -> list[Rendition]:
    """The stored renditions of this period or of a part of its report, the newest first."""
    columns = [PRINT.c[name] for name in Rendition.__slots__]
    newest_first = select(*columns).where(*_of_period(kind, period, part)).order_by(PRINT.c.id.desc())
    return [Rendition(*row) for row in tx.execute(newest_first)]


def _of_period(kind: str, period: Period, part: str) -> tuple[ColumnElement[bool], ...]:
    return PRINT.c.kind == kind, PRINT.c.period == str(period), PRINT.c.part == part


def current_rendition(tx: Connection, request: RenditionRequest) -> Rendition | None:
    """The stored rendition that this request would print again."""
    same = request.language, request.made_of
    renditions = renditions_of(tx, request.kind, request.period, request.part)
    return next((rendition for rendition in renditions if (rendition.language, rendition.made_of) == same), None)


def pdf_of_rendition(tx: Connection, kind: str, period: Period, print_id: int, part: str = "") -> bytes:
    """The bytes of a rendition; NotFound for another period or part, or after its deletion."""
    conditions = _of_period(kind, period, part)
    pdf = tx.execute(select(PRINT.c.pdf).where(PRINT.c.id == print_id, *conditions)).scalar_one_or_none()
    if pdf is None:
        raise NotFound
    return bytes(pdf)


def store_rendition(tx: Connection, request: RenditionRequest, pdf: bytes, pages: int, now: datetime) -> None:
    """Store this rendition, unless the same one was stored meanwhile."""
    row = insert_once(tx, PRINT).values(
        kind=request.kind,
        period=str(request.period),
        part=request.part,
        language=request.language,
        made_of=request.made_of,
        pdf=pdf,
        pages=pages,
        made_at=now,
    )
    tx.execute(row)


def delete_old_renditions(tx: Connection, now: datetime) -> int:
    """Delete old renditions; how many."""
    return int(tx.execute(delete(PRINT).where(PRINT.c.made_at < now - KEPT_FOR)).rowcount)
