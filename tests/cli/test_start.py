"""`guahao init` and the first days of an installation without demo people, by commands alone."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from approvals.accounts.queries import person
from approvals.accounts.resets import choose_password
from approvals.base.database import Database
from tests.support.builders import a_database
from tests.support.cli_runner import run

LINK = re.compile(r"/new-password\?secret=([\w-]+)\n")


@pytest.fixture
def cli(sqlite_url):
    def call(*words, fails=False):
        result = run({"GUAHAO_DATABASE_URL": sqlite_url}, *words)
        assert result.exit_code == (1 if fails else 0), result.output
        return result.output

    return call


@pytest.fixture
def empty(sqlite_url):
    database = Database(sqlite_url)
    yield database
    database.close()


INIT = ("init", "wu.shaohua", "--name", "吴少华", "--unit", "市政务信息管理中心")


def test_init_makes_one_administrator_whose_link_works_once(cli, empty):
    secret = LINK.search(cli(*INIT)).group(1)
    with empty.write() as tx:
        view = person(tx, "wu.shaohua")
        assert (view.roles, view.unit.name) == (("sysadmin",), "市政务信息管理中心")
        assert choose_password(tx, secret, "brown fox 1977", now=datetime.now(UTC)) == "wu.shaohua"
        rows = tx.execute(select(EVENT.c.actor, EVENT.c.event).order_by(EVENT.c.id)).all()
    made = ("unit_created", "person_created", "roles_changed", "password_reset")
    assert [tuple(row) for row in rows][:4] == [("@console", event) for event in made]


def test_init_refuses_where_people_exist(cli, sqlite_url):
    a_database(sqlite_url).close()
    assert "people work here already" in cli(*INIT, fails=True)


@pytest.mark.parametrize(
    "words", [("init", "Wu Shaohua", "--name", "吴", "--unit", "中心"), ("init", "wu", "--name", "", "--unit", "中心")]
)
def test_a_wrong_name_is_one_sentence_and_makes_nobody(cli, empty, words):
    assert len(cli(*words, fails=True).splitlines()) == 1
    cli(*INIT)


def test_the_first_people_are_made_by_commands(cli, empty):
    cli(*INIT)
    for user, name, role in (("zheng.wj", "郑文静", "secadmin"), ("feng.gd", "冯国栋", "auditor")):
        cli("person", "add", user, "--name", name, "--unit", "市政务信息管理中心")
        cli("person", "role", user, role)
    cli("unit", "add", "市水利局", "--kind", "department")
    cli("person", "add", "li.na", "--name", "李娜", "--unit", "市水利局", "--as", "wu.shaohua")
    cli("person", "role", "li.na", "window", "--as", "zheng.wj")
    assert "li.na  李娜  市水利局  window" in cli("person", "list")
    assert "another administrator confirms" in cli("person", "role", "li.na", "auditor", "--as", "zheng.wj")
    assert "li.na  李娜  市水利局  window" in cli("person", "list")
    assert LINK.search(cli("person", "reset-password", "li.na"))
    assert "Nobody else is auditor" in cli("person", "deactivate", "feng.gd", fails=True)
    cli("person", "deactivate", "li.na", "--as", "wu.shaohua")
    assert "there is no user" in cli("person", "reset-password", "nobody", fails=True)
