"""Who can do what next: computed from what the charts allow, for every plan in every state."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.support.expected_charts import APPROVAL_MOVES, APPROVAL_STATES, LIAISON, OWNER, PROJECT_STATES, WINDOW
from workflows.config.catalogue import load_catalogue
from workflows.rules.next_steps import is_open_in, moves_on, next_steps, waiting_for

LEADING = ("submit", "resubmit", "accept", "grant", "end_special", "deliver", "reapply")  # asides aside
PLAN = load_catalogue().plan(dict.fromkeys(("new_land", "demolition", "heritage"), True))
REQUIRES = {planned.item.code: planned.requires for planned in PLAN}


@dataclass(frozen=True)
class Status:
    code: str
    state: str
    delivered_on: date | None = None
    waits_for_works: bool = False

    @property
    def requires(self) -> tuple[str, ...]:
        return REQUIRES[self.code]


def leads_on(project_state: str, status: Status) -> dict[str, set[str]]:
    """The moves by hand: those of people that lead on, by whom."""
    return {
        move: {role for role in by if role in (OWNER, LIAISON, WINDOW)}
        for move, (sources, _, by) in APPROVAL_MOVES.items()
        if status.state in sources
        and {OWNER, LIAISON, WINDOW} & set(by)
        and move in LEADING
        and (project_state == "registered" or move == "deliver")
        and not (move == "deliver" and status.delivered_on)
    }


days = st.sampled_from([None, date(2026, 3, 2)])
plans = st.fixed_dictionaries({code: st.tuples(st.sampled_from(APPROVAL_STATES), days) for code in REQUIRES})
few = st.dictionaries(
    st.sampled_from(sorted(REQUIRES)), st.tuples(st.sampled_from(["waiting", "withdrawn", "granted"]), days)
)


@given(st.sampled_from(PROJECT_STATES), plans | few)
def test_next_steps_are_what_somebody_can_do(project_state, plan):
    approvals = [Status(code, *rest) for code, rest in plan.items()]
    by_code = {status.code: leads_on(project_state, status) for status in approvals}
    steps = next_steps(project_state, approvals)
    for status in approvals:
        assert {move.name for move in moves_on(project_state, status)} == set(by_code[status.code])
        assert (status.code in steps.in_hand) == any(WINDOW in by for by in by_code[status.code].values())
    asked = {(code, move) for move, codes in steps.todo.items() for code in codes}
    assert all(OWNER in by_code[code].get(move, ()) for code, move in asked)
    can = {(code, move) for code, moves in by_code.items() for move, by in moves.items() if OWNER in by}
    assert {code for code, _ in can - asked} == set(steps.optional)
    assert steps.is_stuck == (project_state == "registered" and not any(by_code.values()))


@given(plans)
def test_what_waits_for_something_withdrawn_names_it_as_a_task(plan):
    approvals = [Status(code, *rest) for code, rest in plan.items()]
    steps, states = next_steps("registered", approvals), {status.code: status.state for status in approvals}
    for code in steps.blockers:
        assert states[code] == "withdrawn"
        assert code in steps.todo["reapply"]
        assert waiting_for({code}, [status for status in approvals if status.state == "waiting"])
    for code in steps.blocked:
        assert states[code] == "waiting"
    direct = {code for code in states if states[code] == "waiting" and set(REQUIRES[code]) & set(steps.blockers)}
    assert direct <= set(steps.blocked)


def test_a_decision_is_delivered_in_every_state_of_a_project():
    assert all(is_open_in(state, "deliver") for state in PROJECT_STATES)
    assert [state for state in PROJECT_STATES if is_open_in(state, "submit")] == ["registered"]


def test_a_plan_with_nothing_but_waiting_approvals_is_stuck():
    steps = next_steps("registered", [Status("A02", "waiting"), Status("A01", "granted", date(2026, 3, 2))])
    assert (steps.is_stuck, steps.todo, steps.in_hand) == (True, {}, ())


def test_what_waits_for_the_works_alone_is_not_stuck():
    before = [Status(code, "granted", date(2026, 3, 2)) for code in REQUIRES if not code.startswith("D")]
    acceptance = [Status(code, "waiting", waits_for_works=code < "D06") for code in REQUIRES if code.startswith("D")]
    steps = next_steps("registered", [*before, *acceptance])
    assert (steps.after_works, steps.is_stuck) == (("D01", "D02", "D03", "D04"), False)
    assert next_steps("registered", acceptance).after_works == ()


def test_only_a_project_at_work_waits_for_its_works():
    """Nobody can report the works while it is suspended, or once it is closed."""
    before = [Status(code, "granted", date(2026, 3, 2)) for code in REQUIRES if not code.startswith("D")]
    acceptance = [Status(code, "waiting", waits_for_works=True) for code in REQUIRES if code.startswith("D")]
    waits = [state for state in PROJECT_STATES if next_steps(state, [*before, *acceptance]).after_works]
    assert waits == ["registered"]
