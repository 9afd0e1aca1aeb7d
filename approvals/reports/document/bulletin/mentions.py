"""Which units a bulletin names for what they did well or badly: rules that look at the figures alone.

A rule names all units that are equal by it. It says nothing where its measure is not reached, and no rule names units
for their share in time that another one has named for it before.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.brief.findings import LEAST_DECIDED, NOTABLE
from approvals.reports.document.comparison_tables import in_time
from approvals.reports.document.table_views import listed, percent, point_change
from approvals.reports.figures.model import FigureLine, Figures
from approvals.reports.figures.programme_model import ProgrammeCounty
from workflows.config.policy import load_policy
from workflows.label import Label

MOST_NAMED = 8  # units in one sentence; it says how many more there are


@dataclass(frozen=True, slots=True)
class Mention:
    """What a rule says of these units, which are told by their Chinese names, with the figures of each."""

    rule: str
    head: str
    units: tuple[str, ...]
    text: str


Rule = Callable[[Figures], Mention | None]


def praised(figures: Figures) -> tuple[Mention, ...]:
    """Who did well, and by what."""
    return _chosen(figures, PRAISE, avoided=_named_for_rate(figures, CRITICISM))


def criticised(figures: Figures) -> tuple[Mention, ...]:
    """Who did not, and by what."""
    return _chosen(figures, CRITICISM, avoided=())


def _chosen(figures: Figures, rules: Iterable[Rule], avoided: Iterable[str]) -> tuple[Mention, ...]:
    chosen: list[Mention] = []
    rated = set(avoided)
    for mention in filter(None, (rule(figures) for rule in rules)):
        is_of_rates = mention.rule in OF_RATES
        if is_of_rates and rated & set(mention.units):
            continue
        chosen.append(mention)
        rated |= set(mention.units) if is_of_rates else set()
    return tuple(chosen)


def _named_for_rate(figures: Figures, rules: Iterable[Rule]) -> set[str]:
    mentions = _chosen(figures, rules, avoided=())
    return {unit for mention in mentions if mention.rule in OF_RATES for unit in mention.units}


# The share decided within the promised limit.


def highest_share(figures: Figures) -> Mention | None:
    """The departments with the highest share in time, where that reaches the city's target (100 % without one)."""
    rated = _rated(figures)
    best = max((_share(line) for line in rated), default=0)
    if best * 100 < load_policy().targets.get("in_time", 100):
        return None
    return _rates("highest_share", _("Highest share in time"), [line for line in rated if _share(line) == best])


def largest_rise(figures: Figures) -> Mention | None:
    """The departments whose share in time rose most, by NOTABLE points or more."""
    return _changed("largest_rise", _("Largest rise"), figures, sign=1)


def lowest_share(figures: Figures) -> Mention | None:
    """The departments with the lowest share in time, where that is below the city's target (100 % without one)."""
    rated = _rated(figures)
    worst = min((_share(line) for line in rated), default=1)
    if worst * 100 >= load_policy().targets.get("in_time", 100):
        return None
    return _rates("lowest_share", _("Lowest share in time"), [line for line in rated if _share(line) == worst])


def largest_fall(figures: Figures) -> Mention | None:
    """The departments whose share in time fell most, by NOTABLE points or more."""
    return _changed("largest_fall", _("Largest fall"), figures, sign=-1)


def _changed(rule: str, head: str, figures: Figures, sign: int) -> Mention | None:
    compared = [line for line in _rated(figures) if line.before.decisions.decided >= LEAST_DECIDED]
    most = max((sign * _change(line) for line in compared), default=0)
    if most < NOTABLE:
        return None
    return _rates(rule, head, [line for line in compared if sign * _change(line) == most])


def _rates(rule: str, head: str, lines: Sequence[FigureLine]) -> Mention:
    """Of equal ones those that decided more come first."""
    ordered = sorted(lines, key=lambda line: -line.now.decisions.decided)
    return _mention(rule, head, [(line.label, _rate(line)) for line in ordered])


def _rate(line: FigureLine) -> str:
    decisions, share = line.now.decisions, percent(in_time(line.now))
    counted = {"within": decisions.within_promised, "decided": decisions.decided, "share": share}
    if not line.before.decisions.decided:
        return _("%(within)s of %(decided)s (%(share)s)", **counted)
    change = _change(line)
    if not change:
        return _("%(within)s of %(decided)s (%(share)s, as before)", **counted)
    counted |= {"change": f"{abs(change):.1f}"}
    if change > 0:
        return _("%(within)s of %(decided)s (%(share)s, up by %(change)s points)", **counted)
    return _("%(within)s of %(decided)s (%(share)s, down by %(change)s points)", **counted)


def _rated(figures: Figures) -> list[FigureLine]:
    return [line for line in figures.departments if line.now.decisions.decided >= LEAST_DECIDED]


def _share(line: FigureLine) -> float:
    return in_time(line.now) or 0


def _change(line: FigureLine) -> float:
    """In percentage points, as reports round it."""
    return point_change(in_time(line.now), in_time(line.before)) or 0


# Late approvals, answers, orders, cards.


