"""Names of downloads: the whole one, and one in ASCII that can be read."""

from urllib.parse import unquote

import pytest

from approvals.web.downloads import ascii_name, disposition


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("可行性研究报告.pdf", "document-3.pdf"),
        ("一次性告知书 攀挂告〔2026〕3号.pdf", "document-3-2026-3.pdf"),
        ("One-time notice 攀挂告〔2026〕3号.pdf", "One-time-notice-2026-3.pdf"),
        ("Site plan v1.2 (final).dwg", "Site-plan-v1.2-final.dwg"),
        ('"; filename=evil.exe; x=".pdf', "filename-evil.exe-x.pdf"),
        ("../..\\passwd\r\nX: 1.pdf", "passwd-X-1.pdf"),
        ("表情😀.pdf", "document-3.pdf"),
        ("没有扩展名", "document-3"),
    ],
)
def test_a_name_in_ascii_says_something_and_holds_nothing_that_a_header_could_take_for_its_own(
    name: str, readable: str
) -> None:
    assert ascii_name(name, "document-3") == readable
    header = disposition(name, "document-3")
    assert header.isascii() and header.isprintable()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
