"""A report or bulletin as a page on the screen and as an official document."""

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import date

from approvals.base.charts import SvgChart
from approvals.base.formatting import long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, language
from approvals.base.service import settings_in_use
from approvals.documents.page import PDF_LANGUAGES, header_size
from approvals.pdf.qr import Qr, qr_of
from approvals.reports.document.brief.brief import brief
from approvals.reports.document.brief.model import Brief
from approvals.reports.document.bulletin.chapters import bulletin_chapters
from approvals.reports.document.printed import report_chapters
from approvals.reports.document.sections import Section, numbered, numerals, sections
from approvals.reports.document.table_views import Table
from approvals.reports.document.worksheets.bulletin_sheets import bulletin_sheets
from approvals.reports.document.worksheets.collection import report_sheets
from approvals.reports.document.worksheets.model import Worksheet
from approvals.reports.document.worksheets.workbook import workbook
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import checksum, frozen
from approvals.reports.periods import BULLETIN, MONTHLY
from approvals.reports.titles import report_title
from workflows.config.city import load_city

LONGEST_TABLE = 500  # rows; a longer one stands in the attached workbook alone
SHEET = "workbook-"  # how the name of the attached workbook begins
CODE = 16  # characters of the figures' checksum: the verification code


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an issued report bears: its number, its day, the number of the report that it corrects, and its 签发人.

    `rectify_by` is the day until which a bulletin gives for rectification.
    """

    number: str
    issued_on: date
    corrects: str = ""
    is_translation: bool = False  # only the Chinese text is issued
    rectify_by: date | None = None
    signer: str = ""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes along within the document, its content as base64."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A point whose heading bears its mark, as in （一）项目情况。"""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Tables and notes stand below the text."""

    key: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    charts: tuple[SvgChart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """The public page that verifies a document; no QR code while the service has no public address."""

    code: str
    address: str
    qr: Qr | None


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """`draft` says on each page what is not the issued report itself; empty for that one."""

    html_code: str
    header: str
    header_size: int
    title: str
    number: str
    is_preview: bool
    draft: str
    as_of: str
    addressee: str
    signature: str
    signed_on: str
    copies: str
    printed: str
    correction: str
    chapters: tuple[Chapter, ...]
    proofs: tuple[tuple[str, str], ...]
    verification: Verification | None
    files: tuple[AttachedFile, ...]
    brief: Brief | None = None
    about: str = ""  # whom it is about, where that is not the whole city
    signer: str | None = None  # 签发人, of what goes up; None for what bears none


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The same on the screen, where the departments come first; a bulletin has no brief."""

    title: str
    as_of: str
    is_whole: bool
    brief: Brief | None
    sections: tuple[Section, ...]
    proofs: tuple[tuple[str, str], ...]


def report_page(figures: Figures) -> ReportPage:
    """The report in the language of the answer, for the screen."""
    overview, *rest = sections(figures)
    on_screen = numbered((replace(overview, tables=overview.tables[::-1]), *rest))
    title = report_title(MONTHLY, figures.month)
    return ReportPage(title, read_up_to(figures), figures.is_whole, brief(figures), on_screen, proofs(figures))


def report_document(figures: Figures, imprint: Imprint | None = None) -> ReportDocument:
    """The report in the language of the answer, which goes up; without an imprint it is a preview."""
    title = report_title(MONTHLY, figures.month)
    return replace(
        document_of(figures, imprint, header(), title, report_chapters(figures)),
        brief=brief(figures, most_projects=0),
        signer=_signer(imprint),
    )


def _signer(imprint: Imprint | None) -> str | None:
    """Who answers for the report; not for its translation."""
    if imprint is None:
        return load_city().report_signer
    return None if imprint.is_translation else imprint.signer


def page_of(kind: str, text: str, figures: Figures, rectify_by: date | None = None) -> ReportPage:
    """The report or bulletin of this period on the screen; `rectify_by` of an issued bulletin."""
    if kind == MONTHLY:
        return report_page(figures)
    parts = numbered(bulletin_chapters(figures, rectify_by))
    title = report_title(kind, text)
    return ReportPage(title, read_up_to(figures), figures.is_whole, None, parts, proofs(figures))


def bulletin_document(text: str, figures: Figures, imprint: Imprint | None) -> ReportDocument:
    """The bulletin in the language of the answer, which goes down; without an imprint it is a preview."""
    city, title = load_city(), report_title(BULLETIN, text)
    rectify_by = imprint.rectify_by if imprint else None
    return replace(
        document_of(figures, imprint, bulletin_header(), title, bulletin_chapters(figures, rectify_by)),
        addressee=label(city.bulletin_to),
        copies=_("Distributed to: %(copies)s.", copies=label(city.bulletin_copies)),
        files=files_of(figures.month, frozen(figures), title, bulletin_book(figures, rectify_by)),
    )


