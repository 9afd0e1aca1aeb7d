"""The fields of a filing in the groups in which its form shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from approvals.base.i18n import N_
from approvals.filing.forms import ONLY_SAID
from approvals.web.forms import Form
from workflows.charts.model import Need

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (  # msgids, and the fields below them
    (N_("The project"), ("name", "category", "kind", "county", "site")),
    (N_("Works and investment"), ("works_kind", "scale", "planned_10k_yuan", "funding")),
    (N_("Numbers and codes"), ("credit_code", "project_code", "item_no", "item_reason", "external_ref")),
    (N_("Contact"), ("contact_name", "contact_phone")),
    (N_("Screening questions"), ("answers",)),
)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together; `title` is a msgid."""

    title: str
    needs: tuple[Need, ...]


def field_groups(needs: Iterable[Need], form: Form) -> tuple[FieldGroup, ...]:
    """The fields of a filing as its form groups them; what no group names stands in the second one.

    What stands in the record alone, a reason for the item of the programme, is asked for once the item is in question.
    """
    asks_reason = bool(form.errors_of("item_no") or any(form.value(name) for name in ONLY_SAID))
    named = {name: title for title, names in GROUPS for name in names}
    own: dict[str, list[Need]] = {title: [] for title, _names in GROUPS}
    for need in needs:
        if asks_reason or need.name not in ONLY_SAID:
            own[named.get(need.name, GROUPS[1][0])].append(need)
    places = {name: place for place, name in enumerate(named)}
    return tuple(
        FieldGroup(title, tuple(sorted(group, key=lambda need: places.get(need.name, len(places)))))
        for title, group in own.items()
    )
