"""What the JSON API answers, as it is described and as it is filled in from the domain's views."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, Field

from approvals.api.v1.derived import AnswerSchema, Moves, OneOf, PageSchema, ViewSchema, from_view, optional_path, path
from approvals.filing.views import ProjectView
from approvals.history.queries import EntryView
from approvals.windows.queries import ApprovalView
from workflows.charts.approval import APPROVAL
from workflows.charts.escalation import ESCALATION
from workflows.charts.filing_fields import SCALE_UNITS, WORKS_KINDS
from workflows.charts.project import PROJECT
from workflows.charts.registry import CHARTS
from workflows.clock.lights import LIGHTS
from workflows.clock.plan import CriticalPath, Expected
from workflows.clock.reading import Countdown, LegalCountdown, Reading
from workflows.config.catalogue import UNITS

ProjectState = Annotated[str, OneOf(PROJECT.state_names)]
ApprovalState = Annotated[str, OneOf(APPROVAL.state_names)]
Light = Annotated[str, OneOf(LIGHTS)]
LegalUnit = Annotated[str, OneOf(UNITS)]


class ProblemSchema(AnswerSchema):
    """Why something could not be done, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="In words, in the language of `Accept-Language` (zh, en).")
    fields: dict[str, list[str]] = Field(default={}, description="The reasons for each field that is wrong.")
    ref: str = Field(default="", description="409: the case that stands.")
    state: str = Field(default="", description="409: its state now.")
    version: int = Field(default=0, description="409: its version now.")
    moves: list[str] = Field(default=[], description="409: the moves that you may try now.")


class ScaleSchema(ViewSchema):
    """How large the works are."""

    amount: float
    unit: Annotated[str, OneOf(tuple(SCALE_UNITS))]


@from_view(ProjectView, without=("uid", "place", "is_phone_masked", "amendment_seq", "catalogue_sha256"))
class ProjectSchema(ViewSchema):
    """A project. `ref` is its number once it is registered, else its external reference or id."""

    works_kind: Annotated[str, OneOf(tuple(WORKS_KINDS))] | None
    scale: ScaleSchema | None
    funding: dict[str, float] | None = Field(description="Amounts by source, in 10k yuan.")
    contact_phone: str | None = Field(description="Masked for those who do not call the contact person.")
    id: str = path("uid")
    kind: Literal["construction", "service"]
    state: ProjectState
    amendment: int | None = path(
        "amendment_seq", description="The number, in the history, of the change that awaits confirmation."
    )
    moves: Moves


WARNINGS = "What looks like a mistake in the move just made; it is made and recorded all the same."


class ProjectWhole(ProjectSchema):
    """A project, with what looks like a mistake in the move just made."""

    warnings: list[str] = path("warnings", default=[], description=WARNINGS)


class ProjectList(PageSchema[ProjectSchema]):
    """The newest first."""


@from_view(EntryView, without=("subject_id", "approval_id", "from_state", "to_state"))
class EntrySchema(ViewSchema):
    """One move. `approval` is the item's code; escalations are entries of their approval."""

    subject: Annotated[str, OneOf(tuple(CHARTS))]
    approval: str | None
    from_: str = path("from_state", serialization_alias="from")
    to: str = path("to_state")
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it arrived.")
    recorded_later: bool = path(
        "is_recorded_later", description="Whether somebody recorded it later than it happened, by the city's policy."
    )
    via: str | None = Field(description="The interface: page, cli, job, system, token:ID:LABEL; null in early entries.")
    hash: str = Field(description="Of this entry and, through the one before it, of all earlier ones.")


class History(AnswerSchema):
    ref: str
    items: list[EntrySchema]


@from_view(Expected, without=("code", "is_done", "chain", "is_open_ended"))
class ExpectedDays(ViewSchema):
    """The days to expect of an approval, or those that were; null where none can be expected as things stand."""

    start_on: date | None = Field(description="Applied for; what waits for the owner is expected to be so today.")
    late: bool = path("is_late", description="Its limit has passed: the next working day is the earliest to expect.")


class PlannedItemSchema(ViewSchema):
    """One item of a plan. While the project is not registered, `ref`, `state`, `light` and `due_on` are null."""

    ref: str | None = optional_path("approval", "ref")
    code: str = path("item", "code")
    name: str = path("item", "zh")
    name_en: str = path("item", "en")
    department: str = path("item", "department")
    stage: int = path("item", "stage")
    requires: list[str]
    after_works: bool = Field(description="Whether it waits for the completion of the works as well.")
    state: ApprovalState | None = optional_path("approval", "state")
    light: Light | None = optional_path("approval", "light")
    struck_ground: str | None = optional_path("approval", "struck_ground")
    due_on: date | None = optional_path("approval", "due_on")
    promised_limit: int = Field(
        validation_alias=AliasChoices(AliasPath("approval", "promised_limit"), AliasPath("item", "promised"))
    )
    legal_limit: int = Field(
        validation_alias=AliasChoices(AliasPath("approval", "legal_limit"), AliasPath("item", "legal"))
    )
    legal_unit: LegalUnit = Field(
        validation_alias=AliasChoices(AliasPath("approval", "legal_unit"), AliasPath("item", "legal_unit"))
    )
    expected: ExpectedDays | None = Field(description="By the promised limits; null for withdrawn and struck ones.")


@from_view(CriticalPath)
class Path(ViewSchema):
    """The longest chain of items still to be granted, by promised working days; with the works as long as planned."""

    codes: list[str] = path("items")


