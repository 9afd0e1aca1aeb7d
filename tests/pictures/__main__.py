"""`make pictures`: takes the pictures of README and handbook of the example city, in both languages.

Everything that changes from run to run stands still: the city, the clock, the size, the colours of a palette.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import insert, select, update

from approvals.accounts.hints import READ
from approvals.accounts.queries import PERSON
from approvals.base.database import Database
from approvals.base.migrations import upgrade
from approvals.web.handbook.books import FOLDERS, PICTURES
from approvals.web.handbook.hints import HINTS
from tests.conftest import chromium
from tests.pictures.shots import REPORT, REPORT_MONTH, SHOTS, Shot
from tests.support.example_city import OPENING, example_city_in
from tests.support.pages import PASSWORD
from tests.support.servers import PYTHON, ROOT, a_web_server

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
WIDTH, REPORT_WIDTH, COLOURS = 1100, 760, 96
QUIET = ".clock-notice { display: none !important } * { caret-color: transparent !important }"
DEMO = {"GUAHAO_ENV": "test", "GUAHAO_NOW": OPENING.isoformat()}


def main() -> None:
    """Take all pictures, or those that are named; the city is kept in the folder CITY, if that is given."""
    names = set(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="guahao-pictures-") as folder:
        city = example_city_in(Path(os.environ.get("CITY") or folder))
        for language, code in FOLDERS.items():
            url = f"sqlite:///{shutil.copy(city, Path(folder, f'{code}.db'))}"
            prepare(url, language)
            env = DEMO | {"GUAHAO_DATA_DIR": folder}
            shots = [shot for shot in SHOTS if not names or shot.name in names]
            with a_web_server(url, env=env) as address, a_browser() as browser:
                for shot in shots:
                    save(take(browser, address, shot, code), code, shot.name)
            if not names or REPORT in names:
                save(first_page(url, code, env, Path(folder)), code, REPORT)


def prepare(url: str, language: str) -> None:
    """Migrate the copy of the city, have everybody speak this language, and nobody need a hint."""
    upgrade(url)
    database = Database(url)
    with database.write() as tx:
        tx.execute(update(PERSON).values(language=language))
        people = tx.execute(select(PERSON.c.id).order_by(PERSON.c.id)).scalars().all()
        tx.execute(
            insert(READ), [{"person_id": id_, "hint": hint, "read_at": OPENING} for id_ in people for hint in HINTS]
        )
    database.close()


@contextmanager
def a_browser() -> Iterator[Browser]:
    args = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=args)
        yield browser
        browser.close()


def take(browser: Browser, address: str, shot: Shot, code: str) -> bytes:
    """What the person sees, as a PNG."""
    size = {"width": WIDTH, "height": shot.height}
    context = browser.new_context(viewport=size, locale=LOCALES[code], timezone_id="Asia/Shanghai", bypass_csp=True)
    page = context.new_page()
    sign_in(page, address, shot.username)
    open_page(page, address, shot.path)
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content=QUIET)
    if shot.top:
        page.locator(shot.top).first.evaluate("element => element.scrollIntoView()")
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def open_page(page: Page, address: str, path: str) -> None:
    start, *steps = path.split(" > ")
    page.goto(address + start)
    for step in steps:
        link = page.locator(f"main a[href*='{step}']:not([href$='/new'])").first
        page.goto(address + str(link.get_attribute("href")))


def first_page(url: str, code: str, env: dict[str, str], folder: Path) -> bytes:
    """The first page of the report, as a PNG."""
    pdf, png = folder / "report.pdf", folder / "report"
    command = [PYTHON, "-m", "approvals", "report", "monthly", REPORT_MONTH, "--issue", "--pdf", str(pdf)]
    command += ["--language", code]
    whole = os.environ | env | {"GUAHAO_DATABASE_URL": url}
    subprocess.run(command, cwd=ROOT, env=whole, check=True)
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(REPORT_WIDTH), "-scale-to-y", "-1", pdf, png], check=True
    )
    return png.with_suffix(".png").read_bytes()


def save(picture: bytes, code: str, name: str) -> None:
    """Write the picture with a palette, which a page of few colours does not miss."""
    path = PICTURES / code / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
