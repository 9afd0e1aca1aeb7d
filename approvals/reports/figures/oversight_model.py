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
