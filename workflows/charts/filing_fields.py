"""The fields of a filing, and what their choices are called."""

from collections.abc import Mapping

from workflows.charts.model import Need
from workflows.label import Label

PROJECT_KINDS: Mapping[str, Label] = {
    "construction": Label("建设工程", "Construction"),
    "service": Label("服务事项", "Service"),
}
WORKS_KINDS: Mapping[str, Label] = {
    "new_build": Label("新建", "New build"),
    "extension": Label("扩建", "Extension"),
    "alteration": Label("改建", "Alteration"),
    "relocation": Label("迁建", "Relocation"),
    "restoration": Label("恢复重建", "Restoration"),
}
SCALE_UNITS: Mapping[str, Label] = {
    "m2": Label("平方米", "m²"),
    "m": Label("米", "m"),
    "km": Label("公里", "km"),
    "m3": Label("立方米", "m³"),
    "m3_per_day": Label("立方米/日", "m³ a day"),
    "t_per_day": Label("吨/日", "t a day"),
    "kw": Label("千瓦", "kW"),
    "beds": Label("张床位", "beds"),
    "places": Label("个位次", "places"),
    "households": Label("户", "households"),
    "sites": Label("处", "sites"),
}
FUNDING_SOURCES: Mapping[str, Label] = {
    "central": Label("中央资金", "Central funds"),
    "province": Label("省级资金", "Provincial funds"),
    "city": Label("市级资金", "City funds"),
    "county": Label("县(区)级资金", "County funds"),
    "bonds": Label("专项债券", "Special bonds"),
    "loans": Label("银行贷款", "Bank loans"),
    "own": Label("单位自筹", "Own funds"),
    "other": Label("其他", "Other"),
}

CATEGORY = Need("category", "category", "类别", "Category")
PROGRAMME_ITEM = (
    Need("item_no", "item_no", "民生工程编号", "Programme item", required=False),
    Need("item_reason", "text", "分项说明", "Why this item", required=False),
)
FILING = (
    Need("name", "line", "项目名称", "Name"),
    CATEGORY,
    Need("kind", "choice", "项目类型", "Kind", options=("construction", "service")),
    Need("county", "county", "县(区)", "County"),
    Need("planned_10k_yuan", "money", "计划投资(万元)", "Planned investment (10k yuan)"),
    Need("answers", "answers", "情况选项", "Screening answers"),
    *PROGRAMME_ITEM,
    Need("external_ref", "external_ref", "外部编号", "External reference", required=False),
    Need("site", "line", "建设地点", "Site", required=False),
    Need("works_kind", "choice", "建设性质", "Kind of works", required=False, options=tuple(WORKS_KINDS)),
    Need("scale", "scale", "建设规模", "Scale", required=False),
    Need("funding", "funding", "资金来源", "Investment by source", required=False),
    Need("project_code", "project_code", "国家项目代码", "National project code", required=False),
    Need("credit_code", "credit_code", "统一社会信用代码", "Unified social credit code", required=False),
    Need("contact_name", "person", "项目联系人", "Contact person", required=False),
    Need("contact_phone", "phone", "联系电话", "Telephone", required=False),
    Need("planned_start_on", "day", "计划开工日期", "Planned start of the works", required=False),
    Need("planned_finish_on", "day", "计划竣工日期", "Planned completion of the works", required=False),
)
OPTIONAL_FILING = tuple(Need(n.name, n.kind, n.zh, n.en, required=False, options=n.options) for n in FILING)
