"""The part of a month's figures about those who press on and help: escalations, cards, the liaisons' service."""

from dataclasses import dataclass, field
from datetime import date

from workflows.label import Label


@dataclass(frozen=True, slots=True)
class EscalationLine:
    """An escalation that was answered in the month or open at its end."""

    ref: str
    project: str
    item: Label
    department: Label
    level: int
    raised_on: date
    is_open: bool
    answered_on: date | None
    reason: str
    commitment_on: date | None


@dataclass(frozen=True, slots=True)
class CardCounts:
    """Cards shown in the month by colour, and what became of cards in it."""

    yellow: int = 0
    red: int = 0
    appealed: int = 0
    upheld: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class CardsLine:
    """The cards of one department."""

    key: str
    label: Label
    now: CardCounts
    before: CardCounts


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card that was shown or moved in the month, as it stood at its end.

    `words` are the reasons of the appeal and of the decision on it.
    """

    ref: str
    project: str
    item: Label
    department: Label
    colour: str
    rule: str
    shown_on: date
    state: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceCounts:
    """Owners' questions and the contact log; minutes are from a question to its first answer."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0  # of these
    climbed: int = 0
    median_minutes: float | None = None
    longest_minutes: int | None = None
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """What was asked of one officer, and the contacts that they recorded."""

    key: str
    name: str
    now: ServiceCounts
    before: ServiceCounts

    @property
    def label(self) -> Label:
        return Label(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Oversight:
    """What both levels and the liaisons did. Empty in reports of the first edition, which had nothing of it."""

    escalations: tuple[EscalationLine, ...] = ()
    cards: CardCounts = field(default_factory=CardCounts)
    cards_before: CardCounts = field(default_factory=CardCounts)
    card_list: tuple[CardLine, ...] = ()
    service: ServiceCounts = field(default_factory=ServiceCounts)
    service_before: ServiceCounts = field(default_factory=ServiceCounts)
    liaisons: tuple[ServiceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Moves of orders in the month, and those that were not accepted at its end."""

    issued: int = 0
    instructed: int = 0  # of these, what followed an instruction of the city government
    answered: int = 0
    accepted: int = 0
    sent_back: int = 0
    lifted: int = 0  # reported as unanswered
    open: int = 0
    open_issued: int = 0  # of the open ones: waiting for an answer
    open_answered: int = 0
    open_sent_back: int = 0
    overdue: int = 0  # of the open ones: an answer was owed, and its day had passed


@dataclass(frozen=True, slots=True)
class OrderLine:
    """The orders of the city or of one department."""

    key: str
    label: Label
    now: OrderCounts
    before: OrderCounts


@dataclass(frozen=True, slots=True)
class OrderTold:
    """An order that moved in the month or was open at its end, as it stood then.

    `about` is a project's number, an approval as `510400-2026-00017/A07`, or empty for an order at large; `level` keeps
    the order; `answer`, `answered_on` and `commitment_on` are those of the last answer, `returned` is why it was sent
    back last.
    """

    ref: str
    subject: str
    demands: str
    about: str
    project: str
    item: Label | None
    department: Label
    level: int
    source_kind: str
    source_ref: str
    issued_on: date
    due_on: date
    state: str
    is_overdue: bool
    lifted_to: int | None
    answer: str
    answered_on: date | None
    commitment_on: date | None
    returned: str


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """All about orders: the city, the departments that had any, and the orders one by one in the order of issue."""

    city: OrderCounts = field(default_factory=OrderCounts)
    city_before: OrderCounts = field(default_factory=OrderCounts)
    departments: tuple[OrderLine, ...] = ()
    told: tuple[OrderTold, ...] = ()


@dataclass(frozen=True, slots=True)
class OwedCounts:
    """Acceptances with materials owed in the month, and what became of what was owed."""

    left: int = 0  # accepted with something owed
    supplied: int = 0
    settled: int = 0
    late: int = 0  # the day passed with something not handed in


@dataclass(frozen=True, slots=True)
class OwedLine:
    """The same of one department."""

    key: str
    label: Label
    now: OwedCounts
    before: OwedCounts


@dataclass(frozen=True, slots=True)
class OwedFigures:
    """All about owed materials: the city, and the departments that had any."""

    city: OwedCounts = field(default_factory=OwedCounts)
    city_before: OwedCounts = field(default_factory=OwedCounts)
    departments: tuple[OwedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeCounts:
    """Steps of the offices themselves: done in the month, and waiting at its end; days are working days."""

    done: int = 0
    in_time: int = 0  # of these
    late: int = 0  # the others
    open: int = 0
    open_late: int = 0  # of these, beyond their limit
    longest: int | None = None  # days of the longest, done or waiting


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One kind of step that one level owes within `limit` working days."""

    key: str
    label: Label
    office: Label
    limit: int
    now: OfficeCounts
    before: OfficeCounts


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """All about the offices' own steps: of the city, and of each kind that has a limit."""

    city: OfficeCounts = field(default_factory=OfficeCounts)
    city_before: OfficeCounts = field(default_factory=OfficeCounts)
    lines: tuple[OfficeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class JointWord:
    """The word of a month as two units signed it."""

    month: str
    text: str
    units: tuple[str, str]  # who wrote it, and who signed it beside
    signed_on: date


@dataclass(frozen=True, slots=True)
class JointProject:
    """A project that two units answered for at the end of the month.

    `word` is the newest one that both had signed by then, None when there was none; `waits_for` is the unit whose
    signature a text of this month lacked, `begun_on` the day on which both were made responsible.
    """

    ref: str
    name: str
    units: tuple[str, str]
    begun_on: date
    word: JointWord | None
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class DecisionDays:
    """How many approvals with this legal limit were decided after so many days; both are working days."""

    legal: int
    used: int
    count: int
