"""The lights in words; colour alone says nothing to some."""

from collections.abc import Iterable, Mapping

from approvals.base.charts import SvgChart, stacked_bars
from approvals.base.i18n import label
from workflows.clock.lights import LIGHTS
from workflows.label import Label

LIGHT_LABELS: Mapping[str, Label] = {
    "green": Label("绿灯", "Green"),
    "reminder": Label("提示", "Reminder"),
    "yellow": Label("黄灯", "Yellow"),
    "red": Label("红灯", "Red"),
}


def light_label(light: str) -> str:
    """The word of a light in the language in use."""
    return label(LIGHT_LABELS[light])


def lights_chart(key: str, title: str, rows: Iterable[tuple[str, Mapping[str, int]]]) -> SvgChart | None:
    """Counts by light, a bar for each name that has any; None when there is nothing."""
    return stacked_bars(key, title, rows, [(light, light_label(light)) for light in LIGHTS])
