"""What tests of issued papers share."""

import asyncio
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def beside_the_browser() -> Iterator[None]:
    """pyHanko starts loops of its own, which it may not while that of a browser from earlier tests is said to run."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
