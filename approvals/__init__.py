"""guahao: a city registers its public projects once and sees them through their approvals."""

from pathlib import Path

__version__ = "0.2.0"  # read from here by the package, the command line and the description of the API
PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `templates`, `migrations` or `docs/handbook`; a wheel has it as `approvals/_templates` and so on."""
    installed = PACKAGE / f"_{Path(name).name}"
    return installed if installed.is_dir() else PACKAGE.parent / name
