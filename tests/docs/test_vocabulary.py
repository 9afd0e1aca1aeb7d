"""The vocabulary names every state, move, role and light as the screen shows it."""

from approvals.calendar.lights import LIGHT_LABELS
from tests.support.doc_pages import DOCS, rows_under
from workflows.charts.roles import LEVELS, ROLES

PAGE = DOCS / "vocabulary.md"


def test_roles_levels_and_lights_are_those_of_the_data():
    roles = [(f"`{r.name}`", r.zh, r.en, r.sees, r.acts, str(r.level or "–")) for r in ROLES.values()]
    assert rows_under(PAGE, "Roles") == roles
    assert rows_under(PAGE, "Levels") == [(str(level), *words) for level, words in LEVELS.items()]
    assert rows_under(PAGE, "Lights") == [(f"`{light}`", words.zh, words.en) for light, words in LIGHT_LABELS.items()]
