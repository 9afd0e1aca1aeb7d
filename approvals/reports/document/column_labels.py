"""The short words above columns and beside rows, in both languages: one word means one thing in every table.

A line's end stands where a narrow column should break the word.
"""

from collections.abc import Mapping

from approvals.base.i18n import label, language
from approvals.reports.document.table_views import TableColumn
from workflows.label import Label

HEADS: Mapping[str, Label] = {
    name: Label(zh, en)
    for name, zh, en in (
        # Names of rows.
        ("category", "类别", "Category"),
        ("group", "组别", "Group"),
        ("department", "部门", "Department"),
        ("indicator", "指标", "Indicator"),
        ("item", "事项", "Item"),
        ("level", "层级", "Level"),
        ("owner", "责任单位", "Responsible unit"),
        ("project", "项目", "Project"),
        ("stage", "阶段", "Stage"),
        ("city", "全市", "Whole city"),
        # Times.
        ("this", "本月", "This\nmonth"),
        ("last", "上月", "Last\nmonth"),
        ("change", "增减", "Change"),
        ("at_end", "月末\n在办", "Open\nat end"),
        ("last_open", "上月末", "Month\nbefore"),
        # Moves of projects.
        ("filed", "申报", "Filed"),
        ("returned", "退回", "Re-\nturned"),
        ("declined", "不纳入", "De-\nclined"),
        ("classified", "分类", "Sorted"),
        ("diverted", "分流", "Di-\nverted"),
        ("registered", "挂号", "Regis-\ntered"),
        ("suspended", "中止", "Sus-\npended"),
        ("completed", "办结", "Com-\npleted"),
        ("project_withdrawn", "撤回", "With-\ndrawn"),
        # Moves of approvals.
        ("submitted", "收件", "Sub-\nmitted"),
        ("notified", "告知", "Noti-\nfied"),
        ("accepted", "受理", "Ac-\ncepted"),
        ("deemed", "视为\n受理", "Deemed"),
        ("not_accepted", "不予\n受理", "Intake\nrefused"),
        ("special", "特别\n程序", "Paused"),
        ("extended", "延期", "Ex-\ntended"),
        ("granted", "准予", "Granted"),
        ("refused", "不予", "Refused"),
        ("delivered", "送达", "Deliv-\nered"),
        ("decided", "办结", "Decided"),
        # Where approvals stand.
        ("open", "在办", "Open"),
        ("received", "待受理", "Re-\nceived"),
        ("correcting", "补正中", "Cor-\nrecting"),
        ("ready", "待申请", "To be\nfiled"),
        # In time and speed-up.
        ("within_promised", "承诺内", "Within\npromised"),
        ("within_legal", "法定内", "Within\nlegal"),
        ("late", "超法定", "After\nlegal"),
        ("rate", "承诺内\n占比", "Promised\nrate"),
        ("used", "用时", "Days\nused"),
        ("legal_days", "法定\n时限", "Legal\ndays"),
        ("speed", "提速", "Speed-up"),
        ("median", "中位数", "Median"),
        # Escalations.
        ("raised", "升级", "Raised"),
        ("answered", "反馈", "Answered"),
        ("lifted", "上升", "Lifted"),
        ("not_closed", "未关闭", "Open"),
        ("open_raised", "待反馈", "Un-\nanswered"),
        ("open_answered", "已反馈", "Answered"),
        ("open_lifted", "已上升", "Lifted"),
        # Lists.
        ("row", "序号", "No."),
        ("project_item", "项目与事项", "Project and item"),
        ("department_handler", "部门\n经办人", "Department, officer"),
        ("due_dates", "到期日\n承诺/法定", "Due: promised, legal"),
        ("over", "超期", "Working days over"),
        ("light", "亮灯", "Light"),
        ("ledgers", "时间台账\n(天)", "Days by ledger"),
        ("escalation", "升级与反馈", "Escalation and answer"),
        ("owner_liaison", "责任单位\n联系人", "Unit, liaison"),
        ("state", "状态", "State"),
        ("progress", "准予/\n计划", "Granted / planned"),
        ("month_moves", "本月进展", "In this month"),
        ("open_late", "在办与超期", "Open and late"),
        ("due", "最近到期", "First due"),
        ("promised", "承诺到期", "Promised"),
        ("legal", "法定到期", "Legal"),
        ("registered_on", "挂号日期", "Registered"),
        ("permit_on", "发证日期", "Permit granted"),
        ("items", "事项数", "Items"),
        ("completed_on", "办结日期", "Completed"),
        ("all_days", "全程\n工作日", "Days in\nall"),
        ("works_days", "其中\n施工", "Of these\nworks"),
        ("office_days", "审批\n用时", "Without\nworks"),
        # What both levels and the liaisons did.
        ("rank", "名次", "Rank"),
        ("open_late_count", "黄红灯", "Yellow,\nred"),
        ("cards", "亮牌", "Cards"),
        ("raised_on", "升级日期", "Raised"),
        ("answered_on", "反馈日期", "Answered"),
        ("committed_on", "承诺办结", "Committed"),
        ("answer", "原因与措施", "Reason and measures"),
        ("colour", "牌色", "Colour"),
        ("rule", "亮牌事由", "Ground"),
        ("shown_on", "亮牌日期", "Shown"),
        ("card_state", "状态与理由", "State and reasons"),
        ("officer", "联系人", "Officer"),
        ("asked", "诉求", "Asked"),
        ("answers", "答复", "Answered"),
        ("answered_in_time", "按时\n答复", "In time"),
        ("climbed", "超时\n转报", "Passed\non"),
        ("median_minutes", "首次答复\n中位(分)", "Median\nminutes"),
        ("longest_minutes", "首次答复\n最长(分)", "Longest\nminutes"),
        ("contacts", "联系\n记录", "Contacts"),
        # Supervision orders.
        ("order", "文号与事项", "Number and subject"),
        ("order_about", "关于", "About"),
        ("order_to", "承办单位", "Department"),
        ("order_dates", "下达日期\n反馈期限", "Issued, answer by"),
        ("order_answer", "反馈情况", "Answer"),
        ("order_issued", "下达", "Issued"),
        ("order_instructed", "批示\n转办", "By in-\nstruc-\ntion"),
        ("order_answered", "反馈", "An-\nswered"),
        ("order_accepted", "办结", "Ac-\ncepted"),
        ("order_sent_back", "退回", "Sent\nback"),
        ("order_lifted", "逾期\n上报", "Re-\nported"),
        ("order_open", "未办结", "Open"),
        ("order_open_issued", "待反馈", "No\nanswer"),
        ("order_open_answered", "待审核", "To look\nat"),
        ("order_open_sent_back", "待重新\n反馈", "To do\nagain"),
        ("order_overdue", "已逾期", "Over-\ndue"),
        # The offices' own steps.
        ("office", "机关", "Office"),
        ("office_step", "环节", "Step"),
        ("office_limit", "限期\n(工作日)", "Limit,\ndays"),
        ("office_done", "办结", "Done"),
        ("office_in_time", "限期内", "In time"),
        ("office_late", "超期\n办结", "Done\nlate"),
        ("office_rate", "限期内\n占比", "In-time\nrate"),
        ("office_open", "月末\n待办", "Waiting\nat end"),
        ("office_open_late", "其中\n超期", "Of these\nlate"),
        ("office_longest", "最长\n用时", "Longest,\ndays"),
        # The year's programme.
        ("county", "县（区）", "County"),
        ("programme_items", "分项", "Items"),
        ("items_done", "完成", "Done"),
        ("items_behind", "落后", "Behind"),
        ("nodes_late", "逾期\n节点", "Nodes\nlate"),
        ("planned_money", "计划\n(万元)", "Planned\n(10k yuan)"),
        ("paid_money", "支付\n(万元)", "Paid\n(10k yuan)"),
        ("execution_rate", "执行率", "Execu-\ntion rate"),
        ("not_reported", "未报 /\n应报", "Missing /\nentries"),
        ("item_no", "编号", "No."),
        ("programme_item", "分项名称", "Programme item"),
        ("lead_unit", "牵头单位", "Lead unit"),
        ("gap", "差距\n(百分点)", "Gap,\npoints"),
        ("late_node", "逾期最久的节点", "Longest late node"),
        ("days_late", "逾期\n(天)", "Days\nlate"),
        # What a bulletin asks for.
        ("unit", "责任单位", "Unit"),
        ("to_do", "整改事项", "What is to be done"),
        ("basis", "依据", "Basis"),
        ("by", "整改期限", "By"),
        ("ground", "异议对象", "About"),
        ("objection", "申诉和异议情况", "Objection"),
        # The month's word, and what the speed-up is made of.
        ("joint_units", "责任单位", "Responsible units"),
        ("months_word", "每月情况", "Monthly statement"),
        ("used_times", "用时 × 件数", "Days used × approvals"),
    )
}

