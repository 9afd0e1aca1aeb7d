"""Forms as a browser sends them: with the key of the page on which they were opened."""

from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.support.pages import Visitor


def send(visitor: Visitor, page: str, values: Mapping[str, Any], to: str = "") -> TestResponse:
    """Open the page and send a form with these values, to the page itself or to the address below it."""
    visitor.get(page)
    return visitor.post(f"{page}{to}", dict(values) | {"once": visitor.once_key()})
