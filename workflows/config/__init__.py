"""What a city sets: readers of the files in workflows/data, which check them."""

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
