"""Each page type with the example city's year on it: readable by everybody, and no wider than the screen."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import At
from tests.support.browser.people import Somebody
from tests.support.servers import ROOT

AXE = ROOT / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
WIDTHS = (390, 1280)
GRAVE = ("serious", "critical")

# Who looks at which pages; a step after the path is the first link of this address that is followed from there.
PAGES = {
    "": ("/sign-in", "/nothing-here"),
    "owner1": (
        *("/", "/account/password", "/projects", "/projects > /projects/", "/projects/new", "/notices"),
        *("/projects > /projects/510400- > /approvals/",),
    ),
    "office1": ("/triage", "/triage > /triage/", "/triage?list=classified", "/casefiles?state=suspended > /casefiles/"),
    "centre1": ("/registrations", "/registrations > /registrations/"),
    "window-a02": ("/windows", "/windows > /approvals/", "/windows > /approvals/ > clock", "/escalations"),
    "leader1": (
        *("/casefiles", "/casefiles > /casefiles/", "/ledger", "/reports", "/reports/monthly/2026-10"),
        *("/escalations", "/sweep"),
    ),
    "sysadmin1": ("/administration/units", "/administration/units > units/", "/administration/people > people/"),
    "secadmin1": ("/administration/people", "/administration/people > people/"),
    "auditor1": ("/administration/events",),
}


@pytest.mark.parametrize("username", PAGES)
def test_nothing_serious_is_found_and_nothing_is_too_wide(city_address: str, at_browser: At, username: str) -> None:
    person = at_browser(city_address, bypass_csp=True)  # or the examiner may not run; the links are crawled without
    if username:
        person.sign_in(username)
    faults = [fault for page in PAGES[username] for fault in looked_at(person, page)]
    assert faults == []


def looked_at(person: Somebody, page: str) -> list[str]:
    start, *steps = page.split(" > ")
    person.go(start)
    for step in steps:
        link = person.main.locator(f"a[href*='{step}']:not([href$='/new'])").first
        person.go(str(link.get_attribute("href")))
    return [f"{page}: {fault}" for fault in (*too_wide(person.page), *grave(person.page))]


def too_wide(page: Page) -> list[str]:
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if (needed := page.evaluate("document.scrollingElement.scrollWidth")) > width:
            faults.append(f"{needed} wide on a screen of {width}")
    return faults


def grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    page.add_script_tag(path=AXE)
    result: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{violation['impact']} {violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in result["violations"]
        if violation["impact"] in GRAVE
    ]
