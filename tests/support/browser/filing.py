"""The form of a filing, filled in by its fields' names: what every filing says beside its own."""

from tests.support.browser.people import Somebody
from tests.support.builders import FURTHER, as_form

CHOSEN = ("county", "works_kind", "scale.unit")


def fill_further(owner: Somebody, county: str, planned: str) -> None:
    """The county, and what the form asks for beyond name, category, kind and money."""
    for name, value in as_form(FURTHER | {"county": county, "funding": {"city": planned}}).items():
        field = owner.main.locator(f'[name="{name}"]')
        field.select_option(value) if name in CHOSEN else field.fill(value)
