"""The application as servers and the flask command load it."""

from approvals.app import create_app

app = create_app()
