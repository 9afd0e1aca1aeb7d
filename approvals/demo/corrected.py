"""Some deliveries are recorded on the wrong day; the window proposes the right one, its head confirms or declines."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise

from approvals.demo.course import Desk, ScenarioStep
from approvals.demo.texts import say

CHANCE, CONFIRMED = 0.02, 0.75


def corrected(
    desk: Desk, steps: Iterable[ScenarioStep], last: int, day: Callable[[int], date], rng: random.Random
) -> Iterator[ScenarioStep]:
    """What follows two days after a delivery whose day was typed wrong; the right one is the working day before."""
    for decision, delivery in pairwise(steps):
        is_later = decision.move == "grant" and delivery.move == "deliver" and delivery.day > decision.day
        if not is_later or delivery.day + 2 >= last or rng.random() >= CHANCE:
            continue
        right = {"entry": "deliver", "right_on": day(delivery.day - 1).isoformat()}
        why = {"reason": say(rng, "correction_reasons")}
        yield ScenarioStep(delivery.day + 1, "propose_correction", desk.window, right | why)
        if rng.random() < CONFIRMED:
            yield ScenarioStep(delivery.day + 2, "confirm_correction", desk.head)
        else:
            no = {"reason": say(rng, "decline_correction_reasons")}
            yield ScenarioStep(delivery.day + 2, "decline_correction", desk.head, no)
