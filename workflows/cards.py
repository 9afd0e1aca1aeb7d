"""Which yellow and red cards are due by rule, each on its proper day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows.calendar import Calendar
from workflows.city import Label
from workflows.clock import Deadlines, Limits, Step, deadlines
from workflows.policy import Policy

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a card is shown for. `source` is whose record gives the ground: an approval's steps, or an order."""

    name: str
    source: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.name


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("promised", "approval", "超过承诺时限", "Promised limit passed"),
        Rule("legal", "approval", "超过法定时限", "Legal limit passed"),
        Rule("silence", "approval", "五日内未告知，视为受理", "No notice within five days: deemed acceptance"),
        Rule("second_notice", "approval", "同一轮再次告知", "A second notice in one round"),
        Rule("delivery", "approval", "逾期送达", "Delivered late"),
        # Nothing of an approval's record tells it: who keeps orders calls `show_card` when one was not answered.
        Rule("order", "order", "督办单逾期未答复", "Supervision order unanswered"),
    )
}


COLOUR_NAMES: Mapping[str, Label] = {"yellow": Label("黄牌", "Yellow card"), "red": Label("红牌", "Red card")}


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card that is due: `on` is its proper day, `at` the moment of its ground, None for the first one of the day."""

    rule: str
    round: int
    on: date
    at: datetime | None = None


def cards_due(steps: Sequence[Step], limits: Limits, policy: Policy, calendar: Calendar, until: date) -> list[DueCard]:
    """What is due by the close of `until`, in order: what a look at every day would have found, once for each round.

    A ground counts on the days on which it could be seen: from one step to the next, that day included.
    """
    found: dict[tuple[int, str], DueCard] = {}
    for number, step in enumerate(steps):
        if step.on > until:
            break
        told = deadlines(steps[: number + 1], limits, calendar, reminder_at=policy.reminder_at)
        ends = steps[number + 1].on if number + 1 < len(steps) else until
        for card in _grounds(step, told):
            if card.on <= min(ends, until) and policy.cards[card.rule]:
                found.setdefault((card.round, card.rule), card)
    return sorted(found.values(), key=lambda card: (card.on, list(RULES).index(card.rule)))


def _grounds(step: Step, told: Deadlines) -> Iterator[DueCard]:
    if step.move in AT_ONCE:
        yield DueCard(AT_ONCE[step.move], told.round, step.on, step.at)
    days = {"delivery": told.delivery_due_on and told.delivery_due_on + _ONE_DAY}
    if told.state in ("accepted", "paused"):
        days = {"promised": told.overdue_from, "legal": told.red_from}
    for rule, on in days.items():
        if on is not None:
            yield DueCard(rule, told.round, max(on, step.on))


AT_ONCE = {"deem_accepted": "silence", "notify_again": "second_notice"}  # moves that are a ground themselves
