"""Roles, and how far each one sees and acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """`sees` and `acts` are scopes: own_unit, department, accompanied, city, nothing."""

    name: str
    zh: str
    en: str
    sees: str
    acts: str
    level: int = 0  # of the four levels that feed back; 0 is none


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


def sees(roles: frozenset[str]) -> frozenset[str]:
    """The scopes within which somebody with these roles may look."""
    return frozenset(ROLES[role].sees for role in roles) - {"nothing"}


def conflict(roles: frozenset[str]) -> str | None:
    """Why these roles may not be held together, or None: administrators hold no business role, only one of theirs."""
    if roles & ADMINISTRATORS and len(roles) > 1:
        return "an administrator holds no other role"
    return None
