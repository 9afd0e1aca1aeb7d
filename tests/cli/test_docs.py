"""The handbook's pages of the charts are those that the charts make."""

from approvals.cli.docs import FOLDER, pages


def test_the_handbook_is_made_from_the_charts_of_today():
    written = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    assert written == pages(), "run `make charts`"
