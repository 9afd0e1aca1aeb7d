"""The scanner is asked over real sockets, and what gives no clear answer refuses the file."""

import io
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from approvals.base.errors import Invalid
from approvals.base.files import scanner
from approvals.base.files.scanner import check_answers, check_harmless, read_address
from approvals.base.files.store import store
from approvals.base.settings import SettingsError, read_settings
from tests.support.clamd import EICAR, a_clamd
from tests.support.files import pdf

LARGE = bytes(range(256)) * 1024  # more than one piece


def test_a_harmless_file_goes_to_the_scanner_whole_and_is_taken() -> None:
    with a_clamd() as (address, clamd):
        check_harmless(read_address(address), io.BytesIO(LARGE))
        check_answers(read_address(address))
    assert clamd.scanned == [LARGE]


def test_a_socket_in_a_folder_will_do() -> None:
    with TemporaryDirectory(dir="/tmp") as folder, a_clamd(Path(folder) / "clamd.ctl") as (address, clamd):
        check_harmless(read_address(address), io.BytesIO(b"a text"))
        with pytest.raises(Invalid, match="found malicious content"):
            check_harmless(read_address(address), io.BytesIO(EICAR))
    assert clamd.scanned == [b"a text", EICAR]


def test_a_file_with_something_in_it_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with a_clamd() as (address, _clamd), pytest.raises(Invalid, match="found malicious content"):
        store(tmp_path, "a.pdf", io.BytesIO(pdf(EICAR.decode())), scanner=read_address(address))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"stream: OK", b"OK\0", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK\0x", b"x" * 10_000],
)
def test_what_is_no_verdict_refuses_the_file(tmp_path: Path, answer: bytes) -> None:
    with a_clamd() as (address, clamd):
        clamd.answer = answer
        with pytest.raises(Invalid, match="gives no answer"):
            store(tmp_path, "a.pdf", io.BytesIO(pdf()), scanner=read_address(address))
    assert list(tmp_path.iterdir()) == []


def test_a_scanner_that_is_gone_or_keeps_silent_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        address = read_address(f"clamd://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Invalid, match="gives no answer"):
            check_harmless(address, io.BytesIO(b"a text"))
    with pytest.raises(Invalid, match="gives no answer"):
        check_harmless(address, io.BytesIO(b"a text"))


@pytest.mark.parametrize("text", ["127.0.0.1:3310", "http://127.0.0.1", "clamd://", "clamd:///", "clamd://host/x"])
def test_another_address_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="GUAHAO_SCANNER is"):
        read_settings({"GUAHAO_ENV": "test", "GUAHAO_SCANNER": text})
    assert read_settings({"GUAHAO_ENV": "test"}).scanner is None
