"""The audit log of accounts: its kinds of events, how one is written, and the auditor's list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from approvals.accounts.tables import AccountEvent
from approvals.base.pagination import Page
from approvals.base.seals import seal
from approvals.base.sorting import FIRST_PART, Keys, ListPart, page_by_id
from approvals.base.tables import table_of
from workflows.label import Label

EVENT = table_of(AccountEvent)
EVENTS: Mapping[str, Label] = {
    "sign_in": Label("登录", "Signed in"),
    "sign_in_failed": Label("登录失败", "Failed to sign in"),
    "sign_in_refused": Label("登录暂停，未予受理", "Refused to look at a password: too many attempts"),
    "lock_lifted": Label("解除登录暂停", "Lifted a pause of sign-in"),
    "password_refused": Label("当前密码输入错误", "Gave a wrong current password"),
    "sign_out": Label("退出登录", "Signed out"),
    "second_factor_set": Label("启用两步验证", "Set up a second factor"),
    "second_factor_removed": Label("停用两步验证", "Removed the second factor"),
    "second_factor_refused": Label("验证码错误", "Gave a wrong code of the second factor"),
    "recovery_codes_made": Label("重新生成备用码", "Made new recovery codes"),
    "recovery_code_used": Label("使用备用码", "Used a recovery code"),
    "session_ended": Label("结束其他会话", "Ended other sessions"),
    "password_changed": Label("修改密码", "Changed the password"),
    "password_reset": Label("重置密码", "Reset the password"),
    "password_chosen": Label("凭一次性链接设置密码", "Chose a password by a one-time secret"),
    "second_asked": Label("申请由第二名管理员确认", "Asked a second administrator to confirm"),
    "second_confirmed": Label("作为第二名管理员确认", "Confirmed as the second administrator"),
    "second_declined": Label("作为第二名管理员不予确认", "Declined as the second administrator"),
    "unit_created": Label("新建单位", "Created the unit"),
    "unit_renamed": Label("单位更名", "Renamed the unit"),
    "unit_merged": Label("单位合并", "Merged the unit"),
    "person_created": Label("新建人员", "Created the person"),
    "person_changed": Label("变更人员信息", "Changed the person's details"),
    "people_imported": Label("导入人员表", "Took a sheet of people"),
    "person_activated": Label("启用账号", "Activated the account"),
    "person_deactivated": Label("停用账号", "Deactivated the account"),
    "person_moved": Label("调动单位", "Moved to another unit"),
    "roles_changed": Label("变更角色", "Changed the roles"),
    "token_created": Label("签发令牌", "Issued a token"),
    "token_revoked": Label("撤销令牌", "Revoked a token"),
    "calendar_loaded": Label("载入放假通知", "Loaded a notice of days off"),
    "calendar_taken_back": Label("撤回放假通知", "Took a notice of days off back"),
    "catalogue_loaded": Label("载入事项目录", "Loaded a catalogue"),
    "catalogue_taken_back": Label("撤回事项目录", "Took a catalogue back"),
    "absence_entered": Label("登记请假", "Entered a leave"),
    "absence_confirmed": Label("确认代岗", "Confirmed to stand in"),
    "absence_declined": Label("谢绝代岗", "Declined to stand in"),
    "absence_ended": Label("结束请假", "Ended a leave"),
    "contact_shown": Label("查看联系方式", "Looked at contact data"),
    "mail_confirmed": Label("确认通知邮箱", "Confirmed a mail address for notices"),
    "mail_removed": Label("移除通知邮箱", "Removed the mail address for notices"),
    "webhook_set": Label("设置通知机器人", "Set a robot for notices"),
    "webhook_removed": Label("移除通知机器人", "Removed the robot for notices"),
    "calendar_feed_made": Label("生成日历订阅地址", "Made a calendar address"),
    "calendar_feed_revoked": Label("撤销日历订阅地址", "Revoked the calendar address"),
    "deliveries_tried_again": Label("重新投递通知", "Had notices tried again"),
    "job_tried_again": Label("重新执行后台任务", "Had a job tried again"),
}

# What somebody is told when others do it to their account.
TOLD = (
    *("password_reset", "person_activated", "person_deactivated", "person_moved", "roles_changed"),
    *("token_created", "token_revoked", "second_factor_removed"),
)


def note(
    tx: Connection, event: str, *, by: str, subject: str = "", detail: str = "", address: str = "", now: datetime
) -> None:
    """Leave an event for the auditor."""
    if event not in EVENTS:
        raise ValueError(f"no such event: {event}")
    values = {"at": now, "actor": by, "event": event, "subject": subject, "detail": detail, "address": address}
    key = tx.execute(insert(EVENT).values(values).returning(EVENT.c.id)).scalar_one()
    seal(tx, EVENT.name, key, values, now)


@dataclass(frozen=True, slots=True)
class EventView:
    id: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: str
    address: str


_SORT_KEYS: Keys = {"actor": func.nullif(EVENT.c.actor, ""), "subject": func.nullif(EVENT.c.subject, "")}


def events(tx: Connection, *, subject: str = "", part: ListPart = FIRST_PART) -> Page[EventView]:
    """What happened to accounts, newest first; `subject` leaves what one user name did or underwent."""
    page = page_by_id(tx, _of(select(EVENT), subject), _SORT_KEYS, EVENT.c.id, part, newest_first=True)
    return page.shown([EventView(**{name: row._mapping[name] for name in EventView.__slots__}) for row in page.rows])


def event_count(tx: Connection, *, subject: str = "") -> int:
    """The length of the list."""
    return int(tx.execute(_of(select(func.count()).select_from(EVENT), subject)).scalar_one())


def _of(statement: Select[Any], subject: str) -> Select[Any]:
    return statement.where((EVENT.c.subject == subject) | (EVENT.c.actor == subject)) if subject else statement
