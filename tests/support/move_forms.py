"""The forms of moves on a page."""

import re
from html import unescape


def path_of(page: str, path: str) -> str:
    """The address that the page's own forms use: by the number."""
    found = re.search(r'action="(/approvals/[^"/]+/[A-Z0-9]+)/moves/', page)
    return found.group(1) if found else path


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}">(.*?)</form>', page, re.DOTALL)
    assert form is not None, f"no form for {action}"
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.group(1))
    }
