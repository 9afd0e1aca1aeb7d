"""The catalogue: what the example one says, what it plans, and what is refused with its line."""

from itertools import product
from pathlib import Path

import pytest
import yaml

from workflows.config import DATA
from workflows.config.catalogue import CatalogueError, load_catalogue, read_catalogue
from workflows.config.city import load_city

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
    answers = dict(zip(catalogue.questions, choices, strict=True))
    raw = yaml.safe_load((DATA / "catalogue.yaml").read_text(encoding="utf-8"))["items"]
    expected = [item["code"] for item in raw if not item.get("applies_when") or answers[item["applies_when"]]]
    plan = catalogue.plan(answers)
    assert [planned.item.code for planned in plan] == expected
    for planned in plan:
        whole = next(item["requires"] for item in raw if item["code"] == planned.item.code)
        assert list(planned.requires) == [code for code in whole if code in expected]


def test_a_question_that_was_not_answered_is_answered_with_no():
    assert len(load_catalogue().plan({})) == 29 - 5
    assert set(load_catalogue().questions) == set(load_city().questions)


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
