"""An HTML page as a list of its texts, read by Python's own parser: in which element and language each stands."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class TextNode:
    """A text with the elements around it, the outermost first."""

    text: str
    around: tuple[Element, ...]

    @property
    def tag(self) -> str:
        return self.around[-1].tag if self.around else ""

    @property
    def language(self) -> str:
        """The language of the innermost element that has one."""
        return next((element.attributes["lang"] for element in self.around[::-1] if "lang" in element.attributes), "")

    @property
    def is_in_head(self) -> bool:
        return any(element.tag == "head" for element in self.around)


@dataclass
class _Reader(HTMLParser):
    texts: list[TextNode] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:  # what needs no end tag
                pass

    def handle_data(self, data: str) -> None:
        self.texts.append(TextNode(data, tuple(self._open)))


def read_html(page: str) -> tuple[list[TextNode], list[Element]]:
    """The texts and the elements of a page, in their order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.texts, reader.elements
