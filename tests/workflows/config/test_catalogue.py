"""The catalogue: what the example one says, what it plans, and what is refused with its line."""

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import A_SMALL_ROAD, EVERY_ITEM
from workflows.config import DATA
from workflows.config.catalogue import CatalogueError, all_needed, load_catalogue, read_catalogue

TEXT = """\
edition: "2026-01"
stages:
  1: {zh: 立项, en: Project approval, lead: 发改委}
stage_limit: {legal_days: 45, extension_days: 15}
items:
  - {code: A01, stage: 1, zh: 建议书, en: Proposal, department: 发改委, legal: 20, promised: 5, basis: law}
  - {code: A02, stage: 1, zh: 选址, en: Site, department: 资源局, legal: 20, promised: 8, requires: [A01], basis: law}
  - {code: A03, stage: 1, zh: 环评, en: Air, department: 环境局, legal: 20, promised: 8, requires: [A02], basis: law}
"""
FIRST, SECOND, THIRD = 6, 7, 8  # the lines of the items


def test_the_example_catalogue_has_the_known_sums():
    items = load_catalogue().items.values()
    assert len(items) == 29
    assert sum(item.promised for item in items) == 172
    assert sum(item.legal for item in items) == 592
    assert [item.code for item in items if item.legal_unit == "calendar_days"] == ["A03"]
    assert [item.code for item in items if item.after_works] == ["D01", "D02", "D03", "D04", "D05"]


def test_every_department_is_named_by_its_first_item():
    catalogue = load_catalogue()
    assert len(catalogue.departments) == len({item.department for item in catalogue.items.values()})
    for department in catalogue.departments:
        code = catalogue.first_code(department)
        assert code == min(i.code for i in catalogue.items.values() if i.department == department)
    with pytest.raises(KeyError):
        catalogue.first_code("没有这个部门")


@pytest.mark.parametrize("choices", list(product((False, True), repeat=4)), ids=str)
def test_a_plan_has_what_applies_and_waits_for_nothing_that_does_not(choices):
    catalogue = load_catalogue()
    answers = dict(zip(EVERY_ITEM, choices, strict=True))
    raw = yaml.safe_load((DATA / "catalogue.yaml").read_text(encoding="utf-8"))["items"]
    # What hangs on a choice or a number that was left out applies.
    expected = [item["code"] for item in raw if answers.get(str(item.get("applies_when")), True)]
    plan = catalogue.plan(answers)
    assert [planned.item.code for planned in plan] == expected
    for planned in plan:
        whole = next(item["requires"] for item in raw if item["code"] == planned.item.code)
        assert list(planned.requires) == [code for code in whole if code in expected]


def test_a_yes_no_question_that_was_left_out_counts_as_no_and_what_hangs_on_others_applies():
    assert len(load_catalogue().plan({})) == 29 - 5
    assert len(load_catalogue().plan(EVERY_ITEM)) == 29


def test_a_small_road_gets_a_few_approvals_and_a_school_of_that_price_more():
    catalogue = load_catalogue()
    road = [planned.item.code for planned in catalogue.plan(A_SMALL_ROAD, Decimal(800))]
    assert road == ["A01", "A07", "B03", "B05", "C01", "C02", "C05", "D01", "D04", "D06"]
    school = A_SMALL_ROAD | {"works": "building", "floor_area": 2600}
    assert len(catalogue.plan(school, Decimal(800))) == len(road) + 8
    assert len(catalogue.plan(A_SMALL_ROAD | {"length": 900, "land": "new"}, Decimal(1800))) == len(road) + 6


def test_in_place_of_what_does_not_apply_stands_what_that_needs():
    requires = {planned.item.code: planned.requires for planned in load_catalogue().plan(A_SMALL_ROAD, Decimal(800))}
    assert requires["B03"] == ("A07",)  # A09 and B01 do not apply, nor does A08, which both need; that needs A07
    assert requires["C05"] == ("B03", "C01", "C02")  # A07 is needed by C01 already


