"""Where links lead: pages grouped by their type, so that a crawl sees every type and not every project."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.support.extent import effort

# Files, which a browser saves instead of showing.
PAPERS = {
    *("papers.clock_pdf", "papers.notice_pdf", "orders.pdf", "filing.receipt", "casefile.paper"),
    *("reports.pdf", "report_making.paper", "report_making.brief", "report_parts.paper", "issued_papers.pdf"),
}
SHEETS = {"reports.sheet", *(f"programme.{name}_sheet" for name in ("ledger", "month", "money", "plan"))}
DOWNLOADS = frozenset({"filing.document", "materials.guide", "catalogues.text", *SHEETS, *PAPERS})
OF_EACH_TYPE = effort(1, 3)  # pages that are opened of each type
DEAR = effort(("report", "board"), ())  # what these types begin with is not looked for further
MORE_OF_EACH_TYPE = 25  # that are kept for when a type of page has not been found by then


def endpoint_of(app: Flask, path: str) -> str:
    """The endpoint of a path; AssertionError when a link leads nowhere."""
    try:
        return str(app.url_map.bind("127.0.0.1").match(path, "GET")[0])
    except HTTPException as error:
        raise AssertionError(f"a link leads to {path}: {error}") from error


@dataclass(slots=True)
class Frontier:
    """The links that were found and are still to be followed; a few of each type: endpoint and names of its choices.

    At most `files` downloads are among them: a report of the whole year takes long to set. With `by_source` a few
    links of each type are followed from each type of page.
    """

    app: Flask
    address: str
    files: int
    by_source: bool = False
    waiting: deque[str] = field(default_factory=deque)
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    from_source: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=Counter)
    visited: set[str] = field(default_factory=set)
    reserve: dict[tuple[str, ...], deque[str]] = field(default_factory=dict)

    def add(self, base: str, links: list[str]) -> None:
        source = self.kind_of(base) if self.by_source else ()
        for link in links:
            address = urldefrag(urljoin(base, link)).url
            if address.startswith(self.address) and address not in self.visited:
                self._add_new(address, source)

    def kind_of(self, address: str) -> tuple[str, ...]:
        """The type of a page: its endpoint and the names of its choices."""
        parts = urlsplit(address)
        return (endpoint_of(self.app, parts.path), *sorted(parse_qs(parts.query)))

    def _add_new(self, address: str, source: tuple[str, ...]) -> None:
        self.visited.add(address)
        kind = self.kind_of(address)
        self.counts[kind] += 1
        self.from_source[source, kind] += 1
        number = min(self.counts[kind], self.from_source[source, kind]) if source else self.counts[kind]
        if number <= (self.files if kind[0] in DOWNLOADS else OF_EACH_TYPE):
            self.waiting.append(address)
        elif (
            kind[0] not in DOWNLOADS
            and not kind[0].startswith(DEAR)
            and self.counts[kind] <= OF_EACH_TYPE + MORE_OF_EACH_TYPE
        ):
            self.reserve.setdefault(kind, deque()).append(address)

    def look_further(self) -> bool:
        """Take one more page of each type; whether there was any."""
        more = [pages.popleft() for pages in self.reserve.values() if pages]
        self.waiting.extend(more)
        return bool(more)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Addresses with their endpoints, also those that are added meanwhile."""
        while self.waiting:
            address = self.waiting.popleft()
            yield address, endpoint_of(self.app, urlsplit(address).path)
