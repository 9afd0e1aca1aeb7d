"""Each value of the policy has one field, and each field is a value of the policy."""

import yaml

from approvals.supervision.policy_form import GROUPS, policy_fields
from workflows.config import DATA
from workflows.config.policy import OFFICE_STEPS, OPTIONAL, TARGETS, ProgrammeRules, ReportRules, UploadRules
from workflows.label import Label


def leaves_of(raw):
    """The places of all values, lists as one: read by YAML alone."""
    for key, value in raw.items():
        yield from ((f"{key}.{name}" for name in value) if isinstance(value, dict) else [str(key)])


def may_be_named():
    """The places that a policy may leave out, by its own rules."""
    optional = {
        "offices": OFFICE_STEPS,
        "programme": ProgrammeRules.__dataclass_fields__,
        "targets": TARGETS,
        "reports": ReportRules.__dataclass_fields__,
        "uploads": UploadRules.__dataclass_fields__,
    }
    single = set(OPTIONAL) - set(optional)
    return single | {f"{section}.{name}" for section, names in optional.items() for name in names}


def test_every_value_of_the_policy_stands_in_the_form_once_and_nothing_else_does():
    raw = yaml.safe_load((DATA / "policy.yaml").read_text(encoding="utf-8"))
    names = [field.name for field in policy_fields()]
    assert len(names) == len(set(names))
    assert set(names) == set(leaves_of(raw)) == set(leaves_of(raw)) | may_be_named()


def test_every_field_and_group_has_words_in_both_languages():
    labels = [label for group in GROUPS for label in (group.title, group.hint)]
    labels += [label for field in policy_fields() for label in (field.label, field.hint, field.unit) if label]
    assert all(isinstance(label, Label) and label.zh and label.en for label in labels)
    for language in ("zh", "en"):
        titles = [getattr(field.label, language) for field in policy_fields()]
        assert len(titles) == len(set(titles)), "two fields of one name"


def test_numbers_say_their_unit():
    assert [field.name for field in policy_fields() if field.kind == "number" and field.unit is None] == []
