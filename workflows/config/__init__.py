"""Readers and validators of the city's files in workflows/data."""

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
