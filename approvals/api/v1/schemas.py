"""What the JSON API answers, as it is described; `api_answers` fills it in, and tests hold the two together."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.project import PROJECT
from workflows.charts.registry import CHARTS
from workflows.charts.request import REQUEST
from workflows.charts.word import WORD
from workflows.clock.lights import LIGHTS
from workflows.config.catalogue import UNITS
from workflows.config.policy import COLOURS
from workflows.rules.cards import RULES

ProjectState = Literal[PROJECT.state_names]  # type: ignore[valid-type]
ApprovalState = Literal[APPROVAL.state_names]  # type: ignore[valid-type]
Light = Literal[LIGHTS]  # type: ignore[valid-type]
LegalUnit = Literal[UNITS]  # type: ignore[valid-type]
Subject = Literal[tuple(CHARTS)]  # type: ignore[valid-type]
Moves = Field(description="The moves that you may try now.")
Cursor = Field(description="Send it as `cursor` for the next page; null on the last one.")


class FactSchema(BaseModel):
    """An answer holds exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class ProblemSchema(FactSchema):
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


class ProjectSchema(FactSchema):
    """A project. `ref` is its number once it is registered, else its external reference or id."""

    ref: str
    id: str
    number: str | None
    shown_number: str | None
    external_ref: str | None
    item_no: str | None
    name: str
    category: str
    kind: Literal["construction", "service"]
    county: str
    planned_10k_yuan: float
    answers: dict[str, bool]
    owner: str
    liaison: str | None
    liaison_name: str | None
    state: ProjectState
    state_since: datetime
    version: int
    key: bool
    urgent: bool
    practical_matter: bool
    drafted_at: datetime
    filed_at: datetime | None
    registered_at: datetime | None
    review_on: date | None
    moves: list[str] = Moves


class ProjectList(FactSchema):
    """The newest first."""

    items: list[ProjectSchema]
    next_cursor: str | None = Cursor


class EntrySchema(FactSchema):
    """One move. `approval` is the item's code; escalations are entries of their approval."""

    seq: int
    subject: Subject
    approval: str | None
    round: int
    move: str
    from_: str = Field(alias="from")
    to: str
    actor: str
    role: str
    unit: str
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it arrived.")
    facts: dict[str, Any]
    hash: str = Field(description="Of this entry and, through the one before it, of all earlier ones.")


class History(FactSchema):
    ref: str
    items: list[EntrySchema]


class ExpectedDays(FactSchema):
    """The days to expect of an approval, or those that were; null where none can be expected as things stand."""

    start_on: date | None = Field(description="Applied for; what waits for the owner is expected to be so today.")
    accept_on: date | None
    decide_on: date | None
    late: bool = Field(description="Its limit has passed: the next working day is the earliest to expect.")


class PlannedItemSchema(FactSchema):
    """One item of a plan. While the project is not registered, `ref`, `state`, `light` and `due_on` are null."""

    ref: str | None
    code: str
    name: str
    name_en: str
    department: str
    stage: int
    requires: list[str]
    state: ApprovalState | None
    light: Light | None
    due_on: date | None
    promised_limit: int
    legal_limit: int
    legal_unit: LegalUnit
    expected: ExpectedDays | None = Field(description="By the promised limits; null for withdrawn ones.")


class Path(FactSchema):
    """The longest chain of items still to be granted, by promised working days."""

    days: int
    codes: list[str]


class PlanForecast(FactSchema):
    """When everything is granted, reckoned from `on`; null where that cannot be expected."""

    on: date
    complete_on: date | None = Field(description="By the promised limits.")
    days: int | None = Field(description="Working days from `on` to `complete_on`.")
    chain: list[str] = Field(description="The live critical path: each waits for the one before it.")
    blocked: list[str] = Field(description="Codes of what waits for an approval that was withdrawn.")
    pace_from_on: date | None = Field(description="At the pace of the faster quarter of the same windows' decisions.")
    pace_until_on: date | None = Field(description="At the pace of the slower quarter.")
    legal_on: date | None = Field(description="By the legal limits.")
    provisional: bool


class PlanSchema(FactSchema):
    """What a project needs. `preview` is true before the registration: by its screening answers."""

    ref: str
    state: ProjectState
    preview: bool
    approvals: list[PlannedItemSchema]
    ready: list[str] = Field(description="Codes of what may be applied for now.")
    critical_path: Path
    forecast: PlanForecast | None = Field(description="Null where nothing is planned or the project is closed.")


