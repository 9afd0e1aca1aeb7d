"""Where templates and migrations lie: inside an installed package, at the top of a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder `templates` or `migrations`; a wheel has it as `approvals/_templates` or `approvals/_migrations`."""
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name