_NUMBERS = "row rank this last change items decided used legal_days rate speed open_late_count raised cards"
_DAYS = "due promised legal due_dates order_dates registered_on permit_on completed_on raised_on answered_on shown_on"
_DAYS_OF_PROJECTS = "all_days works_days office_days"
_COUNTS_OF_PROGRAMME = "programme_items items_done items_behind nodes_late not_reported gap days_late"
_MONEY = "planned_money paid_money execution_rate"
_ALL_NUMBERS = f"{_NUMBERS} {_DAYS_OF_PROJECTS} {_COUNTS_OF_PROGRAMME} {_MONEY}"
KINDS: Mapping[str, str] = {  # of columns; all others are texts
    **dict.fromkeys(_ALL_NUMBERS.split(), "number"),
    **dict.fromkeys(_DAYS.split(), "day"),
    **dict.fromkeys(("light", "colour"), "lit"),
}


def head(name: str) -> str:
    """This head in the language of the answer, in one line."""
    joint = " " if language() == "en" else ""
    return narrow(name).replace("-\n", "").replace("\n", joint)


def narrow(name: str) -> str:
    """The same for a narrow column."""
    return label(HEADS[name])


def labelled_columns(**widths: int) -> tuple[TableColumn, ...]:
    """A column under each of these labels, its width in per cent of the table."""
    return tuple(TableColumn(narrow(name), KINDS.get(name, "text"), width) for name, width in widths.items())