class ApprovalSchema(FactSchema):
    """An approval with the days to sort by; the whole reckoning is at `…/clock`."""

    ref: str
    project: str
    project_name: str
    project_state: ProjectState
    code: str
    name: str
    name_en: str
    department: str
    owner: str
    liaison: str | None
    stage: int
    requires: list[str]
    state: ApprovalState
    state_since: datetime
    version: int
    round: int
    key: bool
    urgent: bool
    document_no: str | None
    light: Light | None
    deemed: bool
    received_on: date | None
    accepted_on: date | None
    decided_on: date | None
    delivered_on: date | None
    notice_due_on: date | None
    promised_due_on: date | None
    legal_due_on: date | None
    delivery_due_on: date | None
    due_on: date | None = Field(description="Of the clock that runs; null when none does.")
    promised_limit: int
    legal_limit: int
    legal_unit: LegalUnit


class ApprovalList(FactSchema):
    """The most pressing first, those without a due date last."""

    items: list[ApprovalSchema]
    next_cursor: str | None = Cursor


class EscalationSchema(FactSchema):
    """A late approval at one level; its version is what `answer` takes."""

    level: int
    round: int
    state: Literal[ESCALATION.state_names]  # type: ignore[valid-type]
    version: int
    light: str
    raised_on: date
    answer_due_on: date
    commitment_on: date | None
    reason: str


class ApprovalWhole(ApprovalSchema):
    """An approval with what it takes, how far it has climbed, and what may be tried next."""

    moves: list[str] = Moves
    materials: list[str]
    procedures: list[str] = Field(description="The special procedures that may be started.")
    escalations: list[EscalationSchema]


class Answered(EscalationSchema):
    """The escalation that was answered; `ref` is its approval."""

    ref: str


class CardSchema(FactSchema):
    """A yellow or red card of an approval; `card` is how it is addressed, `appeal_by` the last day of an appeal."""

    card: str
    rule: Literal[tuple(RULES)]  # type: ignore[valid-type]
    colour: Literal[COLOURS]  # type: ignore[valid-type]
    round: int
    state: Literal[CARD.state_names]  # type: ignore[valid-type]
    version: int
    shown_on: date
    appeal_by: date


class CardListSchema(FactSchema):
    """The cards of one approval, the newest first."""

    items: list[CardSchema]


class CardWhole(CardSchema):
    """A card with what may be tried next; `ref` is its approval."""

    ref: str
    moves: list[str] = Moves


class RequestSchema(FactSchema):
    """What an owner asked; a first answer is due at `due_at` from the one who is `responsible`."""

    ref: str = Field(description="`<project>/requests/<no>`.")
    project: str
    no: int
    state: Literal[REQUEST.state_names]  # type: ignore[valid-type]
    version: int
    text: str = Field(description="The last question.")
    asked_at: datetime
    due_at: datetime
    climbed_at: datetime | None = Field(description="When it went to the service centre, unanswered.")
    answered_at: datetime | None
    responsible: str
    responsible_name: str


class RequestList(FactSchema):
    """The requests of one project, the newest first."""

    items: list[RequestSchema]
    next_cursor: str | None = Cursor


class EntryTextSchema(FactSchema):
    """One question, answer or step of a request."""

    move: str
    at: datetime
    who: str
    text: str | None


class RequestWhole(RequestSchema):
    """A request with all that was said, and what may be tried next."""

    said: list[EntryTextSchema]
    moves: list[str] = Moves


class Word(FactSchema):
    """The month's word on a joint project; `signed_by` is null as long as the other unit has not signed this text."""

    month: str
    text: str
    state: Literal[WORD.state_names]  # type: ignore[valid-type]
    version: int
    written_by: str
    signed_by: str | None
    moves: list[str] = Moves


class WordList(FactSchema):
    """The words on a project, the newest month first; `units` are the two that are responsible, if it is joint."""

    units: list[str]
    items: list[Word]
    next_cursor: str | None


class CountdownSchema(FactSchema):
    limit: int
    due_on: date
    left: int


class LegalCountdownSchema(CountdownSchema):
    unit: LegalUnit
    used: int


class ReadingDaySchema(FactSchema):
    on: date
    counts: bool
    why: Literal["weekend", "holiday", "paused"] = "weekend"


class ReadingSchema(FactSchema):
    """The clock at the close of `on`; `left` may be negative."""

    approval: str
    on: date
    state: ApprovalState
    round: int
    received_on: date | None
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    delivered_on: date | None
    used: int
    paused: int
    light: Light | None
    notice: CountdownSchema | None
    promised: CountdownSchema | None
    legal: LegalCountdownSchema | None
    delivery: CountdownSchema | None
    provisional: bool
    calendar: str
    days: list[ReadingDaySchema]


class LineProblem(FactSchema):
    """Why a line was refused."""

    status: int
    detail: str
    fields: dict[str, list[str]]


class LineResult(FactSchema):
    """What became of one line: `done`, `known` (done when it was sent before) or `refused`."""

    line: int
    id: str | None
    outcome: Literal["done", "known", "refused"]
    ref: str | None
    state: str | None
    problem: LineProblem | None


class FeedAnswer(FactSchema):
    """One result for each line, in order, blank lines aside."""

    done: int
    known: int
    refused: int
    results: list[LineResult]
