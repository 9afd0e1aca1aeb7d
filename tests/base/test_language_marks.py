"""Language marks: whatever a page holds, each Chinese text is marked, and nothing else of the page changes."""

import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from approvals.base.language_marks import mark_chinese
from tests.support.read_html import Element, read_html

CHINESE = re.compile(r"[\u3400-\u9fff]")
MARKED = "zh-Hans"

ALPHABET = st.sampled_from([*"东区桥梁，。〔〕（）２", *"aZ 7.-“”·→&<>\"'", "\n"])
TEXTS = st.text(ALPHABET, max_size=8).map(lambda text: str(escape(text)))
ATTRIBUTES = st.lists(st.sampled_from(["class", "title", "data-label", "href", "value"]), unique=True, max_size=2)
LEAVES = st.sampled_from(["option", "textarea", "text"])
PARENTS = st.sampled_from(["p", "td", "span", "a", "li"])
NOTHING_AROUND = st.sampled_from(["<br>", "<hr>", '<img alt="东区">', '<input value="桥">', "<!-- 桥 -->"])


@st.composite
def tag(draw, names):
    attributes = [f'{name}="{draw(TEXTS)}"' for name in draw(ATTRIBUTES)]
    name = draw(names)
    return name, " ".join([name, *attributes])


@st.composite
def leaf(draw):
    name, inside = draw(tag(LEAVES))
    return f"<{inside}>{draw(TEXTS)}</{name}>"


@st.composite
def parent(draw, children):
    name, inside = draw(tag(PARENTS))
    return f"<{inside}>{''.join(draw(st.lists(children, max_size=4)))}</{name}>"


BODIES = st.recursive(TEXTS | NOTHING_AROUND | leaf(), parent, max_leaves=12)


def without_marks(page: str) -> tuple[str, list[Element]]:
    """All text of a page, and its elements without the marks."""
    texts, elements = read_html(page)
    marks = [element for element in elements if element == Element("span", {"lang": MARKED})]
    plain = [Element(e.tag, {k: v for k, v in e.attributes.items() if k != "lang"}) for e in elements if e not in marks]
    return "".join(node.text for node in texts), plain


@given(body=BODIES)
def test_each_chinese_text_is_marked_and_all_else_stays(body: str) -> None:
    page = f'<html lang="en"><head><title>桥</title></head><body class="page"><main>{body}</main></body></html>'
    marked = mark_chinese(page)
    chinese = [node for node in read_html(marked)[0] if CHINESE.search(node.text) and not node.is_in_head]
    assert [node.text for node in chinese if node.language != MARKED] == []
    assert without_marks(marked) == without_marks(page)


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<td>东区</td>", '<td lang="zh-Hans">东区</td>'),
        ('<td data-label="County">东区</td>', '<td data-label="County"><span lang="zh-Hans">东区</span></td>'),
        ("<p>of 市水利局, late</p>", '<p>of <span lang="zh-Hans">市水利局,</span> late</p>'),
        ("<td>“8+8”对口 援边<br></td>", '<td><span lang="zh-Hans">“8+8”对口 援边</span><br></td>'),
        ("<p>攀挂〔2026〕7号 A01</p>", '<p><span lang="zh-Hans">攀挂〔2026〕7号</span> A01</p>'),
        ("<br>桥 &amp; 梁", '<br><span lang="zh-Hans">桥</span> &amp; <span lang="zh-Hans">梁</span>'),
        ("<option>A01 桥</option>", '<option lang="zh-Hans">A01 桥</option>'),
        ('<button lang="zh-Hans">中文</button>', '<button lang="zh-Hans">中文</button>'),
        ("<p>No Chinese, “quoted”</p>", "<p>No Chinese, “quoted”</p>"),
        ('<input value="桥"><p title="桥">x</p>', '<input value="桥"><p title="桥">x</p>'),
    ],
)
def test_a_mark_is_on_the_element_that_is_chinese_or_around_the_passage(html: str, marked: str) -> None:
    assert mark_chinese(html) == marked


def test_a_passage_is_marked_in_one_piece() -> None:
    text = "<p>请补传“日照分析”完整扫描件，3份（A4）。 Thanks</p>"
    assert mark_chinese(text).count("<span") == 1
    assert [key for key, _ in groupby(node.language for node in read_html(mark_chinese(text))[0])] == [MARKED, ""]
