"""What the choices of a filing are called: kinds of works, units of a scale, sources of the investment."""

from collections.abc import Mapping

from workflows.label import Label

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
