"""The chart of a report: compiled, commented, then issued; an issued one never changes, it is only answered."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.label import Label

OFFICE, CENTRE, CITY = "supervision_office", "service_centre", "city_government"
GROUNDS = ("words", "record", "fault")  # of a correction: what was wrong with the report that it cites
DRAFT_READY = Label(
    "草稿已编制，督查办和政务服务中心可以提出意见。", "The draft is compiled; both levels can comment on it."
)

DEMAND = Need("on", "line", "整改事项", "About")  # of a bulletin, by its key

REPORT = Chart(
    name="report",
    edition="2026-02",
    zh="月度报告",
    en="Report",
    states=(State("compiled", "已编制", "Compiled"), State("issued", "已印发", "Issued", is_final=True)),
    moves=(
        Move(
            "compile", (), "compiled", (OFFICE, SYSTEM), "编制", "Compile", tells=(OFFICE, CENTRE), message=DRAFT_READY
        ),
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
            message=DRAFT_READY,
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
            message=Label("意见已记录，并已通知督查办。", "The comment is recorded; the supervision office is told."),
        ),
        Move(
            "issue",
            ("compiled",),
            "issued",
            (OFFICE,),
            "印发",
            "Issue",
            tells=(OFFICE, CENTRE, CITY),
            consequences=Label(
                "印发后编号固定，内容不能再改；有误只能编制更正。",
                "The report gets its number and can no longer be changed; errors take a correction.",
            ),
        ),
        Move(
            "acknowledge",
            ("issued",),
            None,
            (CITY, CENTRE, OFFICE),
            "阅知",
            "Acknowledge",
            message=Label("阅知已记录。", "It is recorded that you have read this report."),
        ),
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
            message=Label(
                "批示已记录，并已发出督办单。", "The instruction is recorded, and a supervision order is issued."
            ),
        ),
        Move(
            "confirm_order",
            ("issued",),
            None,
            (OFFICE,),
            "下达督办单",
            "Issue the order",
            needs=(
                DEMAND,
                Need("subject", "line", "督办事项", "Subject"),
                Need("demands", "text", "督办要求", "What is demanded"),
                Need("due_on", "day", "反馈期限", "Answer by"),
            ),
            message=Label("督办单已下达，已通知承办单位。", "The order is issued; the department is told."),
        ),
        Move(
            "decline_order",
            ("issued",),
            None,
            (OFFICE,),
            "不下达督办单",
            "Issue no order",
            needs=(DEMAND, Need("reason", "text", "不下达的理由", "Reason")),
            group="danger",
            message=Label("已记录不下达督办单。", "It is recorded that no order is issued."),
        ),
    ),
)
