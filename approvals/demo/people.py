"""The units and the people of the example city."""

from dataclasses import dataclass
from functools import cache

from approvals.demo.source_data import english_names, programme
from workflows.config.catalogue import Catalogue
from workflows.config.city import load_city

CENTRE = "市政务服务中心"
OFFICE = "市政府目标督查办公室"
GOVERNMENT = "市人民政府"
ADMINISTRATION = "市政务信息管理中心"
FINANCE = "市财政局"
FIRST_OWNERS = ("市教育局", "市住房城乡建设局")  # the units of owner1 and owner2
OFFICIALS = (
    ("office1", "罗明辉", "supervision_office", OFFICE),
    ("centre1", "周雅琴", "service_centre", CENTRE),
    ("liaison1", "何晓梅", "liaison", CENTRE),
    ("liaison2", "邓志勇", "liaison", CENTRE),
    ("leader1", "陈建平", "city_government", GOVERNMENT),
    ("sysadmin1", "吴少华", "sysadmin", ADMINISTRATION),
    ("secadmin1", "郑文静", "secadmin", ADMINISTRATION),
    ("auditor1", "冯国栋", "auditor", ADMINISTRATION),
    ("integration1", "数据共享交换平台", "integration", ADMINISTRATION),
)
COUNTY_NAMES = ("雷鸣", "方敏", "石国华", "罗阿呷", "毛建新")  # of those who report for the counties
FINANCE_NAME = "秦晓岚"
OWNER_NAMES = (
    *("王丽华", "李国强", "张素芬", "刘永康", "杨春燕", "赵德明", "黄海涛", "徐秀兰", "孙学军", "马晓东"),
    *("朱红梅", "胡启明", "郭永福", "林静怡", "高成刚", "梁月娥"),
)
WINDOW_NAMES = (
    *("谢婷婷", "宋立新", "唐佳怡", "许文斌", "韩雪莲", "曹志远", "彭小玲", "曾庆丰", "萧雨欣", "田光明"),
    *("董思敏", "潘建军", "袁梦洁", "蔡永刚", "蒋丽娜", "余世杰", "于海燕", "杜成林", "叶慧敏", "程德贵"),
    *("魏晓芳", "苏正国", "吕思远", "丁玉珍", "沈浩然", "任桂芳", "姚建华", "卢春梅", "姜涛", "崔雅丽"),
)


@dataclass(frozen=True, slots=True)
class DemoUnit:
    name: str
    name_en: str
    kind: str  # of accounts.tables.UNIT_KINDS


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    name: str
    role: str
    unit: str
    phone: str
    email: str


def demo_units(catalogue: Catalogue) -> tuple[DemoUnit, ...]:
    """Departments, owner units and the offices; a unit that both builds and decides is a department."""
    kinds = dict.fromkeys(owner_units(), "owner") | dict.fromkeys(catalogue.departments, "department")
    kinds |= {CENTRE: "service_centre", OFFICE: "supervision_office"}
    kinds |= {GOVERNMENT: "city_government", ADMINISTRATION: "administration"}
    kinds |= dict.fromkeys(load_city().county_codes.values(), "county") | {FINANCE: "owner"}
    return tuple(DemoUnit(name, english_names().get(name, ""), kind) for name, kind in kinds.items())


def demo_people(catalogue: Catalogue) -> tuple[DemoPerson, ...]:
    """Everybody who signs in to the example city, in the order in which they are shown."""
    names = iter(OWNER_NAMES * 9)
    posts = [(owner_of(unit), next(names), "owner", unit) for unit in owner_units()]
    posts += OFFICIALS
    names = iter(WINDOW_NAMES * 9)
    for department in catalogue.departments:
        posts.append((window_of(catalogue, department), next(names), "window", department))
        posts.append((head_of(catalogue, department), next(names), "window_head", department))
    counties = zip(load_city().county_codes.items(), COUNTY_NAMES, strict=True)
    posts += [(county_of(code), name, "owner", county) for (code, county), name in counties]
    posts.append(("finance1", FINANCE_NAME, "finance", FINANCE))
    # No subscriber's number in China begins with 0, so nobody is ever called by these.
    return tuple(
        DemoPerson(username, name, role, unit, f"0812-000{number:04}", f"{username}@example.com")
        for number, (username, name, role, unit) in enumerate(posts, start=1)
    )


@cache
def owner_units() -> tuple[str, ...]:
    """The units that build, those of owner1 and owner2 first."""
    return tuple(dict.fromkeys([*FIRST_OWNERS, *(row.owner_unit for row in programme())]))


def owner_of(unit: str) -> str:
    """The username of the unit's owner."""
    return f"owner{owner_units().index(unit) + 1}"


def county_of(code: str) -> str:
    """The username of who reports for the county of this division code."""
    return f"county-{code}"


def window_of(catalogue: Catalogue, department: str) -> str:
    return f"window-{catalogue.first_code(department).lower()}"


def head_of(catalogue: Catalogue, department: str) -> str:
    return f"head-{catalogue.first_code(department).lower()}"
