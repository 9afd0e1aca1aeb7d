"""The chart of a report: compiled, commented, then issued; an issued one never changes, it is only answered."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State

OFFICE, CENTRE, CITY = "supervision_office", "service_centre", "city_government"
GROUNDS = ("words", "record", "fault")  # of a correction: what was wrong with the report that it cites

REPORT = Chart(
    name="report",
    edition="2026-02",
    zh="月度报告",
    en="Report",
    states=(State("compiled", "已编制", "Compiled"), State("issued", "已印发", "Issued", is_final=True)),
    moves=(
        Move("compile", (), "compiled", (OFFICE, SYSTEM), "编制", "Compile", tells=(OFFICE, CENTRE)),
        Move(
            "correct",
            (),
            "compiled",
            (OFFICE,),
            "编制更正",
            "Compile a correction",
            needs=(
                Need("grounds", "choice", "更正事由", "What was wrong", options=GROUNDS),
                Need("reason", "text", "更正说明", "Reason"),
            ),
            tells=(OFFICE, CENTRE),
            group="danger",
        ),
        Move("compile_again", ("compiled",), None, (OFFICE, SYSTEM), "重新编制", "Compile again", group="quiet"),
        Move(
            "comment",
            ("compiled",),
            None,
            (CENTRE, OFFICE),
            "提出意见",
            "Comment",
            needs=(Need("section", "line", "章节", "Section"), Need("text", "text", "意见", "Comment")),
            tells=(OFFICE,),
            group="quiet",
        ),
        Move("issue", ("compiled",), "issued", (OFFICE,), "印发", "Issue", tells=(OFFICE, CENTRE, CITY)),
        Move("acknowledge", ("issued",), None, (CITY, CENTRE, OFFICE), "阅知", "Acknowledge"),
        Move(
            "instruct",
            ("issued",),
            None,
            (CITY,),
            "批示",
            "Instruct",
            needs=(
                Need("on", "line", "批示对象", "About"),
                Need("department", "line", "承办部门", "Department", required=False),
                Need("text", "text", "批示意见", "Instruction"),
                Need("due_on", "day", "办理期限", "Due"),
            ),
            tells=(OFFICE, CENTRE),
        ),
    ),
)
