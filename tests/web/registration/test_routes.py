"""The service centre registers: it sees the plan before, chooses the liaison by load, and gets number and casefile."""

import pytest

from approvals.base.database import Database
from tests.support.builders import a_project, do, walk, when
from tests.support.desk import asked, moves_of, row_of, text_of
from tests.support.pages import Visitor, duties_on


def classified(database: Database, **more):  # type: ignore[no-untyped-def]
    with database.write() as tx:
        return a_project(tx, "classified", **more)


def test_classified_projects_wait_in_order_and_services_do_not(database: Database, centre: Visitor) -> None:
    classified(database, name="后分类", at=when("2026-11-19"))
    classified(database, name="先分类", at=when("2026-11-16"))
    classified(database, name="创业补贴", kind="service")

    page = centre.get("/registrations").text

    assert page.index("先分类") < page.index("后分类")
    assert "创业补贴" not in page
    assert ">4</span>" in page


def test_the_list_is_narrowed_and_unknown_words_are_refused(database: Database, centre: Visitor) -> None:
    classified(database, name="东区小学")
    classified(database, name="西区医院", county="西区")

    page = centre.get("/registrations?county=西区").text

    assert "西区医院" in page and "东区小学" not in page
    assert "没有符合条件的记录" in centre.get("/registrations?search=nothing").text
    assert centre.get("/registrations?category=x").status_code == 422


def test_the_plan_is_shown_before_with_stages_departments_limits_and_prerequisites(
    database: Database, centre: Visitor
) -> None:
    ref = classified(database, answers={"occupies_road": True})

    page = centre.get(f"/registrations/{ref}").text

    words = ("立项用地规划许可", "牵头部门：市发展改革委", "占用挖掘城市道路审批", "60 自然日", "10 工作日", "市城管局")
    assert [word for word in words if word not in page] == []
    assert "占用绿地" not in page.partition("按情况选项规划的审批事项")[2]
    assert page.count('class="graph-box') == 25 + 1, "the works are drawn as well"
    assert "其中至施工许可 63" in text_of(page)
    assert "A03、A05、A09、B03、B04、C01、C02、C03" in text_of(page).replace(" ", "")


def test_the_liaison_with_the_least_load_is_proposed_and_each_load_is_shown(
    database: Database, centre: Visitor
) -> None:
    with database.write() as tx:
        busy = a_project(tx, "registered", at=when("2026-03-02"))
        walk(tx, busy, "A01", ("submit", "accept"), at=when("2026-03-03"))  # granted never: late by November
        done = a_project(tx, "registered")
        do(tx, "owner1", "withdraw", done)
    ref = classified(database)

    page = centre.get(f"/registrations/{ref}").text

    assert "在办项目 1 个，超期事项 1 项" in page.partition("何晓梅")[2]
    assert "在办项目 0 个，超期事项 0 项，待答复诉求 0 件" in page.partition("邓志勇")[2].partition("何晓梅")[0]
    assert 'value="liaison2" required checked' in page


def test_registering_gives_the_next_number_and_leads_to_the_casefile(database: Database, centre: Visitor) -> None:
    ref = classified(database)

    response = centre.post(f"/registrations/{ref}/moves/register", {"liaison": "liaison2"})

    assert response.status_code == 303
    assert response.location == "/casefiles/510400-2026-00001"
    assert row_of(database, ref).number == "510400-2026-00001"
    page = centre.get(response.location).text
    assert "攀挂〔2026〕1号" in page and "邓志勇" in page and "项目已挂号" in page


def test_the_form_sent_twice_takes_one_number(database: Database, centre: Visitor) -> None:
    ref = classified(database)
    centre.get(f"/registrations/{ref}")
    form = {"liaison": "liaison1", "once": centre.once_key()}

    first, second = (centre.post(f"/registrations/{ref}/moves/register", form) for _ in range(2))

    assert first.location == second.location == "/casefiles/510400-2026-00001"
    assert moves_of(database, ref).count("register") == 1


@pytest.mark.parametrize("liaison", ["owner1", "nobody", ""])
def test_only_a_liaison_can_be_chosen(database: Database, centre: Visitor, liaison: str) -> None:
    ref = classified(database)

    response = centre.post(f"/registrations/{ref}/moves/register", {"liaison": liaison})

    assert response.status_code == 422
    assert 'id="liaison-faults"' in response.text
    assert row_of(database, ref).number is None


def test_who_was_slower_is_led_to_what_the_other_registered(database: Database, centre: Visitor) -> None:
    ref = classified(database)
    version = row_of(database, ref).version
    with database.write() as tx:
        do(tx, "centre1", "register", ref)

    response = centre.post(f"/registrations/{ref}/moves/register", {"liaison": "liaison2", "version": version})

    assert response.status_code == 409
    assert "攀挂〔2026〕1号" in response.text.partition("在您办理期间发生的变化")[2]
    assert 'href="/casefiles/510400-2026-00001"' in response.text
    assert "/moves/register" not in response.text


def test_a_project_that_needs_no_approvals_cannot_be_registered_here(database: Database, centre: Visitor) -> None:
    ref = classified(database, kind="service")

    page = centre.get(f"/registrations/{ref}").text

    assert "由督查办分流至台账" in page
    assert "/moves/register" not in page
    assert centre.post(f"/registrations/{ref}/moves/register", {"liaison": "liaison1"}).status_code == 409


@pytest.mark.parametrize("move", ["classify", "complete", "nothing"])
def test_the_centre_makes_no_other_move_here(database: Database, centre: Visitor, move: str) -> None:
    ref = classified(database)

    assert centre.post(f"/registrations/{ref}/moves/{move}", {"liaison": "liaison1"}).status_code == 404


def test_there_is_no_page_for_drafts_or_what_is_not_there(database: Database, centre: Visitor) -> None:
    with database.write() as tx:
        ref = a_project(tx, "drafted")

    assert centre.get(f"/registrations/{ref}").status_code == 404
    assert centre.get("/registrations/nothing").status_code == 404


def test_the_home_page_lists_what_waits_for_a_number(database: Database, centre: Visitor) -> None:
    classified(database)
    classified(database, kind="service")

    assert duties_on(centre.get("/")) == ["项目挂号"]


def test_the_preview_asks_the_database_as_often_for_a_long_plan_as_for_a_short_one(
    database: Database, centre: Visitor
) -> None:
    short = classified(database)
    everything = dict.fromkeys(("occupies_road", "affects_green_space", "in_heritage_zone"), True)
    long = classified(database, answers=everything)

    assert asked(centre, f"/registrations/{short}") == asked(centre, f"/registrations/{long}") < 20
