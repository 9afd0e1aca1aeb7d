"""A hypothesis strategy of lawful histories, on wild calendars."""

from hypothesis import assume
from hypothesis import strategies as st

from tests.support.clock.timelines import Walk, random_calendar, random_limits
from tests.support.clock.trial import the_same_calendar
from workflows.clock.timeline import Step, fold

NAIVE = [random_calendar(seed) for seed in range(100, 106)]
PRODUCT = [the_same_calendar(naive) for naive in NAIVE]


@st.composite
def histories(draw, states=("accepted", "paused")):
    """(number of the calendar, limits, moves) of an approval whose last move left it in one of `states`."""
    dice = draw(st.randoms(use_true_random=False))
    number = draw(st.integers(0, len(NAIVE) - 1))
    lot = random_limits(dice)
    moves = Walk(dice, NAIVE[number], lot).go(draw(st.integers(6, 14)))
    while moves and states is not None and fold(as_steps(moves)).state not in states:
        moves = moves[:-1]
    assume(moves)
    return number, lot, moves


def as_steps(moves):
    return [Step(*move) for move in moves]