NUMBERS = st.sampled_from((0, 999, 1000, 4999.5, 5000, 10**6))
ONE_ANSWER = {
    name: st.booleans() if q.kind == "yes_no" else st.sampled_from(list(q.options)) if q.options else NUMBERS
    for name, q in load_catalogue().questions.items()
}


@given(
    st.fixed_dictionaries({}, optional=ONE_ANSWER), st.sampled_from((None, Decimal(80), Decimal(400), Decimal(9000)))
)
def test_a_plan_keeps_the_order_of_the_whole_catalogue(answers, planned):
    """Whatever is answered: what must come before what in the whole catalogue does so in the plan, and nothing else."""
    catalogue = load_catalogue()
    plan = {planned_item.item.code: planned_item.requires for planned_item in catalogue.plan(answers, planned)}
    whole = {code: item.requires for code, item in catalogue.items.items()}
    for code in plan:
        assert all_needed(plan, code) == all_needed(whole, code) & plan.keys()


@given(st.fixed_dictionaries({}, optional=ONE_ANSWER), st.data())
def test_one_more_choice_or_number_never_brings_an_approval(answers, data):
    """What is open counts as needed, so that an answer can only spare; yes/no questions are for the others."""
    catalogue = load_catalogue()
    name = data.draw(st.sampled_from([name for name, q in catalogue.questions.items() if q.kind != "yes_no"]))
    open_now = {other: answer for other, answer in answers.items() if other != name}
    before = {planned.item.code for planned in catalogue.plan(open_now)}
    after = {planned.item.code for planned in catalogue.plan(open_now | {name: data.draw(ONE_ANSWER[name])})}
    assert after <= before


QUESTIONS = """\
questions:
  works: {zh: 做什么？, en: What is built, options: {road: {zh: 路, en: Road}, house: {zh: 房, en: House}}}
  area: {zh: 多大？, en: How large, unit: {zh: 平方米, en: m²}, asked_when: {works: house}}
  digs: {zh: 挖路吗？, en: Does it dig}
"""
ASKING = TEXT.replace("items:\n", QUESTIONS + "items:\n").replace("[A02],", "[A02], applies_when: CONDITION,")
LAST = len(ASKING.splitlines())
AREA = 7  # the line of the second question

CONDITIONS = {  # what applies_when says: the answers with which it applies, and those with which it does not
    "digs": ([{"digs": True}], [{"digs": False}, {}]),
    "{not: digs}": ([{}, {"digs": False}], [{"digs": True}]),
    "{works: road}": ([{"works": "road"}, {}], [{"works": "house"}]),
    "{works: [road, house]}": ([{"works": "road"}, {"works": "house"}], [{"works": "else"}]),
    "{area: {at_least: 300}}": (
        [{"works": "house", "area": 300}, {}],
        [{"area": 299.5}, {"works": "road", "area": 999}],
    ),
    "{area: {above: 300, below: 500}}": ([{"area": 301}], [{"area": 300}, {"area": 500}]),
    "{works: house, area: {at_most: 9}}": ([{"works": "house", "area": 9}], [{"area": 10}]),
    "{any: [digs, {works: road}]}": ([{"digs": True, "works": "house"}, {}], [{"works": "house"}]),
    "{all: [digs, {works: road}]}": ([{"digs": True}], [{"works": "road"}, {}]),
    "{planned_10k_yuan: {at_least: 400}}": ([{}], []),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_item_applies_when_its_condition_holds_or_is_open(condition):
    catalogue = read_catalogue(ASKING.replace("CONDITION", condition))
    for applies, cases in zip((True, False), CONDITIONS[condition], strict=True):
        for answers in cases:
            codes = [planned.item.code for planned in catalogue.plan(answers)]
            assert ("A03" in codes) is applies, answers


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("nothing", "nothing"),
        ("works", "choice"),
        ("{digs: road}", "yes or no"),
        ("{works: boat}", "boat"),
        ("{works: [road, 3]}", "3"),
        ("{area: {more: 3}}", "at_least"),
        ("{area: {at_least: much}}", "number"),
        ("{area: {}}", "at_least"),
        ("{any: digs}", "list"),
        ("{any: []}", "list"),
        ("{not: [digs]}", "mapping"),
        ("[digs]", "condition"),
        ("{}", "mapping"),
        ("7", "condition"),
    ],
)
def test_a_broken_condition_is_refused_with_its_line(condition, named):
    with pytest.raises(CatalogueError) as refusal:
        read_catalogue(ASKING.replace("CONDITION", condition))
    assert str(refusal.value).startswith(f"line {LAST}: A03") and named in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("en: How large, ", "", "zh and en"),
        ("unit: {zh: 平方米, en: m²}", "unit: m²", "unit"),
        ("unit: {", "options: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}, unit: {", "either"),
        ("unit: {zh: 平方米, en: m²}", "options: {yes: {zh: 是, en: Y}, b: {zh: 乙, en: B}}", "option"),
        ("asked_when: {works: house}", "asked_when: digs", "before"),
        ("  area: {", "  planned_10k_yuan: {", "planned_10k_yuan"),
        ("  area: {", "  a-b: {", "letters"),
    ],
)
def test_a_broken_question_is_refused_with_its_line(old, new, named):
    with pytest.raises(CatalogueError) as refusal:
        read_catalogue(ASKING.replace("CONDITION", "digs").replace(old, new, 1))
    assert str(refusal.value).startswith(f"line {AREA}:") and named in str(refusal.value)


