"""The sheet of people: a row for each, by user name. An empty cell says nothing and takes nothing away."""

from approvals.base.sheets import Column
from workflows.label import Label

KIND, EDITION = "people", "1"
USERNAME = Column(
    "username",
    Label("用户名", "User name"),
    also=("登录名", "登录账号", "账号", "login", "account"),
    needs_head=True,
    needs_value=True,
)
NAME = Column("name", Label("姓名", "Full name"), also=("名字", "name"))
UNIT = Column("unit", Label("单位", "Unit"), also=("所在单位", "单位名称"))
ROLES = Column("roles", Label("角色", "Roles"), also=("role",))
PHONE = Column("phone", Label("联系电话", "Telephone"), also=("电话", "手机", "手机号", "手机号码", "phone", "mobile"))
EMAIL = Column("email", Label("电子邮箱", "Email"), also=("邮箱", "e-mail", "mail"))
COLUMNS = (USERNAME, NAME, UNIT, ROLES, PHONE, EMAIL)
DETAILS = {column.key: column for column in (NAME, PHONE, EMAIL)}
