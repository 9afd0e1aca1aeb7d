"""The chart of a report: compiled, then issued; an issued one never changes."""

from workflows.chart import Chart, Move, State

REPORT = Chart(
    name="report",
    edition="2026-01",
    zh="月度报告",
    en="Report",
    states=(State("compiled", "已编制", "Compiled"), State("issued", "已印发", "Issued", is_final=True)),
    moves=(
        Move("compile", (), "compiled", ("supervision_office",), "编制", "Compile"),
        Move("issue", ("compiled",), "issued", ("supervision_office",), "印发", "Issue"),
    ),
)
