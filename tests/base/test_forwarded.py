"""A proxy that the settings do not name is told by a request, and forgotten after a day."""

import os
import time
from pathlib import Path

import pytest

from approvals.base.forwarded import is_forwarded, note_forwarded
from approvals.http.application import KEY
from approvals.integrity.doctor import examine
from tests.support.pages import an_app


def test_a_forwarded_request_is_remembered_for_a_day(tmp_path: Path) -> None:
    assert not is_forwarded(tmp_path)

    note_forwarded(tmp_path)
    assert is_forwarded(tmp_path)

    [file] = tmp_path.iterdir()
    long_ago = time.time() - 24 * 3600 - 60
    os.utime(file, (long_ago, long_ago))
    assert not is_forwarded(tmp_path)


def test_a_folder_that_cannot_be_written_stops_no_request(tmp_path: Path) -> None:
    note_forwarded(tmp_path / "missing")

    assert not is_forwarded(tmp_path / "missing")


@pytest.mark.parametrize(
    ("environment", "proxies", "headers", "is_fine"),
    [
        ("production", 0, {"X-Forwarded-For": "203.0.113.9"}, False),
        ("production", 1, {"X-Forwarded-For": "203.0.113.9"}, True),
        ("production", 0, {}, True),
        ("test", 0, {"X-Forwarded-For": "203.0.113.9"}, True),
    ],
)
def test_doctor_warns_of_a_proxy_that_is_not_named(
    page_url: str, tmp_path: Path, environment: str, proxies: int, headers: dict[str, str], is_fine: bool
) -> None:
    with an_app(page_url, data_dir=tmp_path, environment=environment, proxies=proxies) as app:
        app.test_client().get("/sign-in", headers=headers)
        [check] = [check for check in examine(app.extensions[KEY]) if check.name == "proxy"]

    assert check.is_fine == is_fine
    assert check.is_fine or (check.is_warning and "GUAHAO_PROXIES" in check.told)
