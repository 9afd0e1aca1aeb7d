"""Secrets that are made at the first start and kept beside the data."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def new_key() -> str:
    return secrets.token_hex(32)


def new_password() -> str:
    """One that can be read out and typed: four groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in this file, which only its owner may read; made when there is none, the same for all who ask."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as new:  # mode 600
            new.write(make() + "\n")
            new.flush()
            os.fsync(new.fileno())
            _name(new.name, path)
    return path.read_text(encoding="ascii").strip()


def _name(made: str, path: Path) -> None:
    try:
        os.link(made, path)
    except FileExistsError:  # another start was faster; its secret counts
        return
