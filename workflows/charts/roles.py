"""Roles and their scopes for seeing and acting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """`sees` and `acts` are scopes: own_unit, department, accompanied, programme (the whole of it, and
    nothing else), city, nothing."""

    name: str
    zh: str
    en: str
    sees: str
    acts: str
    level: int = 0  # of the four levels that feed back; 0 is none

    def __str__(self) -> str:
        return self.name


ROLES = {
    role.name: role
    for role in (
        Role("owner", "业主", "Owner", "own_unit", "own_unit"),
        Role("window", "窗口", "Window", "department", "department", 1),
        Role("window_head", "窗口负责人", "Head of window", "department", "department", 1),
        Role("liaison", "一对一联系人", "Liaison", "city", "accompanied", 2),
        Role("service_centre", "政务服务中心", "Service centre", "city", "city", 2),
        Role("supervision_office", "督查办", "Supervision office", "city", "city", 3),
        Role("city_government", "市政府", "City government", "city", "city", 4),
        Role("finance", "财政", "Finance", "programme", "programme"),
        Role("integration", "系统对接", "Integration", "city", "nothing"),
        Role("sysadmin", "系统管理员", "System administrator", "nothing", "nothing"),
        Role("secadmin", "安全管理员", "Security administrator", "nothing", "nothing"),
        Role("auditor", "审计管理员", "Auditor", "nothing", "nothing"),
    )
}
ROLE_NAMES = tuple(ROLES)
ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})
LEVELS = {
    1: ("办理窗口", "Window"),
    2: ("政务服务中心", "Service centre"),
    3: ("督查办", "Supervision office"),
    4: ("市政府", "City government"),
}
LEVEL_ROLES = {
    level: tuple(r.name for r in ROLES.values() if r.level == level and r.name != "liaison") for level in LEVELS
}
# Whose role may stand in for whose while they are away (AB 岗). Nobody stands in for a program.
DEPUTIES = {
    name: frozenset({"window", "window_head"} if name in ("window", "window_head") else {name})
    for name in ROLES
    if name != "integration"
}
JOINT_ROLE = "window_head"  # in which people act for a unit that is jointly responsible for a project
ANYWHERE = frozenset({"liaison"})  # roles whose deputy may work in another unit: they belong to the person
# Who is notified of an absence without cover: the head in the same unit, and the offices above.
HEADS = {
    "window": ("window_head", "service_centre"),
    "window_head": ("window_head", "service_centre"),
    "liaison": ("service_centre",),
    "service_centre": ("service_centre", "supervision_office"),
    "supervision_office": ("supervision_office", "city_government"),
    "city_government": ("city_government",),
    "finance": ("finance", "supervision_office"),
}


def covered(roles: frozenset[str], by: frozenset[str], *, is_same_unit: bool) -> frozenset[str]:
    """Those of a person's roles in which somebody with the roles `by` may stand in for them."""
    if "integration" in by:
        return frozenset()
    return frozenset(
        role for role in roles & set(DEPUTIES) if DEPUTIES[role] & by and (is_same_unit or role in ANYWHERE)
    )


def is_head(roles: frozenset[str], of: frozenset[str], *, is_same_unit: bool) -> bool:
    """Whether somebody with `roles` is notified of the absences of a person with the roles `of`."""
    heads = {name for role in of for name in HEADS.get(role, ())}
    return bool(roles & (heads if is_same_unit else heads - {"window_head"}))


def sees(roles: frozenset[str]) -> frozenset[str]:
    """The scopes within which somebody with these roles may look."""
    return frozenset(ROLES[role].sees for role in roles) - {"nothing"}


def sees_programme(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles looks at the programme of the whole city."""
    return not sees(roles).isdisjoint(("city", "programme"))


def conflict(roles: frozenset[str]) -> str | None:
    """Why these roles may not be held together, or None: administrators hold no business role, only one of theirs."""
    if roles & ADMINISTRATORS and len(roles) > 1:
        return "an administrator holds no other role"
    return None
