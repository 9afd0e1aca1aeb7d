"""Tables of reports (drafts and issued, with frozen figures and bytes) and of other renditions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from approvals.base.columns import Key, Moment, one_of
from workflows.charts.report import REPORT


class Report(SQLModel, table=True):
    """A report or bulletin. `figures` is canonical JSON, the checksums are of its text and of the PDF.

    `number` counts the issued reports of `kind` in `year`; `cites` is the reference of the report that this one
    corrects, for a reason and on `grounds`; empty for the first of its period. `made_with` is JSON of the versions of
    renderer and fonts, `last_entry` the newest entry of the record that the figures can have seen. `rectify_by` is the
    day until which an issued bulletin gives for rectification.
    """

    __tablename__ = "reports"
    __table_args__ = (
        one_of("state", REPORT.state_names),
        CheckConstraint("state <> 'issued' OR (number IS NOT NULL AND pdf IS NOT NULL)", name="issued_is_whole"),
        UniqueConstraint("kind", "year", "number"),
        UniqueConstraint("kind", "period", "cites"),
    )

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    kind: str
    period: str = Field(index=True)
    year: int
    number: int | None = None
    state: str
    state_since: datetime = Field(sa_type=Moment)
    version: int
    edition: str
    figures: str = Field(sa_type=Text)
    figures_sha256: str
    pdf: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    pdf_sha256: str | None = None
    chain_root: str
    made_with: str = Field(default="{}", sa_type=Text)
    compiled_at: datetime = Field(sa_type=Moment)
    compiled_by: str
    issued_at: datetime | None = Field(default=None, sa_type=Moment)
    issued_by: str | None = None
    cites: str = ""
    grounds: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    rectify_by: date | None = None
    last_entry: int = Field(default=0, sa_column=Column(Key, nullable=False, default=0, server_default="0"))


class ReportPrint(SQLModel, table=True):
    """A rendition that is no issued report: preview, draft, translation, brief or department page; deleted after days.

    `part` is the department whose page it is (its unit's id), `brief`, or '' for the whole paper.
    `made_of` is the checksum of all that went into it, to tell whether it is still current.
    """

    __tablename__ = "report_prints"
    __table_args__ = (UniqueConstraint("kind", "period", "part", "language", "made_of"),)

    id: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    kind: str
    period: str
    part: str
    language: str
    made_of: str
    pdf: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    pages: int
    made_at: datetime = Field(sa_type=Moment, index=True)
