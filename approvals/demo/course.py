"""How one approval goes: its steps in working days after the first submission, drawn with dice of its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from approvals.demo.source_data import DemoSuspension, say
from workflows.config.catalogue import Item

NOTICE_LIMIT = 5  # working days, art. 32
LONGEST_EXTENSION = 10  # days, art. 42
PROMISED = "A05"  # the soil and water plan: now and then granted on a promise
OWING = "A08"  # the land-use permit: its parcel map may follow, and is owed for a week
SUPPLEMENTED = "C05"  # the construction permit: six materials, the last of which comes a little later
DELIVERIES = (
    {"way": "counter", "receiver": "业主单位经办人"},
    {"way": "electronic", "receiver": "业主单位网上账户"},
    {"way": "post", "receiver": "业主单位收发室"},
)
UTILITIES = "市政公用服务窗口"


@dataclass(frozen=True, slots=True)
class Desk:
    """One approval of one project, and the people who handle it."""

    item: Item
    owner: str
    liaison: str
    window: str
    head: str
    is_leaf: bool = False  # nothing waits for it


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One move on working day `day`; `minute` of the day where it matters, else it is drawn later."""

    day: int
    move: str
    by: str
    facts: dict[str, Any] = field(default_factory=dict)
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class DaySpan:
    """One run of the decision clock, without special procedures: `still` working days of it stood still."""

    accepted: int
    decided: int | None
    promised: int  # with the extension
    legal: int | None  # None where it counts calendar days
    still: int = 0
    is_deemed: bool = False
    answered: tuple[int, ...] | None = None  # levels that answer; None leaves it to the dice


@dataclass(frozen=True, slots=True)
class ApprovalScenario:
    """`granted` is None where it never comes to that; `anchor` is the day on which a kept approval meets the end."""

    steps: tuple[ScenarioStep, ...]
    spans: tuple[DaySpan, ...] = ()
    granted: int | None = None
    anchor: int = 0


def natural_course(desk: Desk, rng: random.Random) -> ApprovalScenario:
    """From the first submission to the delivery, with what may happen on the way."""
    if desk.is_leaf and rng.random() < 0.06:
        return _given_up(desk, rng)
    steps: list[ScenarioStep] = []
    spans: list[DaySpan] = []
    day = 0
    for fate in _fates(rng):
        ends, more, span = _round(desk, rng, day, fate)
        steps += more
        spans += [span] if span else []
        if fate != "grant":
            day = ends + rng.randint(2, 6)
            steps.append(ScenarioStep(day, "reapply", _applicant(desk, rng)))
            day += rng.randint(1, 3)
    return ApprovalScenario(tuple(steps), tuple(spans), granted=spans[-1].decided)


def kept_course(desk: Desk, hold: DemoSuspension, rng: random.Random) -> ApprovalScenario:
    """As far as `hold` says and no further; its anchor falls on the last working day of the year."""
    steps, day = _suspended(desk, hold.kind, rng)
    accepted = [step.day for step in steps if step.move == "accept"]
    spans = [_span(desk.item, accepted[0], None, answered=hold.answered)] if hold.kind == "accepted" else []
    return ApprovalScenario(tuple(steps), tuple(spans), anchor=day + hold.since)


def _fates(rng: random.Random) -> tuple[str, ...]:
    dice = rng.random()
    if dice < 0.013:
        return ("reject_intake", "grant")
    return ("refuse", "grant") if dice < 0.025 else ("grant",)


def _applicant(desk: Desk, rng: random.Random) -> str:
    return desk.owner if rng.random() < 0.75 else desk.liaison


def _span(item: Item, accepted: int, decided: int | None, more: int = 0, **rest: Any) -> DaySpan:
    legal = item.legal + more if item.legal_unit == "working_days" else None
    return DaySpan(accepted, decided, item.promised + more, legal, **rest)


# One round: intake, decision, delivery.


def _round(desk: Desk, rng: random.Random, day: int, fate: str) -> tuple[int, list[ScenarioStep], DaySpan | None]:
    """The day on which the round is over, its steps, and the run of its decision clock if there was one."""
    if fate == "grant" and desk.item.promised > NOTICE_LIMIT + 1 and rng.random() < 0.035:
        return _silent_round(desk, rng, day)
    steps = _intake(desk, rng, day)
    received = steps[-1].day
    if fate == "reject_intake":
        facts = {"reason": say(rng, "reject_intake_reasons")}
        steps.append(ScenarioStep(received + rng.randint(1, 3), fate, desk.window, facts))
        return steps[-1].day, steps, None
    accepted = received + rng.choices((0, 1, 2, 3), (35, 35, 20, 10))[0]
    is_owing = desk.item.code == OWING and fate == "grant" and accepted % 3 == 0
    steps.append(
        ScenarioStep(accepted, "accept", desk.window, {"owed": list(desk.item.may_follow)} if is_owing else {})
    )
    middle, used, more, still = _middle(desk, rng, accepted, _used(desk.item, rng))
    decided = accepted + used + still
    steps += middle + _decision(desk, rng, decided, fate)
    more_steps = _followed(desk, accepted) if is_owing else ()
    if desk.item.code == PROMISED and fate == "grant" and accepted % 4 == 0:
        steps, more_steps = _promised(desk, steps, accepted, decided)
    steps = sorted([*steps, *more_steps], key=lambda step: step.day)
    return steps[-1].day, steps, _span(desk.item, accepted, decided, more, still=still)


