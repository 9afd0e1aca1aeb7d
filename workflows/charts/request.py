"""The chart of a request: what an owner asks the liaison, and who answers in time."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.label import Label

QUESTION = Need("text", "text", "诉求内容", "What you need")
ANSWERERS = ("liaison", "service_centre")
ON_ITS_WAY = Label("诉求已提交。", "Your request has been submitted.")

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
        Move(
            "ask",
            (),
            "raised",
            ("owner",),
            "提出诉求",
            "Ask",
            needs=(QUESTION,),
            tells=("liaison", "officer"),
            message=ON_ITS_WAY,
        ),
        Move(
            "answer",
            ("raised",),
            "answered",
            ANSWERERS,
            "答复",
            "Answer",
            needs=(Need("text", "text", "答复内容", "Answer"),),
            tells=("owner", "liaison"),
            message=Label("答复已记录，并已通知业主。", "The answer is recorded; the owner is told."),
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
            message=ON_ITS_WAY,
        ),
        Move(
            "close",
            ("answered",),
            "closed",
            ("owner", "liaison"),
            "关闭诉求",
            "Close",
            group="quiet",
            message=Label("诉求已关闭。", "The request is closed."),
            consequences=Label(
                "诉求关闭后不能再回复；仍有问题的须另提诉求。",
                "A closed request takes no more replies; what is still open takes another request.",
            ),
        ),
        Move(
            "pass_on",
            ("raised",),
            None,
            (SYSTEM,),
            "转交答复",
            "Pass on to somebody on duty",
            tells=("liaison", "officer"),
        ),
        Move(
            "climb",
            ("raised",),
            None,
            (SYSTEM,),
            "超时转报",
            "Pass on to the service centre",
            tells=("service_centre", "owner"),
        ),
    ),
)
