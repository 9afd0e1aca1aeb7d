"""Charts: which moves a case may make, who may make them, and what each needs.

A chart is data. From it come the buttons, the role checks, the JSON routes, the inputs, the CHECK constraints, the
diagrams and the tests. The only file that imports transitions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from transitions import Machine
from transitions.extensions import GraphMachine

from workflows.label import Label

BEFORE = "none"  # the state of a case that does not exist yet
SYSTEM = "system"
NO_MESSAGE = Label("", "")  # of a move that no page makes


class NotInChart(ValueError):
    """The chart has no such move from this state."""


class ClockEffect(Enum):
    """One effect of a move on the clocks of an approval, executed by `workflows.clock.timeline`.

    Its text is how the handbook words it.
    """

    START_NOTICE = "notice clock starts"
    STOP_NOTICE = "notice clock stops"
    START_DECISION = "decision clocks start"
    START_DECISION_AT_RECEIPT = "decision clocks start from the day of receipt"
    START_SPECIAL = "decision clocks pause"
    END_SPECIAL = "decision clocks resume"
    SUSPEND = "all clocks pause"
    RESUME = "all clocks resume"
    EXTEND = "limits grow"
    STOP = "all clocks stop"
    START_DELIVERY = "delivery clock starts"
    STOP_DELIVERY = "delivery clock stops"
    NEW_ROUND = "a new round"
    RECALCULATE = "a new calendar moves the dates"
    CORRECT_DAY = "the entry counts on its right day from now on"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a move needs; `kind` names the check in `history.inputs.KINDS`.

    With `on_page` a page asks for it, though JSON and feed may leave it out.
    """

    name: str
    kind: str
    zh: str
    en: str
    required: bool = True
    options: tuple[str, ...] = ()
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class State:
    name: str
    zh: str
    en: str
    is_final: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Move:
    """One move: `sources` empty begins a case, `target` None keeps the state.

    `clock` has its effects on the clocks of an approval, in their order; `tells` names the audiences that are notified;
    `is_once` means once in a round; `group` is "main", "quiet" (a lesser button) or "danger"; `message` is what a page
    flashes after the move; `consequences` are those that no other move
    undoes: a page names them and asks for a tick. `second_to` names the moves by which somebody began what a second
    person settles by this one.
    """

    name: str
    sources: tuple[str, ...]
    target: str | None
    by: tuple[str, ...]
    zh: str
    en: str
    needs: tuple[Need, ...] = ()
    clock: tuple[ClockEffect, ...] = ()
    tells: tuple[str, ...] = ()
    is_once: bool = False
    group: str = "main"
    message: Label = NO_MESSAGE
    consequences: Label = NO_MESSAGE
    second_to: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def begins(self) -> bool:
        return not self.sources

    @property
    def is_irrevocable(self) -> bool:
        return bool(self.consequences.zh)

    @property
    def takes_file(self) -> bool:
        return any(need.kind in ("document", "evidence") for need in self.needs)

    @property
    def is_systems(self) -> bool:
        return self.by == (SYSTEM,)


@dataclass(frozen=True)
class Chart:
    name: str
    edition: str
    zh: str
    en: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __hash__(self) -> int:
        return hash((self.name, self.edition))

    @property
    def state_names(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states)

    @property
    def final_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if state.is_final)

    def state(self, name: str) -> State:
        return _states(self)[name]

    def move(self, name: str) -> Move:
        """The move of this name; NotInChart when there is none."""
        try:
            return _moves(self)[name]
        except KeyError:
            raise NotInChart(f"{self.name} has no move {name!r}") from None


@cache
def _states(chart: Chart) -> dict[str, State]:
    return {state.name: state for state in chart.states}


@cache
def _moves(chart: Chart) -> dict[str, Move]:
    return {move.name: move for move in chart.moves}


def step(chart: Chart, state: str, move: str) -> str:
    """The state after `move` from `state`; NotInChart when the chart does not allow it."""
    target = _table(chart).get((state, move))
    if target is None:
        raise NotInChart(f"{chart.name}: {move!r} is not possible in state {state!r}")
    return target


def open_moves(chart: Chart, state: str, roles: frozenset[str]) -> tuple[Move, ...]:
    """The moves that somebody with one of `roles` may try from `state`, in the order of the chart."""
    return tuple(m for m in _open_from(chart, state) if not roles.isdisjoint(m.by))


@cache
def _open_from(chart: Chart, state: str) -> tuple[Move, ...]:
    table = _table(chart)
    return tuple(m for m in chart.moves if not m.begins and (state, m.name) in table)


@cache
def _table(chart: Chart) -> dict[tuple[str, str], str]:
    """(state, move) -> next state, read off the transitions machine that is built once for each chart."""
    targets: dict[tuple[str, str], str] = {}
    for name, event in _machine(chart, Machine, model=None).events.items():
        for source, transitions in event.transitions.items():
            targets[source, name] = transitions[0].dest or source
    return targets


def _machine(chart: Chart, kind: type[Machine], **options: Any) -> Machine:
    return kind(
        **options,
        states=[BEFORE, *chart.state_names],
        initial=BEFORE,
        transitions=[
            {"trigger": move.name, "source": source, "dest": move.target or source}
            for move in chart.moves
            for source in (move.sources or (BEFORE,))
        ],
        auto_transitions=False,
    )


def draw(chart: Chart) -> str:
    """The chart as a Mermaid state diagram, drawn by transitions."""
    model = _Drawn()
    _machine(chart, GraphMachine, model=model, graph_engine="mermaid", title=chart.name, show_conditions=False)
    return str(model.get_graph().source)


class _Drawn:
    """The model that transitions attaches the diagram to."""

    get_graph: Callable[..., Any]
