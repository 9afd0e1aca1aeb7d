"""The official page (GB/T 9704-2012): what all documents have in common."""

from approvals.accounts.queries import UnitName
from approvals.base.i18n import label, own_name
from workflows.config.city import load_city
from workflows.label import Label

HEADER_SIZES = (40, 36, 32, 28, 26, 24, 22, 20, 18)  # points
LINE = 430  # points: the width of a line, 156 mm, less the letters' spacing
LATIN = 0x2E80  # characters beyond are as wide as high
CITYS = "市"  # how the names of the city's own units begin
PDF_LANGUAGES = {"zh_Hans": "zh-CN", "en": "en"}
SYSTEM = Label("{city}建设项目集中挂号办理系统", "Central registration of construction projects, {city}")


def header_size(text: str) -> int:
    """The largest of the style sheet's sizes at which the header fits into one line, or the smallest."""
    wide = sum(1 if ord(character) > LATIN else 0.55 for character in text)
    return next((size for size in HEADER_SIZES if wide * size <= LINE), HEADER_SIZES[-1])


def full_name(unit: UnitName) -> str:
    """The name of a unit in documents to the public: 攀枝花市水利局, Panzhihua Water Resources Bureau."""
    city, name = load_city().name, own_name(unit)
    if not unit.name.startswith(CITYS):
        return name
    return f"{city.zh.removesuffix(CITYS)}{name}" if name == unit.name else f"{city.en} {name}"


def system_name() -> str:
    """The name under which the system itself gives papers, in the language in use."""
    city = load_city().name
    return label(Label(SYSTEM.zh.format(city=city.zh), SYSTEM.en.format(city=city.en)))