BROKEN = {
    "an unknown prerequisite": ("requires: [A02]", "requires: [Z99]", THIRD, "Z99"),
    "a prerequisite of itself": ("requires: [A02]", "requires: [A03]", THIRD, "A03"),
    "a promise longer than the law": ("promised: 5,", "promised: 21,", FIRST, "promised"),
    "an item twice": ("code: A02", "code: A01", SECOND, "A01"),
    "an unknown stage": ("code: A02, stage: 1", "code: A02, stage: 7", SECOND, "7"),
    "a stage that is a list": ("code: A02, stage: 1", "code: A02, stage: [1]", SECOND, "stage"),
    "a limit of no days": ("promised: 5,", "promised: 0,", FIRST, "days"),
    "a negative limit": ("promised: 5,", "promised: -5,", FIRST, "days"),
    "half a day": ("promised: 5,", "promised: 4.5,", FIRST, "days"),
    "a limit in words": ("promised: 5,", "promised: five,", FIRST, "days"),
    "a limit of yes": ("promised: 5,", "promised: yes,", FIRST, "days"),
    "an unknown unit": ("promised: 5,", "promised: 5, legal_unit: weeks,", FIRST, "legal_unit"),
    "an unknown field": ("promised: 5,", "promised: 5, colour: red,", FIRST, "colour"),
    "a field twice": ("promised: 5,", "promised: 5, promised: 6,", FIRST, "promised"),
    "a missing limit": ("promised: 5, ", "", FIRST, "promised"),
    "a missing code": ("code: A01, ", "", FIRST, "code"),
    "special procedures as a list": ("promised: 5,", "promised: 5, special: [听证],", FIRST, "special"),
    "a cap that is no number": ("promised: 5,", "promised: 5, special: {听证: soon},", FIRST, "special"),
    "a cap below one day": ("promised: 5,", "promised: 5, special: {听证: 0},", FIRST, "special"),
    "sources as a list": ("promised: 5,", "promised: 5, satisfied_by: [A01],", FIRST, "satisfied_by"),
    "a source that is no code": ("promised: 5,", "promised: 5, satisfied_by: {表: A/1},", FIRST, "satisfied_by"),
    "a source of nothing asked for": ("[A01],", "[A01], materials: [表], satisfied_by: {图: A01},", SECOND, "图"),
    "a source that is unknown": ("[A01],", "[A01], materials: [表], satisfied_by: {表: Z99},", SECOND, "Z99"),
    "a source that comes later": ("[A01],", "[A01], materials: [表], satisfied_by: {表: A03},", SECOND, "A03"),
    "prerequisites that are a text": ("requires: [A02]", "requires: A02", THIRD, "requires"),
    "prerequisites that are a number": ("requires: [A02]", "requires: 7", THIRD, "requires"),
    "a code that no address can hold": ("code: A01", "code: A/01", FIRST, "code"),
    "a code that is a number": ("code: A01", "code: 1", FIRST, "code"),
    "a department without a name": ("department: 发改委, legal", 'department: "", legal', FIRST, "department"),
    "a department that is a list": ("department: 发改委, legal", "department: [发改委], legal", FIRST, "department"),
    "an item that is a text": (TEXT.splitlines()[SECOND - 1], "  - A02", SECOND, "mapping"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_item_is_refused_with_its_line(what):
    old, new, line, named = BROKEN[what]
    assert old in TEXT
    with pytest.raises(CatalogueError) as refusal:
        read_catalogue(TEXT.replace(old, new, 1))
    assert f"line {line}:" in str(refusal.value)
    assert named in str(refusal.value)


def test_a_material_may_be_the_document_of_what_is_needed_first_directly_or_not():
    text = TEXT.replace(
        "[A02],", "[A02], materials: [选址意见, 立项批复], satisfied_by: {选址意见: A02, 立项批复: A01},"
    )
    assert read_catalogue(text).items["A03"].satisfied_by == {"选址意见": "A02", "立项批复": "A01"}


def test_the_example_catalogue_says_which_materials_are_documents_of_its_own():
    items = load_catalogue().items
    assert items["A08"].satisfied_by == {"可研批复": "A07"}
    assert sum(len(item.satisfied_by) for item in items.values()) == 12


@pytest.mark.parametrize(
    ("old", "new", "line", "codes"),
    [
        ("legal: 20, promised: 5,", "legal: 20, promised: 5, requires: [A03],", FIRST, "A01, A02, A03"),
        ("requires: [A01]", "requires: [A03]", SECOND, "A02, A03"),
    ],
)
def test_a_cycle_is_refused_with_the_line_of_its_first_item(old, new, line, codes):
    with pytest.raises(CatalogueError) as refusal:
        read_catalogue(TEXT.replace(old, new))
    assert str(refusal.value) == f"line {line}: a cycle among {codes}"


SHAPES = {
    "nothing": "",
    "a text": "catalogue",
    "a list": "- 1\n- 2\n",
    "no YAML": "items: [",
    "a tab": "items:\n\t- 1",
    "no items": TEXT.partition("items:")[0],
    "items that are a mapping": TEXT.partition("items:")[0] + "items: {A01: 1}\n",
    "items that are nothing": TEXT.partition("items:")[0] + "items:\n",
    "no item at all": TEXT.partition("items:")[0] + "items: []\n",
    "stages that are a list": TEXT.replace("  1: {zh: 立项", "  - {zh: 立项"),
    "a stage without a lead": TEXT.replace(", lead: 发改委}", "}"),
    "a stage that is no number": TEXT.replace("\n  1: {zh: 立项", "\n  one: {zh: 立项"),
    "no limit for stages": TEXT.replace("{legal_days: 45, extension_days: 15}", "{legal_days: 45}"),
    "a stage limit in words": TEXT.replace("legal_days: 45", "legal_days: many"),
    "a stage limit that is a list": TEXT.replace("{legal_days: 45, extension_days: 15}", "[45, 15]"),
    "a NUL": TEXT.replace("建议书", "建\0议书"),
}


@pytest.mark.parametrize("what", SHAPES)
def test_a_catalogue_of_another_shape_is_refused_and_breaks_nothing(what):
    with pytest.raises(CatalogueError):
        read_catalogue(SHAPES[what])


def test_a_file_is_read_like_its_text(tmp_path: Path):
    path = tmp_path / "catalogue.yaml"
    path.write_text(TEXT, encoding="utf-8")
    assert list(load_catalogue(path).items) == ["A01", "A02", "A03"]
