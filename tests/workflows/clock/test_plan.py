"""The critical path of a plan, against brute force."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EVERY_ITEM
from workflows.clock.plan import NOTHING_LEFT, critical_path
from workflows.config.catalogue import load_catalogue


def full_plan() -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    catalogue = load_catalogue()
    planned = catalogue.plan(EVERY_ITEM)
    return {p.item.code: p.item.promised for p in planned}, {p.item.code: p.requires for p in planned}


def test_the_whole_catalogue_takes_77_promised_days_along_the_known_chain() -> None:
    path = critical_path(*full_plan())
    assert path.days == 77
    assert " ".join(path.codes) == "A01 A02 A07 A08 B01 B02 C02 C03 C05 D02 D06 D07"


def test_what_is_granted_is_no_longer_on_the_path() -> None:
    path = critical_path(*full_plan(), done={"A01", "A02"})
    assert path.codes[0] == "A04"  # 7 days, in the place of A02 with 8
    assert path.days == 77 - 5 - 8 + 7


def test_nothing_is_left_when_all_is_granted() -> None:
    limits, requires = full_plan()
    assert critical_path(limits, requires, done=set(limits)) == NOTHING_LEFT
    assert critical_path({}, {}) == NOTHING_LEFT


def test_of_equally_long_chains_the_first_by_code_is_told() -> None:
    assert critical_path({"A": 1, "B": 2, "C": 2, "D": 1}, {"D": ("B", "C"), "B": ("A",), "C": ("A",)}).codes == (
        "A",
        "B",
        "D",
    )


def test_a_prerequisite_outside_the_plan_is_passed_over() -> None:
    assert critical_path({"B": 2}, {"B": ("A",)}).codes == ("B",)


@st.composite
def plans(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, list[str]], set[str]]:
    """Up to nine items, each requiring some of those before it, some of them done with all that they require."""
    codes = [chr(ord("A") + number) for number in range(draw(st.integers(0, 9)))]
    limits = {code: draw(st.integers(1, 5)) for code in codes}
    earlier = {code: st.sampled_from(codes[:number]) for number, code in enumerate(codes) if number}
    requires = {code: draw(st.lists(earlier[code], unique=True)) if code in earlier else [] for code in codes}
    done: set[str] = set()
    for code in codes:
        if done.issuperset(requires[code]) and draw(st.booleans()):
            done.add(code)
    return limits, requires, done


def chains(requires: dict[str, list[str]], done: set[str], end: str) -> list[tuple[str, ...]]:
    """Every chain that ends with this item, written out one by one."""
    paths: list[tuple[str, ...]] = [(end,)]
    for before in requires[end]:
        if before not in done:
            paths += [(*chain, end) for chain in chains(requires, done, before)]
    return paths


@given(plans())
def test_the_path_is_the_longest_of_all_chains(plan: tuple[dict[str, int], dict[str, list[str]], set[str]]) -> None:
    limits, requires, done = plan
    every = [chain for code in limits if code not in done for chain in chains(requires, done, code)]
    path = critical_path(limits, requires, done)
    best = max((sum(limits[code] for code in chain) for chain in every), default=0)
    assert path.days == best == sum(limits[code] for code in path.codes)
    assert path.codes == min((c for c in every if sum(limits[code] for code in c) == best), default=())
