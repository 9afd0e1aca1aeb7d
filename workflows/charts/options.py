"""The labels of what moves let people choose from, by the values that charts, rows and feeds hold."""

from collections.abc import Mapping

from workflows.charts.filing_fields import PROJECT_KINDS, WORKS_KINDS
from workflows.charts.programme_terms import IN_USE, ITEM_KINDS, ITEM_LEVELS, REPLAN_CAUSES
from workflows.label import Label

OPTION_LABELS: Mapping[str, Label] = {
    **PROJECT_KINDS,
    "words": Label("文字、附件或署名有误，数据不变", "Text, annexes or signature; the figures stay"),
    "record": Label("印发后补录了当期办理记录", "The record of the period has grown since"),
    "fault": Label("数据计算有误", "The figures were calculated wrongly"),
    "counter": Label("窗口领取", "Collected at the window"),
    "post": Label("邮寄送达", "By post"),
    "electronic": Label("电子送达", "Electronically"),
    "left": Label("留置送达", "Left with the receiver"),
    "grant": Label("准予许可", "Grant"),
    "refuse": Label("不予许可", "Refuse"),
    "kept": Label("承诺属实", "Kept"),
    "broken": Label("未履行承诺", "Broken"),
    "published": Label("公告送达", "By public notice"),
    **WORKS_KINDS,
    **ITEM_LEVELS,
    **ITEM_KINDS,
    **REPLAN_CAUSES,
    **IN_USE,
}
