"""The chart of a reminder: of all units together whose entries are missing, or whose problems got no word for long."""

from workflows.charts.model import SYSTEM, Chart, Move, State

REMINDER = Chart(
    name="reminder",
    edition="2026-01",
    zh="月报提醒",
    en="Reminder of monthly entries",
    states=(State("sent", "已提醒", "Sent"),),
    moves=(
        Move("remind_ahead", (), "sent", (SYSTEM,), "月报即将到期", "Entries fall due", tells=("task_units",)),
        Move("remind_missing", (), "sent", (SYSTEM,), "月报逾期未报", "Entries are missing", tells=("task_units",)),
        Move(
            "remind_stale", (), "sent", (SYSTEM,), "问题久无进展", "Problems without an update", tells=("task_units",)
        ),
    ),
)
