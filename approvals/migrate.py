"""Brings the database of this environment up to date: `python -m approvals.migrate`."""

import sys

from approvals.base.database import UnsafeLibrary, check_library
from approvals.base.migrations import upgrade
from approvals.base.settings import SettingsError, read_settings


def main() -> int:
    """0, or 1 with one line that says what is wrong with the library or the settings."""
    try:
        check_library()
        upgrade(read_settings().database_url)
    except (UnsafeLibrary, SettingsError) as error:
        print(f"guahao: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