def _promised(
    desk: Desk, steps: list[ScenarioStep], accepted: int, decided: int
) -> tuple[list[ScenarioStep], list[ScenarioStep]]:
    """The steps with a grant on the owner's promise, and the promise and its check that go with it."""
    on_promise = [
        replace(step, facts=step.facts | {"check_on": ""}) if step.move == "grant" else step for step in steps
    ]
    promise = ScenarioStep(accepted, "give_promise", desk.owner, {"promise": "按批准的方案实施，竣工前完成自主验收。"})
    result = {"result": "kept", "findings": "现场核查与承诺内容一致。"}
    return on_promise, [promise, ScenarioStep(decided + 15, "record_check", desk.window, result)]


def _followed(desk: Desk, accepted: int) -> list[ScenarioStep]:
    """What was owed comes within the week, of every other one only after it, and is ticked off the day after."""
    came, names = accepted + (8 if accepted % 2 else 3), list(desk.item.may_follow)
    supplied = ScenarioStep(came, "supply_owed", desk.owner, {"materials": names})
    return [supplied, ScenarioStep(came + 1, "settle_owed", desk.window, {"owed": names})]


def _silent_round(desk: Desk, rng: random.Random, day: int) -> tuple[int, list[ScenarioStep], DaySpan | None]:
    """The window says nothing for five working days: by article 32 that is acceptance from the day of receipt."""
    decided = day + rng.randint(NOTICE_LIMIT + 1, desk.item.promised + 1)
    steps = [_submission(desk, rng, day, desk.item.materials), *_decision(desk, rng, decided, "grant")]
    return steps[-1].day, steps, _span(desk.item, day, decided, is_deemed=True)


def _submission(
    desk: Desk, rng: random.Random, day: int, materials: tuple[str, ...], move: str = "submit"
) -> ScenarioStep:
    return ScenarioStep(day, move, _applicant(desk, rng), {"materials": list(materials)})


def _intake(desk: Desk, rng: random.Random, day: int) -> list[ScenarioStep]:
    """The submission, and where something is wanting the notice and the correction; ends as received."""
    if rng.random() >= 0.22:
        return _submitted(desk, rng, day)
    steps = _noticed(desk, rng, day)
    steps.append(_correction(desk, rng, steps[-1].day))
    if rng.random() < 0.03:
        again = steps[-1].day + rng.randint(1, 3)
        items = [_problem(rng, rng.choice(desk.item.materials), "faulty")]
        facts = {"items": items, "justification": say(rng, "justifications")}
        steps += [ScenarioStep(again, "notify_again", desk.head, facts), _correction(desk, rng, again)]
    return steps


def _submitted(desk: Desk, rng: random.Random, day: int) -> list[ScenarioStep]:
    """A complete submission; of one item the last material is added before the window has answered."""
    materials = desk.item.materials
    if desk.item.code != SUPPLEMENTED:
        return [_submission(desk, rng, day, materials)]
    first = _submission(desk, rng, day, materials[:-1])
    return [first, ScenarioStep(day, "supplement", first.by, {"materials": [materials[-1]]})]


