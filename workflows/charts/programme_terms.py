"""What levels, kinds, sources and causes of the programme are called, by the values that charts and rows hold."""

from collections.abc import Mapping

from workflows.label import Label

ITEM_LEVELS: Mapping[str, Label] = {
    "province": Label("省级", "Province"),
    "city": Label("市级", "City"),
    "county": Label("县（区）级", "County"),
}
ITEM_KINDS: Mapping[str, Label] = {
    "works": Label("工程建设", "Works"),
    "payment": Label("资金发放", "Payment"),
    "service": Label("服务事项", "Service"),
}
RHYTHMS: Mapping[str, Label] = {"monthly": Label("按月", "Monthly"), "quarterly": Label("按季", "Quarterly")}
ADDS_UP: Mapping[str, Label] = {
    "sum": Label("相加", "Summed"),
    "last": Label("取最近值", "The latest value"),
    "max": Label("取最大值", "The highest value"),
    "ratio": Label("比率，不平均", "A rate, never averaged"),
    "none": Label("不汇总", "Not added up"),
}
DIRECTIONS: Mapping[str, Label] = {
    "more": Label("越多越好", "More is better"),
    "less": Label("越少越好", "Less is better"),
}
SOURCES: Mapping[str, Label] = {
    "centre": Label("中央资金", "Central funds"),
    "province": Label("省级资金", "Provincial funds"),
    "city": Label("市级资金", "City funds"),
    "county": Label("县（区）级资金", "County funds"),
    "bond": Label("专项债券", "Special bonds"),
    "loan": Label("银行贷款", "Bank loans"),
    "private": Label("社会资本", "Private capital"),
    "own": Label("单位自筹", "The unit's own"),
    "aid": Label("对口支援", "Paired aid"),
    "other": Label("其他", "Other"),
}
# The names that a filing has for some of them mean the same here.
SOURCE_ALIASES: Mapping[str, str] = {"central": "centre", "bonds": "bond", "loans": "loan"}
FISCAL_SOURCES = frozenset({"centre", "province", "city", "county"})  # where the plan does not say
SUSPENSION_CAUSES: Mapping[str, Label] = {
    "policy": Label("政策调整", "Policy"),
    "land": Label("土地", "Land"),
    "funds": Label("资金", "Funds"),
    "force_majeure": Label("不可抗力", "Force majeure"),
    "other": Label("其他", "Other"),
}
ERROR = "error"  # the one cause after the planned day
REPLAN_CAUSES: Mapping[str, Label] = {
    **SUSPENSION_CAUSES,
    "approval": Label("审批", "Approval"),
    "demolition": Label("征地拆迁", "Demolition"),
    "tender": Label("招标", "Tender"),
    "weather": Label("天气", "Weather"),
    "works": Label("施工", "Works"),
    ERROR: Label("差错更正", "Correction of an error"),
}
IN_USE: Mapping[str, Label] = {
    "in_use": Label("已投入使用", "In use"),
    "partly_in_use": Label("部分投入使用", "Partly in use"),
    "not_in_use": Label("未投入使用", "Not in use"),
}
# Whose days a node is late by.
PARTIES: Mapping[str, Label] = {
    "unit": Label("牵头单位", "Lead unit"),
    "approval_department": Label("审批部门", "Approval department"),
    "owner": Label("业主", "Owner"),
    "county": Label("县（区）", "County"),
    "higher_level": Label("上级", "Higher level"),
    "contractor": Label("施工单位", "Contractor"),
    "weather": Label("天气", "Weather"),
    "suspension": Label("中止", "Suspension"),
}
# What a problem of the programme is about; "other" where nobody has said it yet.
PROBLEM_KINDS: Mapping[str, Label] = {
    name: REPLAN_CAUSES[name]
    for name in ("land", "funds", "approval", "demolition", "tender", "weather", "works", "policy", "other")
}
