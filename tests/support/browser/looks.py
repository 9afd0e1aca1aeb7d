"""How a page looks on a screen: what axe-core finds, and what it does not see."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.support.servers import ROOT

AXE = ROOT / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
GRAVE = ("serious", "critical")
LIMITS = {"smallest": 11, "contrast": 4.5}  # pixels of a letter in a drawing; WCAG 2.2, 1.4.3
HEIGHT = 800
NARROW = 320  # as WCAG 2.2 has it, 1.4.10
DOUBLE = 640  # a screen of 1280 pixels with everything at 200 %
WIDTHS = (NARROW, 390, DOUBLE, 1280)


def faults_at(page: Page, width: int) -> list[str]:
    """What is wrong with the page on a screen of this width."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen: list[str] = page.evaluate(LOOKS, LIMITS)
    return [f"{width}: {fault}" for fault in (*seen, *(() if width == DOUBLE else grave(page)))]


def grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    result: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{violation['impact']} {violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in result["violations"]
        if violation["impact"] in GRAVE
    ]
