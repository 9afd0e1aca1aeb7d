"""Templates: none forgotten, none that leads nowhere, none that computes or decides."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_openapi3 import OpenAPI

from tests.support.pages import an_app

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SOURCES = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "approvals").rglob("*.py"))
NAMED = re.compile(r"""["']([a-z_/]+\.html)["']""")
IMPORTED = re.compile(r"""{%-?\s*from\s+["']([^"']+)["']\s+import\s+([^%]+?)-?%}""")
LED_TO = re.compile(r"""url_for\(\s*["']([^"']+)["']""")
INLINE = re.compile(r"""<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:""")
DECIDES = re.compile(r"""\bstate(\.name)?\s*(==|!=|in\b)""")
COMPUTES = re.compile(r"""{{[^}]*?[\w)\]]\s+[*/+-]\s+[\w(]""")
PARENT = re.compile(r"""{%-?\s*extends\s+["']([^"']+)["']""")


@pytest.fixture(scope="module")
def app(make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app:
        yield app


def code_of(source: str) -> str:
    """The source without its comments."""
    return re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)


def test_templates_that_are_named_are_those_that_there_are() -> None:
    named = set(NAMED.findall(CODE)) | {name for source in SOURCES.values() for name in NAMED.findall(code_of(source))}

    assert sorted(named) == NAMES


def test_every_link_leads_to_a_view(app: OpenAPI) -> None:
    links = {endpoint for source in SOURCES.values() for endpoint in LED_TO.findall(source)}

    assert links - set(app.view_functions) == set()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_imports_it_uses(name: str) -> None:
    source = code_of(SOURCES[name])
    rest = IMPORTED.sub("", source)
    imported = {part.split()[-1] for _, words in IMPORTED.findall(source) for part in words.split(",") if part.split()}

    assert sorted(word for word in imported if not re.search(rf"\b{word}\b", rest)) == []


@pytest.mark.parametrize("forbidden", [INLINE, DECIDES, COMPUTES])
@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_inline_style_or_script_and_no_logic(name: str, forbidden: re.Pattern[str]) -> None:
    assert forbidden.findall(code_of(SOURCES[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_inheritance_has_two_levels_at_most(name: str) -> None:
    levels, parent = 0, PARENT.search(SOURCES[name])
    while parent:
        levels, parent = levels + 1, PARENT.search(SOURCES[parent.group(1)])

    assert levels <= 2


def test_each_template_compiles(app: OpenAPI) -> None:
    for name in NAMES:
        app.jinja_env.get_template(name)