class WorksSchema(ViewSchema):
    """The works, for whose completion some items wait. They are nobody's delay: no ledger counts their days."""

    planned_start_on: date | None = path("days", "planned_start_on")
    planned_finish_on: date | None = path("days", "planned_finish_on")
    planned_days: int | None = Field(
        description="Working days, as the owner planned them; null where nobody said, so that no end can be expected."
    )
    started_on: date | None = path("days", "started_on")
    finished_on: date | None = path("days", "finished_on")
    spent_days: int | None = Field(description="Working days since the start, up to the completion.")
    start_confirmed: bool = path("is_start_confirmed", description="By the liaison; an owner's report counts at once.")
    finish_confirmed: bool = path("is_finish_confirmed")
    requires: list[str] = Field(description="What must be granted before the works may begin.")
    after: list[str] = Field(description="Codes of what waits for their completion.")
    expected_start_on: date | None
    expected_finish_on: date | None


class PlanForecast(ViewSchema):
    """When everything is granted, reckoned from `on`; null where that cannot be expected.

    The works are contained as long as planned; while nobody gave their length, only the way to the permit is foreseen.
    """

    on: date = path("promised", "today")
    complete_on: date | None = path("promised", "complete_on", description="By the promised limits.")
    days: int | None = Field(description="Working days from `on` to `complete_on`.")
    chain: list[str] = path(
        "promised", "item_chain", description="The live critical path: each waits for the one before it."
    )
    permit_on: date | None = path("promised", "permit_on", description="When the works may begin.")
    permit_days: int | None = Field(description="Working days from `on` to `permit_on`.")
    blocked: list[str] = path(
        "promised", "blocked", description="Codes of what waits for an approval that was withdrawn."
    )
    pace_from_on: date | None = path(
        "fast", "complete_on", description="At the pace of the faster quarter of the same windows' decisions."
    )
    pace_until_on: date | None = path("slow", "complete_on", description="At the pace of the slower quarter.")
    legal_on: date | None = path("legal", "complete_on", description="By the legal limits.")
    provisional: bool = path("is_provisional")


class PlanSchema(ViewSchema):
    """What a project needs. `preview` is true before the registration: by its screening answers."""

    ref: str = path("project", "ref")
    state: ProjectState = path("project", "state")
    preview: bool = path("is_preview")
    approvals: list[PlannedItemSchema]
    ready: list[str] = Field(description="Codes of what may be applied for now.")
    critical_path: Path
    works: WorksSchema | None = Field(description="Null where no item waits for the works.")
    forecast: PlanForecast | None = Field(description="Null where nothing is planned or the project is closed.")


_ROW = ("id", "item", "project_id", "lapses_on", "is_still", "calendar_edition", "catalogue_sha256", "document_uid")


@from_view(ApprovalView, without=(*_ROW, "works_finished_on", "place"))
class ApprovalSchema(ViewSchema):
    """An approval with its days, those of today's reading; the whole reckoning is at `…/clock`."""

    name: str = path("item", "zh")
    name_en: str = path("item", "en")
    project_state: ProjectState
    state: ApprovalState
    light: Light | None
    due_on: date | None = Field(
        description="Of the clock of this state, null in states without one. As long as it stands still (paused, or the"
        " project suspended) the date is as if it resumed today, and moves on with every working day."
    )
    legal_unit: LegalUnit
    handler: str | None = Field(
        description="User name of who at the window is expected to handle it; for officers only."
    )
    handler_name: str | None = Field(description="Their name.")
    own_project: bool = path("is_own", description="Whether the department decides on a project of its own unit.")
    document_on: date | None = Field(description="The day that the document bears, where the grant named one.")
    valid_until: date | None = path("lapses_on", description="The last day on which what was granted is valid.")


class ApprovalList(PageSchema[ApprovalSchema]):
    """The most pressing first, those without a due date last."""


class EscalationSchema(ViewSchema):
    """A late approval at one level; its version is what `answer` takes."""

    level: int
    round: int
    state: Annotated[str, OneOf(ESCALATION.state_names)]
    version: int
    light: str
    raised_on: date
    answer_due_on: date
    commitment_on: date | None
    reason: str


class ApprovalWhole(ApprovalSchema):
    """An approval with what it takes, how far it has climbed, and what may be tried next."""

    moves: Moves
    materials: list[str] = path("item", "materials")
    procedures: list[str] = Field(description="The special procedures that may be started.")
    may_follow: list[str] = path("item", "may_follow", description="Materials that `accept` may leave owed.")
    owed: list[str] = Field(description="What was left owed and is not ticked off yet.")
    escalations: list[EscalationSchema]
    warnings: list[str] = path("warnings", default=[], description=WARNINGS)


class Answered(EscalationSchema):
    """The escalation that was answered; `ref` is its approval."""

    ref: str


@from_view(Countdown)
class CountdownSchema(AnswerSchema):
    pass


@from_view(LegalCountdown)
class LegalCountdownSchema(AnswerSchema):
    unit: LegalUnit


class ReadingDaySchema(AnswerSchema):
    on: date
    counts: bool
    why: Literal["weekend", "holiday", "paused"] = "weekend"


@from_view(Reading, without=("is_still",))
class ReadingSchema(AnswerSchema):
    """The clock at the close of `on`; `left` may be negative."""

    approval: str
    state: ApprovalState
    light: Light | None
    notice: CountdownSchema | None
    promised: CountdownSchema | None
    legal: LegalCountdownSchema | None
    delivery: CountdownSchema | None
    days: list[ReadingDaySchema]
