"""How far forecasts were from what came: of each node reached, the last one that counted when it was reached."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows.rules.programme_facts import ItemFacts, Sight
from workflows.rules.programme_figures import counted_nodes, rounded

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class NodeForecast:
    """A node that was reached, and when it was expected."""

    item_no: str
    code: str
    name: str
    expected_on: date
    reached_on: date

    @property
    def days(self) -> int:
        """How far apart the two are, whichever came first."""
        return abs((self.reached_on - self.expected_on).days)


@dataclass(frozen=True, slots=True)
class ForecastError:
    """The mean of the days over so many nodes that were reached and had a forecast; None over none."""

    nodes: int
    days: Decimal | None


def forecasts_of(items: Iterable[ItemFacts], sight: Sight) -> Iterator[NodeForecast]:
    """The nodes of items that count which were reached and had a forecast by then: what is said later is none."""
    for item, task, node in counted_nodes(items, sight):
        reached_on = sight.reached_on(node)
        if reached_on is not None:
            expected_on = Sight(reached_on, min(reached_on, sight.known)).expected_on(node)
            if expected_on is not None:
                yield NodeForecast(item.item_no, task.code, node.name, expected_on, reached_on)


def forecast_error(forecasts: Sequence[NodeForecast]) -> ForecastError:
    """The mean over these nodes, in days with one decimal."""
    total = sum(forecast.days for forecast in forecasts)
    return ForecastError(len(forecasts), rounded(Fraction(total, len(forecasts)), _TENTH) if forecasts else None)
