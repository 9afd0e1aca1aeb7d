"""Somebody at a browser: finds things by the words that stand on the page, as people do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from approvals.base.i18n import DEFAULT, HTML_CODES, LANGUAGES
from tests.support.builders import SCHOOL
from tests.support.pages import PASSWORD

SIGN_IN = {"zh_Hans": ("用户名", "密码", "登录"), "en": ("User name", "Password", "Sign in")}
_OURS = ("http://127.0.0.1:", "data:", "blob:", "about:")
_HARMLESS = (
    "Failed to load resource",  # Chromium's word for any 4xx, which a journey may want
    "htmx:afterRequest",  # who leaves a page breaks off what it was just keeping
    "htmx:sendAbort",
)


@dataclass  # without slots: Playwright hangs its own on whoever listens
class Log:
    """What went wrong in a browser, beside what the test looks at."""

    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext) -> "Log":
        log = cls()
        context.on("request", log.see_request)
        context.on("response", log.see_response)
        context.on("console", log.see_console)
        context.on("weberror", lambda error: log.faults.append(f"thrown: {error.error}"))
        return log

    def see_request(self, request: Request) -> None:
        if not request.url.startswith(_OURS):
            self.faults.append(f"asked of another machine: {request.url}")

    def see_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def see_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_HARMLESS):
            self.faults.append(f"console of {message.page and message.page.url}: {message.text}")


@dataclass(frozen=True, slots=True)
class Somebody:
    page: Page
    address: str
    log: Log

    def sign_in(self, username: str, language: str = DEFAULT) -> "Somebody":
        """At the home page, in a language that holds until they sign out."""
        self.choose(language)
        name, password, button = SIGN_IN[language]
        self.page.get_by_label(name).fill(username)
        self.page.get_by_label(password).fill(PASSWORD)
        self.press(button)
        expect(self.page).not_to_have_url(re.compile("/sign-in"))
        return self

    def choose(self, language: str) -> None:
        """The page where one signs in, in this language."""
        self.go("/sign-in")
        if language != DEFAULT:
            self.page.get_by_role("button", name=LANGUAGES[language]).click()
            expect(self.page.locator("html")).to_have_attribute("lang", HTML_CODES[language])

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def open(self, group: str, page: str = "") -> None:
        """Click a group of the main navigation, which leads to its first page; then a page of it, if one is named."""
        self.page.locator(".menu-title", has_text=_with_number(group)).click()
        if page:
            self.page.locator(".menu-group-here .menu-pages a", has_text=_with_number(page)).click()

    def follow(self, words: str, within: Locator | None = None) -> None:
        """Click the first link of the page that holds these words or numbers."""
        (within or self.main).get_by_role("link", name=words).first.click()

    def fill(self, label: str, text: str, within: Locator | None = None) -> None:
        (within or self.main).get_by_label(label).fill(text)

    def press(self, words: str, within: Locator | None = None) -> None:
        button = self.page.locator("button")  # and no field for a file, which is one to those who listen
        (within or self.main).get_by_role("button", name=words, exact=True).and_(button).click()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).to_contain_text(text)

    @contextmanager
    def form(self, move: str) -> Iterator[Locator]:
        """The form of a move, opened; it is sent at the end."""
        folded = self.page.locator(f'main details:has(> summary:text-is("{move}"))')
        if folded.get_attribute("open") is None:
            folded.locator("summary").first.click()
        yield folded
        for understood in folded.locator("[name=understood]").all():
            understood.check()
        self.press(move, folded)

    @contextmanager
    def hand_in(self, move: str) -> Iterator[Locator]:
        """The rows of materials on the page of an approval; they are handed in at the end."""
        section = self.page.locator("#hand-in")
        yield section
        self.press(move, section)

    def answer_no(self) -> None:
        """All screening questions of a filing: no, and what a school on new land says."""
        for name, answer in SCHOOL.items():
            field = self.main.locator(f'[name="answers.{name}"]')
            if isinstance(answer, bool):
                self.main.locator(f'[name="answers.{name}"][value=no]').check()
            elif isinstance(answer, str):
                field.select_option(answer)
            else:
                field.fill(str(answer))


def _with_number(words: str) -> re.Pattern[str]:
    """The words of a link of the menu, with or without the number of what waits there."""
    return re.compile(rf"^\s*{re.escape(words)}(\s+\d+)?\s*$")