def _noticed(desk: Desk, rng: random.Random, day: int, after: int | None = None) -> list[ScenarioStep]:
    """A submission, complete or not, and the one notice of all that is wanting."""
    materials = desk.item.materials
    short = rng.random() < 0.6 and len(materials) > 1
    missing = rng.sample(materials, rng.randint(1, (len(materials) + 1) // 2)) if short else []
    handed_in = tuple(m for m in materials if m not in missing)
    items = [_problem(rng, m, "missing") for m in materials if m in missing]
    if not items or rng.random() < 0.3:
        items.append(_problem(rng, rng.choice(handed_in), "faulty"))
    notified = day + (rng.randint(0, 3) if after is None else after)
    notice = ScenarioStep(notified, "notify_once", desk.window, {"items": items})
    return [_submission(desk, rng, day, handed_in), notice]


def _correction(desk: Desk, rng: random.Random, day: int) -> ScenarioStep:
    return _submission(desk, rng, day + rng.randint(1, 8), desk.item.materials, "resubmit")


def _problem(rng: random.Random, material: str, how: str) -> dict[str, str]:
    problem = say(rng, f"problems_{how}", material=material)
    return {"material": material, "problem": problem, "remedy": say(rng, f"remedies_{how}", material=material)}


def _used(item: Item, rng: random.Random) -> int:
    """Working days of the decision clock: mostly within the promise, a few beyond it, very few beyond the law."""
    dice = rng.random()
    if dice < 0.010 and item.legal_unit == "working_days":
        return item.legal + rng.randint(1, 4)
    if dice < 0.056 and item.promised + 1 < item.legal:
        return rng.randint(item.promised + 1, min(item.promised + 7, item.legal - 1))
    early = rng.choices((0, 1, 2, 3, 4), (26, 24, 26, 16, 8))[0]
    return max(1, item.promised - early)


def _middle(desk: Desk, rng: random.Random, accepted: int, used: int) -> tuple[list[ScenarioStep], int, int, int]:
    """An extension or a special procedure before the light turns: steps, days used, days added, days standing still."""
    latest = min(desk.item.promised - 2, used - 1)
    dice = rng.random()
    if latest >= 1 and dice < 0.025 and desk.item.legal_unit == "working_days":
        days = rng.randint(2, min(LONGEST_EXTENSION, desk.item.legal // 2))
        facts = {"days": days, "reason": say(rng, "extend_reasons", days=days)}
        used = desk.item.promised + rng.randint(1, days)
        return [ScenarioStep(accepted + rng.randint(1, latest), "extend", desk.head, facts)], used, days, 0
    if latest >= 1 and desk.item.special and dice < 0.145:
        steps = _special(desk, rng, accepted + rng.randint(1, latest))
        return steps, used, 0, steps[1].day - steps[0].day
    return [], used, 0, 0


def _special(desk: Desk, rng: random.Random, day: int) -> list[ScenarioStep]:
    procedure, cap = rng.choice(sorted(desk.item.special.items()))
    expected = rng.randint(4, min(cap or 15, 18)) if (cap or 15) < 60 else rng.randint(20, 30)
    lasts = max(2, min(cap or 60, expected + rng.randint(-2, 2)))
    notice = say(rng, "notices", procedure=procedure, days=expected)
    facts = {"procedure": procedure, "expected_days": expected, "notice": notice}
    start = ScenarioStep(day, "start_special", desk.window, facts)
    return [start, ScenarioStep(day + lasts, "end_special", desk.window)]


def _decision(desk: Desk, rng: random.Random, day: int, fate: str) -> list[ScenarioStep]:
    """The decision and its delivery. The document's number is given when the year is in order."""
    facts = {"reason": say(rng, "refuse_reasons")} if fate == "refuse" else {"document_no": ""}
    handed_over = day + rng.choices((0, 1, 2, 3, 5, 8), (28, 34, 18, 10, 7, 3))[0]
    delivery = DELIVERIES[handed_over % len(DELIVERIES)]
    return [ScenarioStep(day, fate, desk.window, facts), ScenarioStep(handed_over, "deliver", desk.window, delivery)]


def _given_up(desk: Desk, rng: random.Random) -> ApprovalScenario:
    """The owner finds that the item is not needed, sometimes before anything was handed in."""
    steps: list[ScenarioStep] = []
    if rng.random() < 0.5:
        steps = [_submission(desk, rng, 0, desk.item.materials), ScenarioStep(1, "accept", desk.window)]
    spans = (_span(desk.item, 1, 2, answered=()),) if steps else ()
    return ApprovalScenario((*steps, _withdrawal(desk, rng, 2)), spans)


def _withdrawal(desk: Desk, rng: random.Random, day: int) -> ScenarioStep:
    what = "connection" if desk.item.department == UTILITIES else "approval"
    return ScenarioStep(day, "withdraw_approval", desk.owner, {"reason": say(rng, f"withdraw_{what}_reasons")})


def _suspended(desk: Desk, kind: str, rng: random.Random) -> tuple[list[ScenarioStep], int]:
    """An approval that stays in one status at the end: its steps, and the day since which it stays so."""
    if kind == "ready":
        return [], 0
    if kind == "correcting":
        return _noticed(desk, rng, 0, after=1), 1
    reason = say(rng, "reject_intake_reasons") if kind == "not_accepted" else ""
    steps = [_submission(desk, rng, 0, desk.item.materials)]
    if kind in ("received", "deemed"):
        return steps, 0
    if kind == "not_accepted":
        return [*steps, ScenarioStep(2, "reject_intake", desk.window, {"reason": reason})], 2
    steps.append(ScenarioStep(1, "accept", desk.window))
    return (steps, 1) if kind == "accepted" else (steps + _LAST_STEPS[kind](desk, rng, 2), 2)


_LAST_STEPS: dict[str, Callable[[Desk, random.Random, int], list[ScenarioStep]]] = {
    "paused": lambda desk, rng, day: _special(desk, rng, day)[:1],
    "refused": lambda desk, rng, day: _decision(desk, rng, day, "refuse"),
    "withdrawn": lambda desk, rng, day: [_withdrawal(desk, rng, day)],
}
