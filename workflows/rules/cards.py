"""Rules of yellow and red cards: which are due, each on its proper day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from workflows.clock.approval_clock import Deadlines, deadlines
from workflows.clock.calendar import Calendar
from workflows.clock.timeline import Limits, Step
from workflows.config.policy import Policy
from workflows.label import Label
from workflows.rules.corrections import Epoch, epochs

_ONE_DAY = timedelta(days=1)
Key = tuple[int, str]  # round and rule


@dataclass(frozen=True, slots=True)
class CardRule:
    """What a card is shown for. `source` is whose record gives the ground: an approval's steps, or an order."""

    name: str
    source: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.name


RULES: Mapping[str, CardRule] = {
    rule.name: rule
    for rule in (
        CardRule("promised", "approval", "超过承诺时限", "Promised limit passed"),
        CardRule("legal", "approval", "超过法定时限", "Legal limit passed"),
        CardRule("silence", "approval", "五日内未告知，视为受理", "No notice within five days: deemed acceptance"),
        CardRule("second_notice", "approval", "同一轮再次告知", "A second notice in one round"),
        CardRule("delivery", "approval", "逾期送达", "Delivered late"),
        # No step of an approval is its ground: the actions of orders show this card for an unanswered order.
        CardRule("order", "order", "督办单逾期未答复", "Supervision order unanswered"),
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

    @property
    def key(self) -> Key:
        """There is one card for each of these."""
        return self.round, self.rule


def cards_due(steps: Sequence[Step], limits: Limits, policy: Policy, calendar: Calendar, until: date) -> list[DueCard]:
    """What is due by the close of `until`, in order: what a look at every day would have found, once for each round.

    A ground counts on the days on which it could be seen: from one step to the next, that day included. What came to
    light by a correction could be seen from its moment on.
    """
    cards: dict[Key, DueCard] = {}
    for epoch in epochs(steps, until):
        for card in _due_in(epoch, limits, policy, calendar, epoch.until):
            cards.setdefault(card.key, _since(card, epoch.by))
    return sorted(cards.values(), key=lambda card: (card.on, list(RULES).index(card.rule)))


def cards_without_ground(
    steps: Sequence[Step], limits: Limits, policy: Policy, calendar: Calendar, until: date
) -> dict[Key, Step]:
    """The cards due before a correction that are not due by what is known since, each with that correction."""
    voided: dict[Key, Step] = {}
    due_before: set[Key] = set()
    for epoch in epochs(steps, until):
        if epoch.by:
            due_since = {card.key for card in _due_in(epoch, limits, policy, calendar, epoch.by.on)}
            voided |= dict.fromkeys(due_before - due_since - voided.keys(), epoch.by)
        due_before |= {card.key for card in _due_in(epoch, limits, policy, calendar, epoch.until)}
    return voided


def _since(card: DueCard, by: Step | None) -> DueCard:
    return replace(card, on=by.on, at=by.at) if by and card.on <= by.on else card


def _due_in(epoch: Epoch, limits: Limits, policy: Policy, calendar: Calendar, until: date) -> Iterator[DueCard]:
    """What the steps of an epoch, as they are taken to be right in it, give a ground for by the close of `until`."""
    for number, step in enumerate(epoch.steps):
        if step.on > until:
            break
        dates = deadlines(epoch.steps[: number + 1], limits, calendar, reminder_at=policy.reminder_at)
        ends = epoch.steps[number + 1].on if number + 1 < len(epoch.steps) else until
        for card in _grounds(step, dates):
            is_seen = card.on <= min(ends, until) and policy.cards[card.rule]
            if is_seen and not (card.rule == "silence" and _answered(epoch, number, limits, calendar)):
                yield card


def _answered(epoch: Epoch, number: int, limits: Limits, calendar: Calendar) -> bool:
    """Whether a receipt was corrected so that the time to answer it was not over when silence was taken to be one."""
    receipts = [step for step in epoch.steps[:number] if step.move in RECEIPTS]
    if not receipts or not receipts[-1].corrects:
        return False
    due_on = deadlines(epoch.steps[:number], limits, calendar).notice_due_on
    return due_on is not None and due_on >= epoch.steps[number].on


def _grounds(step: Step, dates: Deadlines) -> Iterator[DueCard]:
    if step.move in AT_ONCE:
        yield DueCard(AT_ONCE[step.move], dates.round, step.on, step.at)
    days = {"delivery": dates.delivery_due_on and dates.delivery_due_on + _ONE_DAY}
    if dates.state in ("accepted", "paused"):
        days = {"promised": dates.overdue_from, "legal": dates.red_from}
    for rule, on in days.items():
        if on is not None:
            yield DueCard(rule, dates.round, max(on, step.on))


RECEIPTS = ("submit", "resubmit")
AT_ONCE = {"deem_accepted": "silence", "notify_again": "second_notice"}  # moves that are a ground themselves
