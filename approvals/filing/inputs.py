"""The fields of a filing on their way between a page and the project's row."""

from collections.abc import Mapping
from typing import Any

from approvals.base.errors import invalid
from approvals.base.text_validation import N_
from approvals.filing.views import ProjectView
from approvals.history.inputs import check_input
from workflows.charts.project import FILING, PROJECT


def values_of(project: ProjectView) -> dict[str, Any]:
    """What stands in the project, as its form shows it."""
    values = {need.name: getattr(project, need.name) for need in FILING}
    return values | {"planned_10k_yuan": f"{project.planned_10k_yuan.normalize():f}"}


def complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as checked values; Invalid when something that a filing needs is missing."""
    return check_input(PROJECT, "draft", values)


def changed_values(project: ProjectView, values: Mapping[str, Any], checked: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was given, the fields that differ from what stands; an optional one left empty is emptied."""
    changed = {need.name for need in FILING if checked.get(need.name) != getattr(project, need.name)}
    if "external_ref" in changed and not checked.get("external_ref"):
        raise invalid("external_ref", N_("may be changed but not removed"))
    return {name: values.get(name) for name in changed}