def bulletin_book(figures: Figures, rectify_by: date | None) -> tuple[Worksheet, ...]:
    """The worksheets of a bulletin: what it asks for, then those of a report."""
    return (*bulletin_sheets(figures, rectify_by), *report_sheets(figures))


def bulletin_header() -> str:
    """The red head of a bulletin."""
    return label(load_city().bulletin_head)


def document_of(
    figures: Figures, imprint: Imprint | None, header: str, title: str, parts: tuple[Section, ...]
) -> ReportDocument:
    """These sections as an official document on the city's figures, with the files that go along."""
    return ReportDocument(
        html_code=PDF_LANGUAGES[language()],
        header=header,
        header_size=header_size(header),
        title=title,
        number=imprint.number if imprint else _("Preview without a number"),
        is_preview=imprint is None,
        draft=_draft(imprint),
        as_of=read_up_to(figures),
        addressee=label(load_city().report_to),
        signature=label(load_city().issuer),
        signed_on=long_day(imprint.issued_on) if imprint else "",
        copies=_("Copies: %(copies)s.", copies=label(load_city().report_copies)),
        printed=_("Printed on %(day)s", day=long_day(imprint.issued_on)) if imprint else "",
        correction=_correction(imprint),
        chapters=_chapters(parts),
        proofs=proofs(figures),
        verification=verification(figures) if imprint else None,
        files=files_of(figures.month, frozen(figures), title, report_sheets(figures)),
    )


def _draft(imprint: Imprint | None) -> str:
    if imprint is None:
        return _("Preview")
    return _("Translation; the issued report is the Chinese one") if imprint.is_translation else ""


def _correction(imprint: Imprint | None) -> str:
    if imprint is None or not imprint.corrects:
        return ""
    return _("This report corrects and replaces %(number)s.", number=imprint.corrects)


def header() -> str:
    """The red head of a report."""
    return label(load_city().report_head)


def read_up_to(figures: Figures) -> str:
    """Up to when the record was read."""
    if figures.is_whole:
        return _("Record read up to the end of %(day)s", day=long_day(figures.last_on))
    return _("The month is not over; record read up to the end of %(day)s", day=long_day(figures.as_of_on))


def proofs(figures: Figures) -> tuple[tuple[str, str], ...]:
    """The checksums that tie a document to the record."""
    return (
        (_("Root of all chains"), figures.chain_root),
        (_("Checksum of the figures (SHA-256)"), checksum(figures)),
    )


def proofs_of_extract(figures: Figures, imprint: Imprint | None) -> tuple[tuple[str, str], ...]:
    """What ties a paper to the report that it is taken from."""
    if imprint is None:
        return proofs(figures)
    return (
        (_("Extract from the report"), imprint.number),
        (_("That report is verified at"), verification(figures).address),
        *proofs(figures),
    )


def verification(figures: Figures) -> Verification:
    code, root = checksum(figures)[:CODE], settings_in_use().public_url
    address = f"{root}/verify/{code}"
    return Verification(code, address, qr_of(address) if root else None)


def _chapters(parts: tuple[Section, ...]) -> tuple[Chapter, ...]:
    return tuple(map(_chapter, numbered(parts)))


def _chapter(section: Section) -> Chapter:
    marks = iter([f"({n}) " if language() == "en" else f"（{n}）" for n in numerals()])
    paragraphs = tuple(
        Paragraph((next(marks) if point.title else "") + point.head, point.text) for point in section.points
    )
    return Chapter(
        section.key, section.title, paragraphs, section.charts, tuple(map(on_paper, section.tables)), section.notes
    )


def on_paper(table: Table) -> Table:
    """The table, without its rows when they are too many for paper."""
    if len(table.rows) <= LONGEST_TABLE:
        return table
    note = _("These %(number)s rows are in the sheet that is attached to this document.", number=len(table.rows))
    return replace(table, rows=(), empty=note)


def files_of(name: str, figures: str, title: str, worksheets: tuple[Worksheet, ...]) -> tuple[AttachedFile, ...]:
    """The files attached to a document: its figures as JSON, and these worksheets as a workbook of this title."""
    return (
        _attached(f"figures-{name}.json", figures.encode("utf-8")),
        _attached(f"{SHEET}{name}.xlsx", workbook(title, worksheets)),
    )


def _attached(name: str, content: bytes) -> AttachedFile:
    return AttachedFile(name, b64encode(content).decode())
