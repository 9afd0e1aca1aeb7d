"""The application as servers and the flask command load it."""

import sys

from click import ClickException

from approvals.app import create_app
from approvals.cli.faults import in_one_sentence

try:
    with in_one_sentence():
        app = create_app()
except ClickException as fault:
    sys.exit(f"Error: {fault.message}")
