"""The chart of a request: what an owner asks the liaison, and who answers in time."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State

QUESTION = Need("text", "text", "诉求内容", "What you need")
ANSWERERS = ("liaison", "service_centre")

REQUEST = Chart(
    name="request",
    edition="2026-01",
    zh="业主诉求",
    en="Request",
    states=(
        State("raised", "待答复", "Waiting for an answer"),
        State("answered", "已答复", "Answered"),
        State("closed", "已关闭", "Closed", is_final=True),
    ),
    moves=(
        Move("ask", (), "raised", ("owner",), "提出诉求", "Ask", needs=(QUESTION,), tells=("liaison", "officer")),
        Move(
            "answer",
            ("raised",),
            "answered",
            ANSWERERS,
            "答复",
            "Answer",
            needs=(Need("text", "text", "答复内容", "Answer"),),
            tells=("owner", "liaison"),
        ),
        Move(
            "ask_again",
            ("answered",),
            "raised",
            ("owner",),
            "追问",
            "Ask again",
            needs=(QUESTION,),
            tells=("liaison", "officer"),
        ),
        Move("close", ("answered",), "closed", ("owner", "liaison"), "关闭诉求", "Close", group="quiet"),
        Move(
            "climb",
            ("raised",),
            None,
            (SYSTEM,),
            "超时转报",
            "Climb to the service centre",
            tells=("service_centre", "owner"),
        ),
    ),
)