def most_late(figures: Figures) -> Mention | None:
    """The departments with the most approvals late at the end."""
    late, legal = Counter[Label](), Counter[Label]()
    for approval in figures.late:
        late[approval.department] += 1
        legal[approval.department] += approval.light == "red"

    def counted(unit: Label) -> str:
        if not legal[unit]:
            return _("%(count)s", count=late[unit])
        return _("%(count)s, of these %(legal)s beyond the legal limit", count=late[unit], legal=legal[unit])

    return _most("most_late", _("Most late approvals"), late, counted)


def unanswered(figures: Figures) -> Mention | None:
    """The departments that let the most escalations climb without an answer."""
    owed = Counter(answer.department for answer in figures.owed_answers)
    return _most("unanswered", _("Escalations left unanswered"), owed, _counted(owed))


def overdue_orders(figures: Figures) -> Mention | None:
    """The departments with the most supervision orders whose day of answer has passed."""
    overdue = Counter(order.department for order in figures.orders.told if order.is_overdue)
    return _most(
        "overdue_orders", _("Supervision orders overdue"), overdue, lambda unit: _("%(count)s", count=overdue[unit])
    )


def most_cards(figures: Figures) -> Mention | None:
    """The departments that were shown the most red cards in the period and still have them, of equal ones the most
    yellow ones."""
    red, yellow = Counter[Label](), Counter[Label]()
    for card in figures.oversight.card_list:
        if card.shown_on >= figures.first_on and card.state != "withdrawn":
            (red if card.colour == "red" else yellow)[card.department] += 1
    most = max(((red[unit], yellow[unit]) for unit in red | yellow), default=None)
    first = [unit for unit in red | yellow if (red[unit], yellow[unit]) == most]
    if not first:
        return None
    objected = Counter(row.department for row in figures.objections if row.colour)
    texts = [(unit, _cards(red[unit], yellow[unit], objected[unit])) for unit in first]
    return _mention("most_cards", _("Most cards"), texts)


def _cards(red: int, yellow: int, objected: int) -> str:
    text = _("%(red)s red, %(yellow)s yellow", red=red, yellow=yellow)
    if not objected:
        return text
    return _("%(cards)s (%(count)s within the appeal period or under appeal)", cards=text, count=objected)


def _counted(counts: Counter[Label]) -> Callable[[Label], str]:
    return lambda unit: _("%(count)s", count=counts[unit])


def _most(rule: str, head: str, counts: Counter[Label], text: Callable[[Label], str]) -> Mention | None:
    """The units with the highest count, in the order in which they came."""
    most = max(counts.values(), default=0)
    if not most:
        return None
    return _mention(rule, head, [(unit, text(unit)) for unit, count in counts.items() if count == most])


# Counties in the year's programme.


def county_ahead(figures: Figures) -> Mention | None:
    """The counties that paid the largest share of their money, if it keeps up with the year and none is most behind."""
    chapter = figures.programme
    counties = chapter.named_counties if chapter else ()
    paid = [county for county in counties if chapter and _paid(county) >= Decimal(chapter.time_share)]
    best = max(map(_paid, paid), default=None)
    first = [county for county in paid if _paid(county) == best]
    if not first or {county.key for county in first} & {county.key for county in _most_behind(figures)}:
        return None
    return _mention(
        "county_ahead", _("Counties ahead in the programme"), [(county.label, _county(county)) for county in first]
    )


def county_behind(figures: Figures) -> Mention | None:
    """The counties with the most items behind their plan, of equal ones those that paid least."""
    last = _most_behind(figures)
    if not last:
        return None
    return _mention(
        "county_behind", _("Counties behind in the programme"), [(county.label, _county(county)) for county in last]
    )


def _most_behind(figures: Figures) -> list[ProgrammeCounty]:
    counties = figures.programme.named_counties if figures.programme else ()
    most = max((county.items.behind for county in counties), default=0)
    behind = [county for county in counties if most and county.items.behind == most]
    least = min(map(_paid, behind), default=None)
    return [county for county in behind if _paid(county) == least]


def _paid(county: ProgrammeCounty) -> Decimal:
    return Decimal(county.money.execution_rate or 0)


def _county(county: ProgrammeCounty) -> str:
    return _(
        "%(behind)s of %(all)s items behind their plan, %(rate)s of the money paid",
        behind=county.items.behind,
        all=county.items.all,
        rate=percent(float(_paid(county))),
    )


def _mention(rule: str, head: str, units: Sequence[tuple[Label, str]]) -> Mention:
    """The sentence, in which at most MOST_NAMED units stand by name."""
    left_out = len(units) - MOST_NAMED
    told = [_("%(department)s: %(text)s", department=label(unit), text=text) for unit, text in units[:MOST_NAMED]]
    more = [_("%(number)s more units", number=left_out)] if left_out > 0 else []
    text = _("%(units)s.", units=listed([*told, *more]))
    return Mention(rule, head, tuple(unit.zh for unit, _text in units), text)


PRAISE: tuple[Rule, ...] = (highest_share, largest_rise, county_ahead)
CRITICISM: tuple[Rule, ...] = (
    lowest_share,
    largest_fall,
    most_late,
    unanswered,
    overdue_orders,
    most_cards,
    county_behind,
)
OF_RATES = ("highest_share", "largest_rise", "lowest_share", "largest_fall")
